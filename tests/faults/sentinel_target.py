"""The service on a primary and two replicas that three Sentinels watch over."""

# ruff: noqa: S603 - starts our own programs

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from hitsvc.serve.embedded import server_binary
from tests.faults.machines import PATIENCE_S, Machine
from tests.faults.network import Network
from tests.faults.targets import DIRECT, NO_LIMITS, WORKERS, Target
from tests.support.commands import free_port
from tests.support.processes import eventually
from tests.support.service import Service

SERVICE = "counts"
REPLICAS = 2
SENTINELS = 3
_SETTLED_WITHIN_S = 60.0
# How long a service has to find out that a primary that lives has been replaced; only
# after that the harness has its Sentinels make it a replica sooner than they would.
_ON_ITS_OWN_S = 3.0
_USUAL = ("info-period", "10000", "publish-period", "2000")
_HASTE = ("info-period", "500", "publish-period", "200")
# As docs/stores.md has it.
_SETTINGS = {
    "replica-announce-ip": "127.0.0.1",
    "replica-announce-port": "{front}",
    "min-replicas-to-write": 1,
    "min-replicas-max-lag": 2,
}
# Milliseconds. A primary is lost if it is silent for the first, and is replaced at most
# once in twice the second.
_QUICK = {"down-after-milliseconds": 2_000, "failover-timeout": 1_000}
# Of a planned move, so that a pause of this crowded machine is no loss besides; a primary
# that is to hand over has the second time for that.
_PATIENT = {"down-after-milliseconds": 20_000, "failover-timeout": 10_000}
_CONFIG = f"""
port {{port}}
bind 127.0.0.1
dir {{directory}}
logfile {{directory}}/sentinel.log
sentinel monitor {SERVICE} 127.0.0.1 {{primary}} 2
sentinel down-after-milliseconds {SERVICE} {_QUICK["down-after-milliseconds"]}
sentinel failover-timeout {SERVICE} {_QUICK["failover-timeout"]}
sentinel parallel-syncs {SERVICE} {REPLICAS}
"""


class Sentinel:
    """A Sentinel; nothing happens to it."""

    def __init__(self, directory: Path, primary: int) -> None:
        """Start it."""
        directory.mkdir()
        self.port = free_port()
        config = directory / "sentinel.conf"
        config.write_text(
            _CONFIG.format(port=self.port, directory=directory, primary=primary)
        )
        self._process = subprocess.Popen(
            [str(server_binary()), str(config), "--sentinel"],
            stdin=subprocess.DEVNULL,
        )

    def said(self, *command: str) -> Any:
        """Return what it answers."""
        with Redis(
            port=self.port,
            decode_responses=True,
            socket_timeout=PATIENCE_S,
            protocol=2,
        ) as redis:
            return redis.execute_command("SENTINEL", *command)

    @property
    def primary(self) -> int:
        """The port of the primary, as it knows it."""
        return int(self.said("GET-MASTER-ADDR-BY-NAME", SERVICE)[1])

    def is_content(self) -> bool:
        """Tell whether it knows all, and none of them is away or about to be moved."""
        primary = _fields(self.said("MASTER", SERVICE))
        replicas = [_fields(said) for said in self.said("REPLICAS", SERVICE)]
        return (
            primary["flags"] == "master"
            and int(primary["num-other-sentinels"]) == SENTINELS - 1
            and len(replicas) == REPLICAS
            and all(
                replica["flags"] == "slave" and replica["master-link-status"] == "ok"
                for replica in replicas
            )
        )

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def _fields(said: Sequence[str]) -> dict[str, str]:
    return dict(zip(said[::2], said[1::2], strict=True))


class Watched(Target):
    """Three machines with a store each, and three Sentinels that are never lost."""

    def __init__(
        self, directory: Path, seed: int, *, acknowledge: str, lag_s: float
    ) -> None:
        """Start all of them.

        Args:
            directory: An empty one.
            seed: Of what is left to chance.
            acknowledge: When a hit is, as ``HITSVC_ACKNOWLEDGE``.
            lag_s: How late copies come.
        """
        super().__init__(seed)
        self.kills |= {
            "sentinel-failover": self._lose_primary,
            "sentinel-planned-paused": self._pause_and_move,
            "sentinel-planned-coordinated": lambda: self._move("COORDINATED"),
            "sentinel-planned-plain": self._move,
        }
        network = self._stack.enter_context(Network())
        self._machines = {}
        for number in range(1 + REPLICAS):
            machine = Machine(directory / f"store{number}", network, _SETTINGS)
            self._stack.callback(machine.kill)
            self._machines[machine.front] = machine
        self._was, *replicas = self._machines
        for replica in replicas:
            self._machines[replica].said("REPLICAOF", "127.0.0.1", str(self._was))
        self._sentinels = []
        for number in range(SENTINELS):
            sentinel = Sentinel(directory / f"sentinel{number}", self._was)
            self._stack.callback(sentinel.close)
            self._sentinels.append(sentinel)
        eventually(self._is_settled, within_s=_SETTLED_WITHIN_S)
        network.lag_s = lag_s
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self._sentinels)
        service = Service(
            directory / "service",
            workers=WORKERS,
            store=f"redis+sentinel://{hosts}/{SERVICE}",
            env=NO_LIMITS | {"HITSVC_ACKNOWLEDGE": acknowledge},
        )
        self._begin(service, DIRECT, directory)

    def mend(self) -> None:
        """Wait until the Sentinels have moved it; bring a lost machine back then."""
        eventually(self._has_moved, within_s=_SETTLED_WITHIN_S)
        old = self._machines[self._was]
        if old.lives:
            time.sleep(_ON_ITS_OWN_S)
            old.said("CLIENT", "UNPAUSE")
        else:
            # As the Sentinels would have it some seconds after its start.
            primary = str(self._sentinels[0].primary)
            old.start("--replicaof", f"127.0.0.1 {primary}")
            old.bring_back()
        for sentinel in self._sentinels:
            sentinel.said("DEBUG", *_HASTE)
        eventually(self._is_settled, within_s=_SETTLED_WITHIN_S)
        for sentinel in self._sentinels:
            sentinel.said("DEBUG", *_USUAL)
        self._set(_QUICK)
        super().mend()

    def _lose_primary(self) -> None:
        self._primary().lose()

    def _pause_and_move(self) -> None:
        self._set(_PATIENT)
        self._primary().said("CLIENT", "PAUSE", "15000", "WRITE")
        self._move()

    def _set(self, times: Mapping[str, int]) -> None:
        for sentinel in self._sentinels:
            for option, milliseconds in times.items():
                sentinel.said("SET", SERVICE, option, str(milliseconds))

    def _move(self, *how: str) -> None:
        self._set(_PATIENT)
        self._primary()
        self._sentinels[0].said("FAILOVER", SERVICE, *how)

    def _primary(self) -> Machine:
        """Return the primary, and remember it as the one that was."""
        self._was = self._sentinels[0].primary
        return self._machines[self._was]

    def _has_moved(self) -> bool:
        """Tell whether all Sentinels name another primary than the one that was."""
        named = {sentinel.primary for sentinel in self._sentinels}
        return len(named) == 1 and named != {self._was}

    def _is_settled(self) -> bool:
        """Tell whether a primary has all others as replicas, and all Sentinels say so."""
        try:
            primary = self._sentinels[0].primary
            roles = {front: m.said("ROLE") for front, m in self._machines.items()}
            return all(
                role[0] == "master"
                if front == primary
                else role[0] == "slave"
                and (int(role[2]), role[3]) == (primary, "connected")
                for front, role in roles.items()
            ) and all(sentinel.is_content() for sentinel in self._sentinels)
        except RedisError:
            return False

    def _redis(self) -> Redis:
        return self._machines[self._sentinels[0].primary].client()

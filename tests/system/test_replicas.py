"""Several instances before one store, behind real proxies: restarted, and killed."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from tests.support.load import Tally, hit
from tests.support.processes import eventually
from tests.support.proxies import Proxy
from tests.support.replicas import REPLICAS, ReplicasNginx, replicas
from tests.support.service import Service
from tests.support.valkey import Valkey

pytestmark = [
    pytest.mark.service,
    pytest.mark.proxy,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

CLIENTS = 24
# Longer than the proxies need to find out; with nginx it is the operator who tells it.
DRAIN_S = 1
PAGE = "example.com/replicas"


@pytest.fixture(
    name="kind",
    params=[
        "haproxy",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("caddy", "nginx")),
    ],
)
def _kind(request: pytest.FixtureRequest) -> type[Proxy]:
    """Each kind of proxy that is installed."""
    kind: type[Proxy] = REPLICAS[request.param]
    if missing := kind.missing():
        pytest.skip(missing)
    return kind


@dataclass
class Group:
    """Some instances, the proxy before them, and the store behind them."""

    services: list[Service]
    proxy: Proxy
    store: Path

    async def visited(self, meanwhile: Callable[[Tally], None]) -> Tally:
        """Let visitors come while something is done; return what became of them."""
        tally = Tally()
        # nginx closes idle connections when it reads its file anew, and a browser then
        # asks again; most visitors come for one request.
        keeps = not isinstance(self.proxy, ReplicasNginx)
        load = asyncio.create_task(
            hit(
                self.proxy.url,
                PAGE,
                CLIENTS,
                10**9,
                tally,
                keeps=keeps,
                pause_s=0.03,
            )
        )
        await asyncio.to_thread(more, tally)
        await asyncio.to_thread(meanwhile, tally)
        await asyncio.to_thread(more, tally)
        tally.stop.set()
        await load
        return tally

    @property
    def stored(self) -> int:
        """What the store has of the page."""
        with Redis(unix_socket_path=str(self.store)) as redis:
            return int(redis.get(f"hits:{{{PAGE}}}") or 0)

    def roll(self, _tally: Tally) -> None:
        """Restart one after the other, as the manual says."""
        for number, service in enumerate(self.services):
            if isinstance(self.proxy, ReplicasNginx):
                self.proxy.take_out(number)
            service.restart()
            if isinstance(self.proxy, ReplicasNginx):
                self.proxy.put_back(number)

    def kill_one(self, tally: Tally) -> None:
        """Kill one, as a machine that fails, and let the proxy find out."""
        self.services[1].kill_all()
        for _ in range(3):
            more(tally)


def more(tally: Tally) -> None:
    """Wait for some hundred answers."""
    wanted = len(tally.acknowledged) + 300
    eventually(lambda: len(tally.acknowledged) >= wanted, within_s=60)


async def test_a_restart_of_all_fails_nobody_and_a_killed_one_invents_nothing(
    kind: type[Proxy], valkey: Valkey, valkey_socket: Path, tmp_path: Path
) -> None:
    """One after the other, under load: every request gets its number, each its own."""
    drain_s = 0 if kind is ReplicasNginx else DRAIN_S
    url = f"redis://127.0.0.1:{valkey.port}"
    with (
        replicas(tmp_path, url, drain_s) as services,
        kind(tmp_path / "proxy", services) as proxy,  # type: ignore[arg-type]
    ):
        group = Group(services, proxy, valkey_socket)
        before = [service.pid for service in services]

        rolled = await group.visited(group.roll)

        assert not {service.pid for service in services} & set(before)
        assert rolled.failed == 0
        assert sorted(rolled.acknowledged) == list(range(1, rolled.attempted + 1))
        assert group.stored == rolled.attempted

        killed = await group.visited(group.kill_one)

        seen = rolled.acknowledged + killed.acknowledged
        assert len(set(seen)) == len(seen), "a number was shown twice"
        assert len(seen) <= group.stored <= rolled.attempted + killed.attempted
        # Those whose request was with the killed one: nobody knows, and nobody asks again.
        # nginx goes on sending some to it.
        assert killed.failed <= CLIENTS or kind is ReplicasNginx

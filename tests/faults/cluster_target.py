"""The service on a real cluster: three primaries, and a replica of each."""

from pathlib import Path

from redis import RedisCluster
from redis.exceptions import RedisError

from hitsvc.counting import slot_of
from tests.faults.network import Network
from tests.faults.targets import DIRECT, NO_LIMITS, WORKERS, Target
from tests.support.cluster import DURABLE, SLOTS, Cluster, Node
from tests.support.processes import eventually
from tests.support.service import Service
from tests.support.slots import (
    applies_what_it_reads,
    move_at_once,
    move_by_key,
    slots_of,
    wait_copied,
)

PRIMARIES = 3
_WITHIN_S = 60.0
# Slots that move key by key, as all versions do it; and at once, as Valkey 9 does.
_BY_KEY = 50
_AT_ONCE = 1_500
# As docs/stores.md has it.
_OPTIONS = (*DURABLE, "--cluster-require-full-coverage", "no")
_COPIED = ("--min-replicas-to-write", "1")


class Clustered(Target):
    """Six machines with a node each."""

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
            "cluster-node": lambda: self._choose().kill(),
            "cluster-machine": lambda: self._lose(self._choose()),
            "cluster-reshard": self._reshard,
            "cluster-taker": lambda: self._move_and_lose(copied=True),
            "cluster-taker-soon": lambda: self._move_and_lose(copied=False),
        }
        self._network = self._stack.enter_context(Network())
        self._fronts: list[int] = []
        options = _OPTIONS + (_COPIED if acknowledge == "replica" else ())
        self._cluster = self._stack.enter_context(
            Cluster(PRIMARIES, 1, *options, each=self._announce)
        )
        self._gone: Node | None = None
        self._heirs: list[Node] = []
        eventually(self._is_settled, within_s=_WITHIN_S)
        self._network.lag_s = lag_s
        seeds = ",".join(f"127.0.0.1:{front}" for front in self._fronts)
        service = Service(
            directory / "service",
            workers=WORKERS,
            store=f"redis+cluster://{seeds}/",
            env=NO_LIMITS | {"HITSVC_ACKNOWLEDGE": acknowledge},
        )
        self._begin(service, DIRECT, directory)

    def mend(self) -> None:
        """Wait until a replica has taken over; bring what was lost back then."""
        if self._gone is not None:
            eventually(
                lambda: any(n.is_primary for n in self._heirs), within_s=_WITHIN_S
            )
            self._gone.start()
            self._network.bring_back(self._fronts[self._gone.number])
            self._gone = None
        eventually(self._is_settled, within_s=_WITHIN_S)
        super().mend()

    def _announce(self, _number: int, port: int) -> tuple[str, ...]:
        """Have a node tell the others that it is where the network lets it be reached."""
        front = self._network.add(port)
        self._fronts.append(front)
        return (
            *("--cluster-announce-ip", "127.0.0.1"),
            *("--cluster-announce-port", str(front)),
        )

    def _choose(self) -> Node:
        """Choose a primary that is to be lost."""
        node = self._random.choice(self._primaries())
        self._doom(node)
        return node

    def _doom(self, node: Node) -> None:
        """Note who is to be lost, and who can take over."""
        self._gone = node
        self._heirs = self._cluster.replicas_of(node)

    def _lose(self, node: Node) -> None:
        self._network.lose(self._fronts[node.number])
        node.kill()

    def _move_slots(self) -> Node:
        """Move slots from one primary to another, those in use and a range; return it."""
        owned = {node: slots_of(node, node) for node in self._primaries()}
        source = max(owned, key=lambda node: len(owned[node]))
        target = self._random.choice([node for node in owned if node is not source])
        keys = source.do("KEYS", "hits:{*}")
        used = {slot_of(key.partition("{")[2].partition("}")[0]) for key in keys}
        by_key = sorted(used & owned[source])[:_BY_KEY]
        for slot in by_key:
            move_by_key(slot, source, target)
        at_once = sorted(owned[source] - set(by_key))[:_AT_ONCE]
        move_at_once(self._cluster, at_once, target)
        return target

    def _reshard(self) -> None:
        """Move slots, and wait until it is safe for anybody to fail again."""
        wait_copied(self._cluster, self._move_slots())

    def _move_and_lose(self, *, copied: bool) -> None:
        """Lose the machine of who has just taken slots.

        Args:
            copied: Wait before until its replica has them, too.
        """
        taker = self._move_slots()
        if copied:
            wait_copied(self._cluster, taker)
        self._doom(taker)
        self._lose(taker)

    def _primaries(self) -> list[Node]:
        return [node for node in self._cluster.nodes if node.is_primary]

    def _is_settled(self) -> bool:
        """Tell whether all slots are served, and each primary has a replica that copies."""
        self._cluster.wait_ready()
        try:
            primaries = self._primaries()
            return sum(
                len(slots_of(node, node)) for node in primaries
            ) == SLOTS and all(
                node.info()["connected_slaves"] >= 1
                and all(map(applies_what_it_reads, self._cluster.replicas_of(node)))
                for node in primaries
            )
        except RedisError:
            return False

    def _redis(self) -> RedisCluster:
        return RedisCluster("127.0.0.1", self._fronts[0])

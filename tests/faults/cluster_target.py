"""The service on a real cluster: three primaries, and a replica of each."""

from pathlib import Path

from redis import RedisCluster
from redis.exceptions import RedisError, ResponseError

from hitsvc.counting import slot_of
from tests.faults.network import Network
from tests.faults.targets import DIRECT, NO_LIMITS, WORKERS, Target
from tests.support.cluster import DURABLE, SLOTS, Cluster, Node
from tests.support.processes import eventually
from tests.support.service import Service

PRIMARIES = 3
_WITHIN_S = 60.0
# Slots that move key by key, as all versions do it; and at once, as Valkey 9 does.
_BY_KEY = 50
_AT_ONCE = 1_500
# As docs/operations.md has it.
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
            "cluster-machine": self._lose_machine,
            "cluster-reshard": self._move_slots,
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
        self._gone = self._random.choice(self._primaries())
        self._heirs = self._cluster.replicas_of(self._gone)
        return self._gone

    def _lose_machine(self) -> None:
        node = self._choose()
        self._network.lose(self._fronts[node.number])
        node.kill()

    def _move_slots(self) -> None:
        """Move slots from one primary to another: those in use, and a range."""
        owned = {node: self._slots(node) for node in self._primaries()}
        source = max(owned, key=lambda node: len(owned[node]))
        target = self._random.choice([node for node in owned if node is not source])
        keys = source.do("KEYS", "hits:{*}")
        used = {slot_of(key.partition("{")[2].partition("}")[0]) for key in keys}
        by_key = sorted(used & owned[source])[:_BY_KEY]
        for slot in by_key:
            self._move_by_key(slot, source, target)
        at_once = sorted(owned[source] - set(by_key))[:_AT_ONCE]
        ranges = [end for slot in at_once for end in (slot, slot)]
        source.do("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *ranges, "NODE", target.id)
        eventually(lambda: self._slots(target) >= set(at_once), within_s=_WITHIN_S)

    def _move_by_key(self, slot: int, source: Node, target: Node) -> None:
        self._set_slot(target, slot, "IMPORTING", source.id)
        self._set_slot(source, slot, "MIGRATING", target.id)
        while keys := source.do("CLUSTER", "GETKEYSINSLOT", slot, 10):
            source.do("MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)
        for node in (target, source):
            self._set_slot(node, slot, "NODE", target.id)

    def _set_slot(self, node: Node, slot: int, *what: str) -> None:
        """Say it until it is taken: since Valkey 8 a replica has to have heard of it."""

        def is_set() -> bool:
            try:
                node.do("CLUSTER", "SETSLOT", slot, *what)
            except ResponseError as ex:
                if not str(ex).startswith("NOREPLICAS"):
                    raise
                return False
            return True

        eventually(is_set, within_s=_WITHIN_S)

    def _slots(self, node: Node) -> set[int]:
        """Return the slots that a primary has, as it says itself."""
        slots: set[int] = set()
        for begin, end, (_, _, name, *_), *_ in node.do("CLUSTER", "SLOTS"):
            if name == node.id:
                slots.update(range(begin, end + 1))
        return slots

    def _primaries(self) -> list[Node]:
        return [node for node in self._cluster.nodes if node.is_primary]

    def _is_settled(self) -> bool:
        """Tell whether all slots are served, and each primary has its replica."""
        self._cluster.wait_ready()
        try:
            primaries = self._primaries()
            return sum(len(self._slots(node)) for node in primaries) == SLOTS and all(
                node.info()["connected_slaves"] >= 1 for node in primaries
            )
        except RedisError:
            return False

    def _redis(self) -> RedisCluster:
        return RedisCluster("127.0.0.1", self._fronts[0])

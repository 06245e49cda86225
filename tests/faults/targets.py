"""Services that can be broken and mended: one with each kind of store."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, Self

from redis import Redis

from hitsvc.serve.datadir import running_socket
from tests.faults.ledger import Stored
from tests.faults.power import Durable
from tests.faults.store import AofStore
from tests.support.processes import eventually, kill
from tests.support.proxies import PROXIES
from tests.support.service import Service
from tests.support.stored import KEYS, today

WORKERS = 2
READY_WITHIN_S = 30.0
# Visitors of the harness are many, and each may come to a page of its own.
NO_LIMITS = {
    "HITSVC_NEW_PAGES_BY_CLIENT": "0",
    "HITSVC_NEW_PAGES_BY_SITE": "0",
    "HITSVC_NEW_PAGES_IN_ALL": "0",
}
PAGES_AT_ONCE = 500
# A run may begin in the one and end in the other.
YEARS = sorted({today(1).year, today().year, today(-1).year})
# How visitors come to the service.
DIRECT = "direct"
WAYS = (DIRECT, *PROXIES)


def read_pages(redis: Any, pages: Sequence[str]) -> dict[str, Stored]:
    """Read pages in one round trip; the client may be a cluster's."""
    pipeline = redis.pipeline(transaction=False)
    for page in pages:
        names = KEYS.page(page)
        pipeline.get(names.total)
        for year in YEARS:
            pipeline.hvals(names.year(year))
    replies = iter(pipeline.execute())
    return {
        page: Stored(
            int(next(replies) or 0), sum(int(n) for _ in YEARS for n in next(replies))
        )
        for page in pages
    }


class Target(ABC):
    """A running service, and what in it can be killed.

    Attributes:
        service: The service.
        entry: The base URL that visitors know: the service's or a proxy's.
        kills: What can be killed; each kills at once and returns.
        cuts: What each power cut left, if there were some.
    """

    service: Service
    entry: str

    def __init__(self, seed: int) -> None:
        """Choose the seed of what is left to chance."""
        self._random = Random(seed)  # noqa: S311 - to be repeated, not secret
        self._stack = ExitStack()
        self._over = False
        self.cuts: list[Durable] = []
        self.kills: dict[str, Callable[[], None]] = {
            "worker": self._kill_worker,
            "parent": lambda: self._end_with(self.service.pid),
        }

    def __enter__(self) -> Self:
        """Return the running target."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop it."""
        self._stack.close()

    def _begin(self, service: Service, through: str, directory: Path) -> None:
        """Take a service, and start the proxy before it if there is to be one."""
        self.service = self._stack.enter_context(service)
        self.entry = service.url
        if through != DIRECT:
            proxy = PROXIES[through](directory / "proxy", service.url)
            self.entry = self._stack.enter_context(proxy).url

    def mend(self) -> None:
        """Do what an operator's supervisor does, and wait until hits are counted."""
        if self._over:
            self._over = False
            # The last workers serve for a moment; a supervisor waits for them too.
            eventually(self.service.is_gone, within_s=READY_WITHIN_S)
            self.service.start_again()
        eventually(lambda: self.service.answers("/readyz"), within_s=READY_WITHIN_S)

    def stored(self, pages: Iterable[str]) -> dict[str, Stored]:
        """Read what the store holds."""
        names = list(pages)
        found: dict[str, Stored] = {}
        with self._redis() as redis:
            for at in range(0, len(names), PAGES_AT_ONCE):
                found |= read_pages(redis, names[at : at + PAGES_AT_ONCE])
        return found

    def indexed(self, page: str) -> bool:
        """Return whether a page, which is a site's first, is in the index."""
        with self._redis() as redis:
            return bool(redis.sismember(f"hits:pages:{{{page}}}", page))

    def _end_with(self, pid: int) -> None:
        """Kill a process that takes the service with it."""
        self._over = True
        kill(pid)

    def _kill_worker(self) -> None:
        workers = eventually(lambda: self.service.worker_pids)
        kill(self._random.choice(workers))

    @abstractmethod
    def _redis(self) -> Any:
        """Make a client of redis-py's that reads what the store holds."""


class OneStore(Target):
    """A service with one store."""

    @property
    @abstractmethod
    def store_pid(self) -> int:
        """The store's process."""

    def _redis(self) -> Redis:
        return Redis(unix_socket_path=str(self._socket()))

    @abstractmethod
    def _socket(self) -> Path:
        """The store's socket."""


class Embedded(OneStore):
    """The service with its embedded store: a keeper, Valkey, an arbiter, workers."""

    def __init__(self, directory: Path, seed: int, through: str = DIRECT) -> None:
        """Start it."""
        super().__init__(seed)
        self.kills["arbiter"] = lambda: self._end_with(self.service.arbiter_pid)
        self.kills["store"] = self._kill_store
        service = Service(directory / "service", workers=WORKERS, env=NO_LIMITS)
        self._begin(service, through, directory)

    @property
    def store_pid(self) -> int:
        """The keeper's other child."""
        pid = eventually(lambda: self.service.valkey_pid)
        assert pid
        return pid

    def _kill_store(self) -> None:
        kill(self.store_pid)

    def mend(self) -> None:
        """See that the keeper has started what it must; see `Target.mend`."""
        super().mend()
        assert self.store_pid

    def _socket(self) -> Path:
        path = running_socket(self.service.data_dir)
        assert path
        return path


class External(OneStore):
    """The service with a Valkey of ours, which we start again on its files."""

    def __init__(
        self,
        directory: Path,
        seed: int,
        appendfsync: str,
        *,
        traced: bool = False,
        through: str = DIRECT,
    ) -> None:
        """Start both."""
        super().__init__(seed)
        (directory / "store").mkdir()
        self.store = AofStore(directory / "store", appendfsync, traced=traced)
        self._stack.callback(self.store.close)
        self._down = False
        self.kills["store"] = self._kill_store
        if traced:
            self.kills["power"] = self._cut_power
        service = Service(
            directory / "service",
            workers=WORKERS,
            store=self.store.url,
            env=NO_LIMITS,
        )
        self._begin(service, through, directory)

    @property
    def store_pid(self) -> int:
        """Ours."""
        return self.store.pid

    def _kill_store(self) -> None:
        self._down = True
        self.store.kill()

    def _cut_power(self) -> None:
        self._down = True
        self.cuts.append(self.store.lose_power())

    def mend(self) -> None:
        """Start the store again, then see to the service."""
        if self._down:
            self._down = False
            self.store.start()
        super().mend()

    def _socket(self) -> Path:
        return self.store.socket

"""What visitors, operators and probes see when something breaks under a real service.

One service goes through all of it and is never restarted: each test begins with a
visitor who is counted, and most end with one.
"""

import contextlib
import os
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.faults.disk import full_disk
from tests.faults.store import AofStore
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import eventually, kill
from tests.support.service import Service
from tests.support.visitors import Answer, visit, visit_at_once

pytestmark = pytest.mark.service

PASSWORD = "right"
PAGE = "example.com/page"
COUNT = f"/count?url={PAGE}"
BADGE = f"/count/tag.svg?url={PAGE}"
READ = f"/nocount?url={PAGE}"
READ_BADGE = f"/nocount/tag.svg?url={PAGE}"
SLOW_S = 1.0


class Site:
    """The service, its store, and the proxy between them.

    Attributes:
        service: The service, with one worker, so that each fact is logged once.
        store: The store.
        proxy: What the service takes for the store.
        admin: A client of the store, connected for good.
        unknown: Hits of `count` that found the machine too busy for an answer.
    """

    def __init__(self, directory: Path, stack: contextlib.ExitStack) -> None:
        """Start all three."""
        (directory / "store").mkdir()
        self.store = AofStore(directory / "store", "everysec", password=PASSWORD)
        stack.callback(self.store.close)
        self.proxy = stack.enter_context(FaultProxy(self.store.socket))
        url = f"redis://:{PASSWORD}@127.0.0.1:{self.proxy.port}"
        self.service = Service(directory / "service", store=url)
        stack.enter_context(self.service)
        self.admin = stack.enter_context(self.store.client())
        self.unknown = 0
        self._read = 0

    def visit(self, path: str) -> Answer:
        """Request a path."""
        return visit(self.service.url, path)

    def count(self) -> int:
        """Hit the page until a number is shown; return it."""
        shown: list[int] = []

        def counted() -> bool:
            with contextlib.suppress(ConnectionError):
                answer = self.visit(COUNT)
                if answer.status == 200:
                    shown.append(int(answer.body))
                else:
                    self.unknown += 1
            return bool(shown)

        eventually(counted)
        return shown[0]

    def logged(self) -> list[str]:
        """Return the lines that the service has logged since the last call."""
        lines = self.service.stderr.splitlines()
        new, self._read = lines[self._read :], len(lines)
        return new

    def is_ready(self) -> bool:
        """Ask as a load balancer does."""
        return self.visit("/readyz").status == 200


@pytest.fixture(name="whole_site", scope="module")
def _whole_site() -> Iterator[Site]:
    with (
        tempfile.TemporaryDirectory(prefix="break-") as directory,
        contextlib.ExitStack() as stack,
    ):
        yield Site(Path(directory), stack)


@pytest.fixture(name="site")
def _site(whole_site: Site) -> Site:
    """The site in good health, with nothing unread in its log."""
    eventually(whole_site.is_ready)
    whole_site.unknown = 0
    whole_site.logged()
    return whole_site


def assert_no_number(answer: Answer, *, badge: bool) -> None:
    """See that a visitor was told to come again, and shown no count."""
    assert answer.status == 503, answer
    assert int(answer.headers["retry-after"]) >= 1
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-hits-reason"]
    assert "set-cookie" not in answer.headers
    if badge:
        assert answer.headers["content-type"] == "image/svg+xml"
        shown = "".join(ET.fromstring(answer.body).itertext())  # noqa: S314 - ours
        assert "unavailable" in shown
    else:
        shown = answer.body
    assert not any(map(str.isdigit, shown))


def assert_nobody_is_counted(site: Site, *, reads: bool = False) -> None:
    """See what visitors and probes see; reads may still be answered."""
    paths = [COUNT, BADGE] * 4 + ([] if reads else [READ, READ_BADGE])
    for path, answer in zip(paths, visit_at_once(site.service.url, paths), strict=True):
        assert_no_number(answer, badge="tag.svg" in path)
    if reads:
        # The connection is a new one, which a busy machine may be slow to make.
        eventually(lambda: site.visit(READ).status == 200)
    assert site.visit("/healthz").status == 200


Harm = Callable[[Site], contextlib.AbstractContextManager[Any]]


@contextlib.contextmanager
def slow(site: Site) -> Iterator[None]:
    """The store is a second away."""
    site.proxy.delay_s = SLOW_S
    try:
        yield
    finally:
        site.proxy.delay_s = 0.0


@contextlib.contextmanager
def hanging(site: Site) -> Iterator[None]:
    """The store's process stands still."""
    os.kill(site.store.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(site.store.pid, signal.SIGCONT)


@contextlib.contextmanager
def gone(site: Site) -> Iterator[None]:
    """Nobody listens at the store's address."""
    site.proxy.vanish()
    try:
        yield
    finally:
        site.proxy.appear()


@contextlib.contextmanager
def restarting(site: Site) -> Iterator[None]:
    """The store is killed, and comes back with what its file holds."""
    # What a kill may take of hits before it is another matter: docs/faults.md.
    site.admin.set("written", "to the disk")
    site.admin.execute_command("WAITAOF", 1, 0, 5000)
    site.store.kill()
    try:
        yield
    finally:
        site.store.start()


@contextlib.contextmanager
def loading(site: Site) -> Iterator[None]:
    """The store reads its file."""
    site.proxy.answer = b"-LOADING Valkey is loading the dataset in memory\r\n"
    try:
        yield
    finally:
        site.proxy.answer = None


@contextlib.contextmanager
def another_password(site: Site) -> Iterator[None]:
    """The store's password was changed, and the service was not told."""
    site.admin.config_set("requirepass", "another")
    site.proxy.drop()
    try:
        yield
    finally:
        site.admin.config_set("requirepass", PASSWORD)


@contextlib.contextmanager
def out_of_memory(site: Site) -> Iterator[None]:
    """The store's memory is full, and there is nothing that it may evict."""
    site.admin.config_set("maxmemory", 1)
    try:
        yield
    finally:
        site.admin.config_set("maxmemory", 0)


@contextlib.contextmanager
def read_only(site: Site) -> Iterator[None]:
    """The store has become the replica of another, as after a failover."""
    site.admin.replicaof("127.0.0.1", 1)
    try:
        yield
    finally:
        site.admin.replicaof("NO", "ONE")


@contextlib.contextmanager
def disk_full(site: Site) -> Iterator[None]:
    """The append-only file cannot grow; the store has found out."""
    with full_disk(site.store.pid):
        site.admin.set("written", "to the file")
        eventually(lambda: _last_write(site) == "err")
        yield
    eventually(lambda: _last_write(site) == "ok")


def _last_write(site: Site) -> object:
    return site.admin.info("persistence")["aof_last_write_status"]


@contextlib.contextmanager
def another_store() -> Iterator[AofStore]:
    """A store with the same password, and nothing in it."""
    with tempfile.TemporaryDirectory(prefix="break-") as directory:
        store = AofStore(Path(directory), "everysec", password=PASSWORD)
        try:
            yield store
        finally:
            store.close()


UNREACHABLE = "No hits can be counted: "
REFUSED = "Redis refuses a command: "
# What may be wrong, what the log says of it, and whether hits that were not acknowledged
# may have been counted all the same.
OUTAGES = [
    pytest.param(slow, UNREACHABLE + "Redis did not answer", True, id="slow"),
    pytest.param(hanging, UNREACHABLE + "Redis did not answer", True, id="hanging"),
    pytest.param(gone, UNREACHABLE + "Redis cannot be reached", False, id="gone"),
    pytest.param(restarting, UNREACHABLE + "Redis ", False, id="restarting"),
    pytest.param(loading, REFUSED + "LOADING", False, id="loading"),
    pytest.param(
        another_password, UNREACHABLE + "Redis ", False, id="another password"
    ),
]
REFUSALS = [
    pytest.param(out_of_memory, "OOM", id="out of memory"),
    pytest.param(read_only, "READONLY", id="read-only"),
    pytest.param(disk_full, "MISCONF", id="disk full"),
]


@pytest.mark.parametrize(("harm", "line", "unknown"), OUTAGES)
def test_outage(site: Site, harm: Harm, line: str, unknown: bool) -> None:
    """Nobody is shown a number, it is logged once, and it heals by itself."""
    before = site.count()
    site.logged()
    with harm(site):
        assert_nobody_is_counted(site)
        assert site.visit("/readyz").status == 503
        assert len(_lines_with(site, line)) == 1
    eventually(site.is_ready)
    after = site.count()
    assert before < after
    assert unknown or after <= before + 1 + site.unknown
    if line.startswith(UNREACHABLE):
        assert len(_lines_with(site, "Redis answers again after ")) == 1


@pytest.mark.parametrize(("harm", "reason"), REFUSALS)
def test_refused_writes(site: Site, harm: Harm, reason: str) -> None:
    """A store that can only be read: hits get 503, reads go on, it heals by itself."""
    before = site.count()
    site.logged()
    with harm(site):
        assert_nobody_is_counted(site, reads=True)
        assert len(_lines_with(site, REFUSED + reason)) == 1
    # The connection may have been given up, and the first visit finds the store again.
    assert before < site.count() <= before + 1 + site.unknown


@pytest.mark.parametrize(("harm", "reason"), REFUSALS)
def test_refused_writes_are_not_ready(site: Site, harm: Harm, reason: str) -> None:
    """/readyz is 503 while hits cannot be counted, whatever reads do."""
    assert reason
    with harm(site):
        assert site.visit(COUNT).status == 503
        ready = site.visit("/readyz")
    assert ready.status == 503


def test_an_empty_store_begins_anew_and_the_old_one_goes_on(
    site: Site,
) -> None:
    """The service remembers no number: what the store holds is what is shown."""
    before = site.count()
    with another_store() as other:
        site.proxy.target = other.socket
        site.proxy.drop()
        try:
            assert site.count() <= 1 + site.unknown
        finally:
            site.proxy.target = site.store.socket
            site.proxy.drop()
    assert before < site.count() <= before + 1 + site.unknown


def test_a_failover_is_followed(site: Site) -> None:
    """A store that became read-only is left for the one that its address now leads to."""
    site.count()
    with another_store() as other, read_only(site):
        site.proxy.target = other.socket  # of new connections: the service must end its
        try:
            assert site.visit(COUNT).status == 503
            assert site.count() <= 1 + site.unknown
        finally:
            site.proxy.target = site.store.socket
            site.proxy.drop()


def test_a_killed_worker_is_replaced(site: Site) -> None:
    """The next visitor waits for the new worker and gets the next number; it is logged."""
    before = site.count()
    (worker,) = site.service.worker_pids
    kill(worker)
    eventually(lambda: site.service.worker_pids not in ([], [worker]))
    assert before < site.count() <= before + 1 + site.unknown
    eventually(lambda: _lines_with(site, "SIGKILL"))


def test_a_visitor_who_hangs_up_mid_request_is_not_counted(site: Site) -> None:
    """Half a request and a reset: no hit, no line in the log."""
    before = site.count()
    for _ in range(20):
        _hang_up_after(site, f"GET {COUNT} HTTP/1.1\r\nHost: x\r\n".encode())
    assert before < site.count() <= before + 1 + site.unknown
    assert _of_clients(site) == []


def test_a_visitor_who_does_not_wait_for_the_answer_harms_nobody(site: Site) -> None:
    """Whole requests and a reset: each is counted once at most, no line in the log."""
    before = site.count()
    for _ in range(20):
        _hang_up_after(site, f"GET {COUNT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert before < site.count() <= before + 21 + site.unknown
    assert _of_clients(site) == []


class TestSlowClients:
    """Clients that take a connection and make little of it, while others visit."""

    @pytest.fixture(name="silent")
    def _silent(self, site: Site) -> Iterator[list[socket.socket]]:
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(site.service.connect()) for _ in range(100)]

    @pytest.fixture(name="slow")
    def _slow(self, site: Site) -> Iterator["Dribblers"]:
        with Dribblers([site.service.connect() for _ in range(20)]) as clients:
            yield clients

    def test_are_let_go(
        self, site: Site, silent: list[socket.socket], slow: "Dribblers"
    ) -> None:
        """Visitors are counted meanwhile; the slow ones are cut off unanswered."""
        numbers = [site.count() for _ in range(20)]
        assert numbers == sorted(set(numbers))
        for client in silent:
            client.settimeout(30)
            assert client.recv(1) == b""
        eventually(lambda: slow.cut_off == 20, within_s=30)
        assert site.count() > numbers[-1]
        assert _of_clients(site) == []


class Dribblers:
    """Clients that send a byte a second of a request without an end.

    Attributes:
        cut_off: How many the server has cut off.
    """

    def __init__(self, clients: list[socket.socket]) -> None:
        """Take connections over."""
        self.cut_off = 0
        self._clients = clients
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Dribblers":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """End."""
        self._over.set()
        self._thread.join()
        for client in self._clients:
            client.close()

    def _run(self) -> None:
        left = list(self._clients)
        text = f"GET {COUNT} HTTP/1.1\r\nx: ".encode() + b"x" * 60
        for byte in text:
            for client in tuple(left):
                try:
                    client.sendall(bytes([byte]))
                except OSError:
                    left.remove(client)
                    self.cut_off += 1
            if self._over.wait(1):
                return


def _lines_with(site: Site, text: str) -> list[str]:
    """Return the new lines of the log that have a text."""
    return [line for line in site.logged() if text in line]


def _of_clients(site: Site) -> list[str]:
    """Return the new lines of the log but those of a store that a busy machine slowed."""
    return [line for line in site.logged() if "Redis" not in line]


def _hang_up_after(site: Site, data: bytes) -> None:
    with site.service.connect() as client:
        client.sendall(data)
        # A reset, not an end: as when a browser's tab is closed.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

"""The proxies that we have examples for: a view is one hit, whatever is killed."""

import http.client
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from redis import Redis

from tests.faults.rounds import run
from tests.faults.targets import DIRECT, WAYS, Embedded
from tests.support.http2 import Stream2
from tests.support.processes import eventually, kill
from tests.support.proxies import NAME, PROXIES, Caddy, Proxy, connect
from tests.support.service import PATIENT, Service
from tests.support.upstream import Upstream
from tests.support.valkey import Valkey

pytestmark = [pytest.mark.service, pytest.mark.proxy]

SECONDS = 0.6
# What Caddy does if nobody says otherwise.
KEPT = {"keepalive off": "keepalive 60s"}


def need(way: str) -> None:
    """Skip a test whose proxy is not installed."""
    if way != DIRECT and (missing := PROXIES[way].missing()):
        pytest.skip(missing)


@pytest.fixture(name="directory")
def _directory() -> Iterator[Path]:
    """A path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="faults-") as path:
        yield Path(path)


@pytest.fixture(name="upstream")
def _upstream() -> Iterator[Upstream]:
    """A server that dies as it is asked to."""
    with Upstream() as upstream:
        yield upstream


class Visitor:
    """A visitor with one connection, who never asks twice."""

    def __init__(self, url: str) -> None:
        self._socket = connect(url)

    def ask(self, path: str, method: str = "GET") -> int | None:
        """Ask, and return the status; None for a connection that ends instead."""
        request = f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\n"
        request += "Content-Length: 0\r\n" if method == "POST" else ""
        try:
            self._socket.sendall(f"{request}\r\n".encode())
            response = http.client.HTTPResponse(self._socket, method=method)
            response.begin()
            response.read()
        except (OSError, http.client.HTTPException):
            return None
        return response.status

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@pytest.fixture(scope="module", name="dying")
def _dying() -> Iterator[Upstream]:
    """One for many tests: each looks at what is new."""
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module", name="proxy", params=PROXIES)
def _proxy(
    request: pytest.FixtureRequest,
    dying: Upstream,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """Each of the proxies before it."""
    need(request.param)
    directory = tmp_path_factory.mktemp(request.param)
    with PROXIES[request.param](directory, dying.url) as proxy:
        yield proxy


@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("death", ["/end", "/reset", "/half"])
def test_a_dying_app_has_seen_a_request_once(proxy, dying, death, method, used):
    """It is not asked again, be the connection to it a new one or a used one."""
    before = len(dying.of(death))
    with closing(Visitor(proxy.url)) as visitor:
        if used:
            assert [visitor.ask("/"), visitor.ask("/")] == [200, 200]
        answer = visitor.ask(death, method)
        # Whatever the proxy had still wanted to do comes before this.
        with closing(Visitor(proxy.url)) as other:
            assert other.ask("/") == 200

    assert len(dying.of(death)) - before == 1
    assert answer is None or answer >= 500


@pytest.mark.parametrize("death", ["/end", "/reset", "/half"])
@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
def test_browsers_are_not_told_to_ask_again(proxy, dying, death, used):
    """Who keeps a connection gets an answer, not an end that says that nothing was done.

    Browsers repeat a GET by themselves if a used connection ends without an answer (RFC
    9110, 9.2.2), or if a stream of HTTP/2 is refused (RFC 9113, 8.7).
    """
    with closing(Visitor(proxy.url)) as visitor:
        if used:
            assert visitor.ask("/") == 200
        assert visitor.ask(death) == 502
    with suppress(ConnectionError), closing(Stream2(proxy.url)) as stream:
        if used:
            assert stream.get("/") == "answered"
        assert stream.get(death) == "answered"


@pytest.mark.parametrize("way", ["caddy", "haproxy"])
def test_these_speak_http2(way, directory, upstream):
    """So the test above has tried it."""
    need(way)
    with (
        PROXIES[way](directory, upstream.url) as proxy,
        closing(Stream2(proxy.url)) as stream,
    ):
        assert stream.get("/") == "answered"


def test_a_late_answer_is_not_asked_for_again(directory, upstream):
    """When its patience is over, each proxy says so, and has asked once."""
    names = [name for name, kind in PROXIES.items() if not kind.missing()]
    if not names:
        pytest.skip("no proxy is installed")
    answers: list[int | None] = []
    with ExitStack() as stack:
        proxies = [
            stack.enter_context(PROXIES[name](directory / name, upstream.url))
            for name in names
        ]
        visitors = [stack.enter_context(closing(Visitor(p.url))) for p in proxies]
        threads = [
            threading.Thread(target=lambda v=v: answers.append(v.ask("/late")))
            for v in visitors
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == [504] * len(names)
        assert len(upstream.of("/late")) == len(names)


def test_caddy_would_ask_again_over_a_used_connection(directory, upstream):
    """That is why the example uses each connection once."""
    need("caddy")
    with (
        Caddy(directory, upstream.url, KEPT) as proxy,
        closing(Visitor(proxy.url)) as visitor,
    ):
        assert visitor.ask("/") == 200
        visitor.ask("/end")

    assert len(upstream.of("/end")) == 2


@pytest.fixture(scope="module", name="store")
def _store() -> Iterator[Valkey]:
    """A store that can be stopped for a while."""
    store = Valkey()
    yield store
    store.close()


@pytest.fixture(scope="module", name="counting")
def _counting(
    store: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service with one worker and that store."""
    url = f"redis://127.0.0.1:{store.port}/0"
    with Service(tmp_path_factory.mktemp("one"), store=url, env=PATIENT) as service:
        yield service


def kill_within_a_hit(
    visitor: Visitor, page: str, store: Valkey, counting: Service
) -> tuple[int | None, int]:
    """Kill the worker when its batch has left; the store takes it only then.

    Returns:
        What the visitor was told, and what is stored.
    """
    assert visitor.ask(f"/nocount?url={page}") == 200  # a connection to use again
    told: list[int | None] = []
    asking = threading.Thread(
        target=lambda: told.append(visitor.ask(f"/count?url={page}"))
    )
    os.kill(store.process.pid, signal.SIGSTOP)
    try:
        asking.start()
        eventually(lambda: _unread(store.port))
        (worker,) = counting.worker_pids
        kill(worker)
    finally:
        os.kill(store.process.pid, signal.SIGCONT)
    asking.join()
    eventually(lambda: counting.worker_pids not in ([], [worker]))
    eventually(counting.answers)
    with Redis(port=store.port) as redis:
        return told[0], int(redis.get(f"hits:{{{page}}}") or 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_view_whose_worker_is_killed_is_counted_once(way, directory, store, counting):
    """The store has counted it, the visitor is not told a number, and nobody asks again."""
    need(way)
    with ExitStack() as stack:
        url = counting.url
        if way != DIRECT:
            url = stack.enter_context(PROXIES[way](directory, url)).url
        visitor = stack.enter_context(closing(Visitor(url)))
        told, stored = kill_within_a_hit(visitor, f"{way}.example", store, counting)

    # Without a proxy the connection ends.
    assert (told, stored) == (None if way == DIRECT else 502, 1)


def test_caddy_would_count_that_view_twice(directory, store, counting):
    """Were it to keep connections, as it does if nobody says otherwise."""
    need("caddy")
    with (
        Caddy(directory, counting.url, KEPT) as proxy,
        closing(Visitor(proxy.url)) as visitor,
    ):
        told = kill_within_a_hit(visitor, "kept.example", store, counting)

    assert told == (200, 2)


# The commands of a hit have more bytes; a look at how full the store is has fewer.
_HIT_BYTES = 100


def _unread(port: int) -> bool:
    """Tell whether a server on this machine has been sent a hit that it has not read."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, _, queues, *_ = line.split()
        unread = int(queues.split(":")[1], 16)
        if int(local.partition(":")[2], 16) == port and unread >= _HIT_BYTES:
            return True
    return False


@pytest.fixture(scope="module", name="target")
def _target() -> Iterator[Embedded]:
    """A service to break, again and again."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as path,
        Embedded(Path(path), seed=1) as target,
    ):
        yield target


@pytest.mark.parametrize("way", PROXIES)
def test_a_kill_behind_a_proxy_breaks_no_promise(way, directory, target):
    """Rounds of the harness: nothing lost, nothing doubled, no view counted twice."""
    need(way)
    with PROXIES[way](directory, target.service.url) as proxy:
        target.entry = proxy.url
        seed = list(PROXIES).index(way)  # names the pages, too
        done = run(target, ["worker"], rounds=2, seconds=SECONDS, seed=seed)

    assert done.wrong == 0, done.rounds
    assert all(outcome.acknowledged for _, _, outcome in done.rounds)

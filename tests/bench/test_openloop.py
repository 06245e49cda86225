"""The generator of load at a given rate does what its numbers are read as."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from bench import openloop
from bench.processes import free_port
from bench.wrk_load import Outcome

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Answers the request of a number on a connection: pieces, each sent by itself.
Answer = Callable[[int], list[bytes]]


class Tiny:
    """A server of a thread for each connection, which answers as it is told."""

    def __init__(self, answer: Answer) -> None:
        self.heads: list[bytes] = []
        self.connections = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self.connections += 1
                self._threads.append(Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        with client, suppress(OSError):
            while head := client.recv(65_536):
                self.heads.append(head)
                pieces = self._answer(number)
                if not pieces:
                    return
                for piece in pieces:
                    client.sendall(piece)
                number += 1


OpenTiny = Callable[[Answer], Tiny]


@pytest.fixture(name="tiny")
def _tiny() -> Iterator[OpenTiny]:
    """Open servers, and close them after the test."""
    if openloop.compiler() is None:
        pytest.skip("this needs a C compiler")
    servers: list[Tiny] = []

    def open_tiny(answer: Answer) -> Tiny:
        servers.append(Tiny(answer))
        return servers[-1]

    yield open_tiny
    for server in servers:
        server.close()


def run(server: Tiny, *, rate: float = 400, connections: int = 4) -> Outcome:
    """Send for half a second: some 200 requests."""
    return openloop.run(
        server.port,
        "/a?b=c",
        rate=rate,
        connections=connections,
        seconds=0.5,
        cores=frozenset(),
    )


def test_what_is_due_is_sent_once_and_answered(tiny):
    """Each request is whole, and counted when its answer is."""
    server = tiny(lambda _number: [OK])

    outcome = run(server)

    assert set(server.heads) == {b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"}
    assert outcome.requests == len(server.heads)
    assert (outcome.status_errors, outcome.socket_errors) == (0, 0)
    assert server.connections == 4


def test_the_times_are_the_same_for_everyone(tiny):
    """So as many requests, however fast the server or the machine is."""
    server = tiny(lambda _number: [OK])

    found = {run(server).requests for _ in range(3)}

    (requests,) = found
    assert 150 < requests < 250  # a Poisson process of 200


def test_a_rate_is_kept_on_the_average(tiny):
    """Twice the rate is twice the requests, as near as chance allows."""
    server = tiny(lambda _number: [OK])

    assert 320 < run(server, rate=800).requests < 480


def test_a_latency_counts_from_when_it_was_due(tiny):
    """While one answer is waited for, the others become late: wrk would not ask."""
    stalled = Event()

    def answer(number: int) -> list[bytes]:
        if number == 10:
            stalled.wait(0.3)
        return [OK]

    outcome = run(tiny(answer), connections=1)

    # 200 requests in half a second: those due while it stalled are late, and are sent.
    assert 150 < outcome.requests < 250
    assert outcome.max_us > 290_000
    assert outcome.p50_us > 20_000
    assert outcome.p50_us <= outcome.p90_us <= outcome.p99_us <= outcome.max_us


def test_waiting_for_a_connection_is_not_the_generators_lateness(tiny):
    """It is the server's doing; else nobody could be believed behind a slow one."""
    stalled = Event()

    def answer(number: int) -> list[bytes]:
        if number == 10:
            stalled.wait(0.6)
        return [OK]

    outcome = run(tiny(answer), connections=1)

    assert outcome.lag_p99_us is not None
    assert outcome.lag_p99_us < 300_000 < 590_000 < outcome.max_us


def test_an_answer_may_come_in_pieces(tiny):
    """Between a header and its value, and within the body."""
    head = b"HTTP/1.1 200 OK\r\nX: 1\r\ncontent-LENGTH:5\r\n"
    pieces = [head[:30], head[30:], b"\r\nab", b"cde"]
    server = tiny(lambda _number: pieces)

    outcome = run(server, rate=100)

    assert outcome.requests == len(server.heads) > 25
    assert (outcome.status_errors, outcome.socket_errors) == (0, 0)


def test_errors_of_the_server_are_counted(tiny):
    """They have latencies as well."""
    bad = OK.replace(b"200 OK", b"503 No")
    server = tiny(lambda number: [bad if number % 2 else OK])

    outcome = run(server, connections=1)

    assert outcome.status_errors == outcome.requests // 2
    assert outcome.socket_errors == 0


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="it closes"),
        pytest.param([b"HTTP/1.1 200 OK\r\n\r\n"], id="no length"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"], id="no number"),
        pytest.param([OK + OK], id="two answers"),
        pytest.param([b"x" * 70_000], id="no end"),
    ],
)
def test_what_is_no_answer_is_an_error(tiny, pieces):
    """And nothing that was due is forgotten, once all connections are gone."""
    expected = run(tiny(lambda _number: [OK]), connections=2).requests

    outcome = run(tiny(lambda number: [OK] if number < 3 else pieces), connections=2)

    assert outcome.requests == 6
    assert outcome.socket_errors == expected - 6


def test_what_is_never_answered_is_an_error(tiny):
    """A second after the end nobody waits longer."""
    server = tiny(lambda number: [OK] if number < 3 else [b"HTTP/1.1 200 OK\r\n"])

    outcome = run(server, connections=2)

    assert outcome.requests == 6
    assert outcome.socket_errors > 0


def test_nobody_listens(tiny):
    """That is said, and no outcome."""
    tiny(lambda _number: [OK])

    with pytest.raises(subprocess.CalledProcessError):
        openloop.run(
            free_port(), "/", rate=1, connections=1, seconds=1, cores=frozenset()
        )


def test_it_says_how_it_is_called(tiny):
    """Whatever is wrong."""
    tiny(lambda _number: [OK])

    wrong: list[list[str]] = [[], ["1", "/", "0", "1", "1"], ["1", "/", "1", "0", "1"]]
    for arguments in wrong:
        done = subprocess.run(  # noqa: S603 - our own program
            [str(openloop.program()), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "usage: openloop PORT" in done.stderr


def test_it_is_compiled_once(tiny, tmp_path, monkeypatch):
    """For the same source."""
    tiny(lambda _number: [OK])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    first = openloop.program()
    made = first.stat().st_mtime_ns

    assert openloop.program().stat().st_mtime_ns == made
    assert list(first.parent.iterdir()) == [first]


def test_without_a_compiler_it_says_so(monkeypatch):
    """Nothing else of the benchmark needs one."""
    monkeypatch.setenv("CC", "no-such-cc")

    with pytest.raises(FileNotFoundError, match="no C compiler"):
        openloop.program()


def test_the_outcome_is_one_line(tiny):
    """Of JSON, with what an outcome has."""
    server = tiny(lambda _number: [OK])
    command = [str(openloop.program()), str(server.port), "/", "100", "1", "0.1"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603

    assert Outcome(**json.loads(done.stdout)).requests == len(server.heads)

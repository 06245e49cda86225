"""The access log: what a line says, and what it never says."""

import asyncio
import io
import itertools
import json
import logging
from types import SimpleNamespace

import pytest

from hitsvc.serve.access_lines import AccessLines
from hitsvc.serve.access_log import MAX_PATH_LENGTH, AccessLog
from hitsvc.serve.logs import JsonFormatter
from tests.support.sockets import answering, body, hello, start


async def _no_body() -> None:
    raise AssertionError


async def serve(app, **scope) -> list[object]:
    """Send one request to an app with a log around it; return its messages."""
    sent: list[object] = []

    async def send(message):
        sent.append(message)

    ticks = itertools.count(1, 0.25)
    scope = {"type": "http", "method": "GET", "path": "/count"} | scope
    await AccessLog(app, AccessLines(io.StringIO()), lambda: next(ticks))(
        scope, _no_body, send
    )
    return sent


@pytest.fixture(name="lines")
def _lines(caplog):
    caplog.set_level(logging.INFO, "hitsvc.access")
    return lambda: [(record.getMessage(), record.args) for record in caplog.records]


async def test_a_request_is_one_line(lines):
    """With method, path, status, the body's size and how long it took."""
    await serve(answering(start(201), body(b"abc", more=True), body(b"de")))

    assert lines() == [
        (
            "GET /count 201",
            {"method": "GET", "path": "/count", "status": 201, "bytes": 5, "ms": 250.0},
        )
    ]


async def test_the_answer_is_the_apps(lines):
    """Nothing is added to it, taken away, or changed."""
    assert await serve(hello) == [start(), body(b"hello")]


async def test_an_app_that_fails_is_a_500(lines):
    """The line is written, and the failure goes on to whoever deals with it."""

    async def failing(_scope, _receive, _send):
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it has no message
        await serve(failing)

    assert lines()[0][1]["status"] == 500


async def test_visitors_stay_unknown(lines):
    """No address, header, or query string is in the line."""
    await serve(
        hello,
        client=("192.0.2.7", 4711),
        query_string=b"url=https://secret.example/?token=sesame",
        headers=[(b"cookie", b"sesame"), (b"referer", b"https://secret.example")],
    )
    text = repr(lines())

    assert not [word for word in ("192", "sesame", "secret") if word in text]


@pytest.mark.parametrize("length", [MAX_PATH_LENGTH, MAX_PATH_LENGTH + 1])
async def test_a_long_path_is_cut_off(lines, length):
    """A client cannot fill the disk with one line."""
    await serve(hello, path="/" * length)

    assert len(lines()[0][1]["path"]) == MAX_PATH_LENGTH


async def test_what_is_no_request_gets_no_line(lines):
    """The lifespan goes through."""
    assert await serve(answering({"type": "x"}), type="lifespan") == [{"type": "x"}]
    assert lines() == []


class Lane:
    """An express lane that takes ``/count``; `error` is why it cannot answer it."""

    reads = frozenset([b"origin"])
    error: Exception | None = None

    def __call__(self, scope):
        """Take a request."""
        if scope["path"] != "/count":
            return None
        return SimpleNamespace(future="the future", response=self.respond)

    def respond(self):
        """Answer it."""
        if self.error:
            raise self.error
        return b"\r\na: 1", b"12345"


class App:
    """An app that has one."""

    def __init__(self) -> None:
        self.express = Lane()

    async def __call__(self, _scope, _receive, send):
        for message in (start(503), body(b"sorry")):
            await send(message)


async def take(app: App, path: str = "/count"):
    """Take a request, and answer it; return the answer, the lines, and the log."""
    stream = io.StringIO()
    ticks = iter([1, 1.25, 9])
    log = AccessLog(app, AccessLines(stream, lambda: 1.0625), lambda: next(ticks))
    scope = {"type": "http", "method": "GET", "path": path}
    assert log.express
    taken = log.express(scope)
    if taken is None:
        return None, [], log
    assert taken.future == "the future"
    try:
        answer = taken.response()
    except OSError:
        await log(scope, _no_body, _ignore)
        answer = None
    await asyncio.sleep(0)
    return answer, stream.getvalue().splitlines(), log


async def _ignore(_message) -> None: ...


async def test_what_the_lane_answers_is_a_line_as_any_other():
    """As `logging` writes it, to the character."""
    answer, lines, log = await take(App())
    record = logging.makeLogRecord(
        {
            "name": "hitsvc.access",
            "levelname": "INFO",
            "msg": "%(method)s %(path)s %(status)d",
            "args": {
                "method": "GET",
                "path": "/count",
                "status": 200,
                "bytes": 5,
                "ms": 250.0,
            },
            "created": 1.0625,
        }
    )

    assert answer == (b"\r\na: 1", b"12345")
    assert lines == [JsonFormatter().format(record)]
    assert log.express.reads == {b"origin"}


async def test_what_the_lane_leaves_is_the_apps():
    """It writes the line."""
    answer, written, _ = await take(App(), "/other")
    assert (answer, written) == (None, [])


async def test_what_the_lane_cannot_answer_is_one_line_of_the_apps(lines):
    """With all the time that it took."""
    app = App()
    app.express.error = OSError()
    _, written, _ = await take(app)

    assert written == []
    assert [args["ms"] for _, args in lines()] == [250.0]


async def test_lines_of_one_turn_are_written_at_once():
    """Also in another second; a path is what JSON makes of it."""
    written: list[str] = []
    clock = iter([59.5, 59.999, 60.999])

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    lines = AccessLines(Stream(), lambda: next(clock))
    for path in ("/a", '/"é', "/b"):
        lines.write("GET", path, 200, 1, 0.5)
    assert written == []
    await asyncio.sleep(0)

    (text,) = written
    _, first, second = map(json.loads, text.splitlines())
    assert (first["path"], first["message"]) == ('/"é', 'GET /"é 200')
    assert first["time"] == "1970-01-01T00:00:59.999Z"
    assert second["time"] == "1970-01-01T00:01:00.999Z"


async def test_a_log_that_nobody_reads_is_no_reason_not_to_count():
    """A pipe may be closed."""

    class Pipe(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    lines = AccessLines(Pipe())
    lines.write("GET", "/", 200, 1, 0.5)
    lines.flush()

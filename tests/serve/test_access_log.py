"""The access log: what a line says, and what it never says."""

import itertools
import logging

import pytest

from hitsvc.serve.access_log import MAX_PATH_LENGTH, AccessLog
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
    await AccessLog(app, lambda: next(ticks))(scope, _no_body, send)
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

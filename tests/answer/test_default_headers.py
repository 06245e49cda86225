"""Default headers, with our own server's extension and without it."""

from typing import Any

import pytest
from falcon import testing
from falcon.asgi import Request, Response

from hitsvc.answer.default_headers import DefaultHeadersApp
from hitsvc.http1.exchange import READY_HEADERS
from hitsvc.http1.ready_headers import ReadyHeaders


class Resource:
    async def on_get(self, _req: Request, resp: Response) -> None:
        resp.text = "x"
        resp.set_header("own", "1")


@pytest.fixture(name="app")
def _app() -> DefaultHeadersApp:
    headers = ReadyHeaders([("a", "1"), ("b", "2"), ("own", "0")])
    app = DefaultHeadersApp({"/count": headers})
    app.add_route("/count", Resource())
    app.add_route("/other", Resource())
    return app


def test_any_server_sends_them(app):
    """Without the extension they are added to the response."""
    headers = testing.TestClient(app).get("/count").headers
    assert {"a": "1", "b": "2"}.items() <= headers.items()


def test_what_the_answer_sets_itself_wins(app):
    """A default is not sent beside the answer's own."""
    assert testing.TestClient(app).get("/count").headers["own"] == "1"
    assert testing.TestClient(app).post("/count").headers["own"] == "0"


def test_errors_of_the_path_have_them_too(app):
    """The path decides, not the answer."""
    assert testing.TestClient(app).post("/count").headers["a"] == "1"


def test_other_paths_have_none(app):
    """Only the paths that were named."""
    assert "a" not in testing.TestClient(app).get("/other").headers


async def test_our_server_gets_them_ready_made(app):
    """With the extension they are lines in the scope, and not in the response."""
    scope: dict[str, Any] = testing.create_scope(path="/count")
    scope["extensions"] = {READY_HEADERS: {}}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert scope[READY_HEADERS].block == b"\r\na: 1\r\nb: 2\r\nown: 0"
    assert b"a" not in dict(sent[0]["headers"])


def test_a_block_can_leave_some_out():
    """Our server leaves out what the answer has."""
    ready = ReadyHeaders([("a", "1"), ("b", "2"), ("c", "3")])
    assert ready.block_without(frozenset([b"a", b"c"])) == b"\r\nb: 2"

"""Fixed headers, with our own server's extension and without it."""

from typing import Any

import pytest
from falcon import testing
from falcon.asgi import Request, Response

from hitsvc.exchange import FIXED_HEADERS
from hitsvc.fixed_headers import FixedHeadersApp


class Resource:
    async def on_get(self, _req: Request, resp: Response) -> None:
        resp.text = "x"
        resp.set_header("own", "1")


@pytest.fixture(name="app")
def _app() -> FixedHeadersApp:
    app = FixedHeadersApp(["/fixed"], [("a", "1"), ("b", "2")])
    app.add_route("/fixed", Resource())
    app.add_route("/other", Resource())
    return app


def test_any_server_sends_them(app):
    """Without the extension they are added to the response."""
    headers = testing.TestClient(app).get("/fixed").headers
    assert {"a": "1", "b": "2", "own": "1"}.items() <= headers.items()


def test_errors_of_the_path_have_them_too(app):
    """The path decides, not the answer."""
    assert testing.TestClient(app).post("/fixed").headers["a"] == "1"


def test_other_paths_have_none(app):
    """Only the paths that were named."""
    assert "a" not in testing.TestClient(app).get("/other").headers


async def test_our_server_gets_them_ready_made(app):
    """With the extension they are lines in the scope, and not in the response."""
    scope: dict[str, Any] = testing.create_scope(path="/fixed")
    scope["extensions"] = {FIXED_HEADERS: {}}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert scope[FIXED_HEADERS] == [b"a: 1", b"b: 2"]
    assert b"a" not in dict(sent[0]["headers"])

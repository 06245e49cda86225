"""The express lane: what it takes, and that nobody can tell it from the app."""

import asyncio
import re
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.app import create_app
from hitsvc.settings import Settings
from tests.support.scripted import Script, serving
from tests.support.site import Site
from tests.support.sockets import Site as Connections
from tests.support.sockets import answers, on_uvloop

BADGE = "/count/tag.svg"
NAMED = b"url=example.com"
TAKEN = [
    *(
        BADGE,
        "/count",
        "/count.json",
        "/count/pixel.gif",
        "/nocount",
        "/nocount/tag.svg",
    )
]

OTHER_PATHS = [
    "/nocount.json",
    "/count/tag.png",
    "/nocount/shields.json",
    "/graph.svg",
    "/count/",
    "/count/tag.svg//",
    "/",
]
URLS = [
    *["url=example.com", "url=https%3A%2F%2Fexample.com%2Fa%2F..%2Fb%2F"] * 4,
    "url=EXAMPLE.com%2Fb%3Fx",
    "url=%68ttp://example.com/%7e%2541",
    "url=a+b.example",
    "url=",
    "url",
    "url=ftp%3A%2F%2Fexample.com",
    "url=%ff%fe",
    "url=%00",
    "url=" + "x" * 600,
    "url=example.com/" + "x" * 2100,
    "URL=example.org",
    "url=example.com/%B2%E2",
    "url=example.com/%C3%BC%FF",
    "url=https%253A%252F%252Fexample.com%252Fb",
    "",
]
LOOKS = [
    "label=%3C%26%22",
    "label=a,b",
    "label=",
    "style=social",
    "style=none",
    "color=red",
    "show=both",
    "show=today",
    "format=metric",
    "base=999",
    "base=-1",
    "logo=github",
    "url=example.com",
    "amp;show=both",
    "label=%B2%E2",
    "Url=example.com",
    "&=",
    "%",
]
REQUESTS = st.tuples(
    st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "OPTIONS", "PUT"]),
    st.sampled_from(TAKEN * 3 + OTHER_PATHS),
    st.tuples(st.sampled_from(URLS), st.lists(st.sampled_from(LOOKS), max_size=2)).map(
        lambda query: "&".join([query[0], *query[1]])
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "Referer": st.sampled_from(["https://example.net/r", "", "about:blank"]),
            "Origin": st.sampled_from(
                ["https://example.com", "null", "https://xn--a.example:8080", "a" * 300]
            ),
            "Sec-GPC": st.sampled_from(["1", "0"]),
            "Sec-Purpose": st.sampled_from(["prefetch", "x"]),
            "X-Forwarded-Proto": st.sampled_from(["https", "http", "http, https"]),
            "Cookie": st.sampled_from(["a=b", "hits-0=abcdefgh", "; =; ;"]),
            "Accept": st.sampled_from(["*/*", "application/json", "text/html"]),
        },
    ),
)
TOKEN = re.compile(r"=[0-9a-zA-Z]{12};")


def answer(site: Site, request: Any) -> Any:
    """Return all that a client sees of an answer, but for the token's characters."""
    method, path, query, headers = request
    result = site.ask(method, f"{path}?{query}", headers)
    shown = {name: TOKEN.sub("=;", value) for name, value in result.headers.items()}
    return result.status_code, shown, result.content


def test_it_answers_as_the_app_does():
    """Whatever is asked, in whatever order: status, headers, cookie and body."""
    with asyncio.Runner() as runner:
        plain, express = (Site(runner, {}, express=lane) for lane in (False, True))

        @settings(max_examples=500, deadline=None)
        @given(REQUESTS)
        def compare(request: Any) -> None:
            assert answer(express, request) == answer(plain, request)

        compare()
        plain.close()
        express.close()


class Lane:
    """The express lane of a service in this process, and the service's Redis."""

    def __init__(self, **variables: str) -> None:
        self.server = FakeServer()
        self.redis = FakeAsyncRedis(server=self.server)
        self.app: Any = create_app(Settings.load(variables), redis=self.redis)

    def take(
        self,
        path: str = BADGE,
        query: bytes = NAMED,
        method: str = "GET",
        **headers: str,
    ) -> Any:
        """Offer a request to the lane."""
        scope = {
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            "scheme": "http",
        }
        return self.app.express(scope)


@pytest.mark.parametrize("path", TAKEN)
async def test_what_visitors_send_is_taken(path):
    """A GET of a badge or number that names its URL; looks and cookies are no reason."""
    query = NAMED + b"&style=social&label=x"
    assert await Lane().take(path, query, cookie="a=b", referer="x").future


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_scripts_send_is_taken(method):
    """A request that names its origin, and may read the answer."""
    taken = Lane().take("/count.json", method=method, origin="https://example.com")
    await taken.future
    fields, _ = taken.response()
    assert (
        fields.count(b"\r\naccess-control-allow-origin: https://example.com\r\n") == 1
    )
    assert fields.count(b"access-control-allow-origin") == 1


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"method": "HEAD"}, id="HEAD"),
        pytest.param({"method": "POST", "path": "/nocount"}, id="POST of a read"),
        pytest.param({"path": "/graph.svg"}, id="another path"),
        pytest.param({"query": b""}, id="no URL"),
        pytest.param({"query": b"url=/x"}, id="no host"),
        pytest.param({"query": NAMED + b"&" + NAMED}, id="two URLs"),
        pytest.param({"query": NAMED + b"&x=" + b"x" * 500}, id="a long query"),
        pytest.param({"origin": "https://" + "a" * 300}, id="a long origin"),
    ],
)
async def test_all_else_is_left_to_the_app(request_):
    """Nothing of it has reached Redis then."""
    lane = Lane()
    assert lane.take(**request_) is None
    assert await lane.redis.keys() == []


async def test_a_full_queue_is_left_to_the_app():
    """It says why, as always; the hit is not attempted."""
    lane = Lane(HITSVC_QUEUE_LIMIT="1")
    first = lane.take()
    assert lane.take() is None
    await first.future
    assert await lane.redis.get("hits:{example.com}") == b"1"


async def test_a_failure_is_raised_by_the_answer():
    """The server hands it to the app."""
    lane = Lane()
    lane.server.connected = False
    taken = lane.take()
    await asyncio.gather(taken.future, return_exceptions=True)
    with pytest.raises(Exception, match="cannot be reached"):
        taken.response()


@pytest.mark.parametrize("path", ["/count/tag.svg", "/nocount/tag.svg"])
async def test_a_failure_before_days_are_read_is_raised_by_the_answer(path):
    """The days are not asked for."""
    lane = Lane()
    lane.server.connected = False
    taken = lane.take(path, NAMED + b"&show=week")
    await asyncio.gather(taken.future, return_exceptions=True)
    with pytest.raises(Exception, match="cannot be reached"):
        taken.response()


@on_uvloop
async def test_a_failed_hit_is_sent_once():
    """The app tells the visitor, and does not ask Redis again: that could count twice."""
    redis = Script(None)  # takes the hit, and hangs up
    async with serving(redis) as url:
        app = create_app(Settings.load({"HITSVC_REDIS_URL": url}))
        async with Connections(app) as server:
            ((status, badge),) = answers(
                await server.ask(
                    b"GET /count/tag.svg?url=example.com HTTP/1.1\r\nHost: x\r\n\r\n"
                )
            )
        assert status == 503
        assert b"unavailable" in badge
        assert [b"INCRBY" in said for said in redis.received] == [True]

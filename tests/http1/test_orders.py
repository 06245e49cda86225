"""A request is understood as if it were alone, whatever came before it."""

import itertools

import pytest

from tests.support.sockets import LAST, Site, body, on_uvloop, start, whole

_HEAD = b"%b / HTTP/%b\r\n%b\r\n"
_FRAMES = {
    "host": b"Host: x\r\n",
    "other host": b"Host: y\r\n",
    "no host": b"",
    "two hosts": b"Host: x\r\nHost: x\r\n",
    "close": b"Host: x\r\nConnection: close\r\n",
    "keep": b"Host: x\r\nConnection: keep-alive\r\n",
    "proxy keep": b"Host: x\r\nProxy-Connection: keep-alive\r\n",
    "upgrade": b"Host: x\r\nConnection: upgrade\r\n",
    "keep, upgrade": b"Host: x\r\nConnection: keep-alive, upgrade\r\n",
}
_OFFERS = {
    "": b"",
    "h2c": b"Upgrade: h2c\r\n",
    "websocket": b"UPGRADE: websocket\r\nSec-WebSocket-Version: 13\r\n",
}
# A body that is a request itself: whoever sees its beginning elsewhere, answers it.
_BODY = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
_KINDS = {
    "GET 1.1": (b"GET", b"1.1", b"", b""),
    "GET 1.0": (b"GET", b"1.0", b"", b""),
    "CONNECT": (b"CONNECT", b"1.1", b"", b""),
    "length": (b"POST", b"1.1", b"Content-Length: %d\r\n" % len(_BODY), _BODY),
    "chunks": (
        b"POST",
        b"1.1",
        b"Transfer-Encoding: chunked\r\n",
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(_BODY), _BODY),
    ),
}


def _request(frame: bytes, offer: bytes, kind: tuple[bytes, ...]) -> bytes:
    method, version, length, content = kind
    return _HEAD % (method, version, frame + offer + length) + content


REQUESTS = {
    ", ".join(filter(None, names)): _request(
        _FRAMES[names[0]], _OFFERS[names[1]], _KINDS[names[2]]
    )
    for names in itertools.product(_FRAMES, _OFFERS, _KINDS)
}
# After those that another may follow, all come.
_FIRST = [
    ", ".join(filter(None, (frame, offer, kind)))
    for frame in ("host", "keep", "proxy keep", "upgrade", "keep, upgrade")
    for offer in _OFFERS
    for kind in ("GET 1.1", "length")
    if "upgrade" not in frame or not offer
]
_WAYS = ["in one", "cut"]


async def _app(scope, receive, send):
    """Answer with all that the app is told of a request."""
    keys = ("http_version", "method", "path", "query_string", "headers")
    seen = [scope[key] for key in keys]
    await send(start())
    await send(body(repr([*seen, await whole(receive)]).encode()))


@pytest.fixture(scope="module")
def alone():
    """What each request gets that is the first, and what follows it, if another may."""
    found = {}

    @on_uvloop
    async def ask():
        async with Site(_app) as site:
            last = await site.ask(LAST)
            for name, data in REQUESTS.items():
                answer = await site.ask(data)
                with_last = await site.ask(data + LAST)
                assert with_last in (answer, answer + last), name
                found[name] = answer, with_last.removeprefix(answer)

    ask()
    return found


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("first", _FIRST)
def test_second_request_is_answered_as_if_it_were_the_first(alone, first, way):
    """Its version, fields and body are seen so, and its connection goes on or ends so."""

    @on_uvloop
    async def check():
        answer, goes_on = alone[first]
        assert goes_on
        async with Site(_app) as site:
            for name, data in REQUESTS.items():
                at = len(REQUESTS[first]) + (len(data) // 2 if way == "cut" else 0)
                all_of_it = REQUESTS[first] + data + LAST
                got = await site.ask(all_of_it[:at], all_of_it[at:])
                assert got == answer + b"".join(alone[name]), name

    check()

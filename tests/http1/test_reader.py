"""Which bytes are requests, and what the app sees of them."""

import pytest

from hitsvc.http1.reader import NOTED, RequestReader
from tests.support.sockets import (
    GET,
    Site,
    answers,
    echo,
    on_uvloop,
    statuses,
    tell,
    telling,
)

SEEN = [
    pytest.param(b"GET /a HTTP/1.1", "['GET', '/a', b'', b'']", id="a path"),
    pytest.param(
        b"GET /a?b=c%20 HTTP/1.1", "['GET', '/a', b'b=c%20', b'']", id="query"
    ),
    pytest.param(b"GET /a?b?c HTTP/1.1", "['GET', '/a', b'b?c', b'']", id="two marks"),
    pytest.param(b"GET /%C3%BC%20 HTTP/1.1", "['GET', '/ü ', b'', b'']", id="escaped"),
    pytest.param(b"GET /%ff HTTP/1.1", "['GET', '/\ufffd', b'', b'']", id="not UTF-8"),
    pytest.param(b"GET //a//b HTTP/1.1", "['GET', '//a//b', b'', b'']", id="slashes"),
    pytest.param(
        b"GET http://h/a?b HTTP/1.1", "['GET', '/a', b'b', b'']", id="absolute"
    ),
    pytest.param(b"GET http://h HTTP/1.1", "['GET', '/', b'', b'']", id="only a host"),
    pytest.param(b"PATCH / HTTP/1.0", "['PATCH', '/', b'', b'']", id="another method"),
    pytest.param(
        b"GET /\xc3\xbc?a=\xc3\xa4\xff HTTP/1.1",
        "['GET', '/ü', b'a=%C3%A4%FF', b'']",
        id="not escaped",
    ),
]
SMUGGLED = [
    pytest.param(b"Content-Length: 4\r\nTransfer-Encoding: chunked", id="CL and TE"),
    pytest.param(b"Transfer-Encoding: chunked\r\nContent-Length: 4", id="TE and CL"),
    pytest.param(b"Content-Length: 4\r\nContent-Length: 4", id="CL twice"),
    pytest.param(b"Content-Length: 4, 4", id="CL list"),
    pytest.param(b"Content-Length: +4", id="CL with a sign"),
    pytest.param(b"Content-Length: 0x4", id="CL in hexadecimal"),
    pytest.param(b"Content-Length: 99999999999999999999", id="CL over 64 bits"),
    pytest.param(b"Content-Length : 4", id="space before the colon"),
    pytest.param(b"Transfer-Encoding: chunked, identity", id="TE not chunked last"),
    pytest.param(b"Transfer-Encoding: xchunked", id="TE like chunked"),
    pytest.param(b"Transfer-Encoding:\x0bchunked", id="TE after another space"),
    pytest.param(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", id="TE twice"),
    pytest.param(b"A: b\r\n Content-Length: 4", id="folded header"),
    pytest.param(b"A: b\rContent-Length: 4", id="carriage return alone"),
    pytest.param(b"A: b\nContent-Length: 4", id="line feed alone"),
    pytest.param(b"A: b\0", id="NUL"),
    pytest.param(b"no colon", id="no colon"),
]
NO_REQUEST = [
    pytest.param(b"\x16\x03\x01\x02\x00\x01", id="a TLS hello"),
    pytest.param(b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", id="a space in the target"),
    pytest.param(
        b"GET http://h:99999/ HTTP/1.1\r\nHost: x\r\n\r\n", id="a port too high"
    ),
    pytest.param(b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", id="an asterisk"),
    pytest.param(b"GET *a HTTP/1.1\r\nHost: x\r\n\r\n", id="an asterisk and more"),
    pytest.param(b"OPTIONS *a HTTP/1.1\r\nHost: x\r\n\r\n", id="the same of OPTIONS"),
    pytest.param(b"GET h:80 HTTP/1.1\r\nHost: x\r\n\r\n", id="an authority"),
    pytest.param(b"GET / HTTP/1.2\r\n\r\n", id="HTTP/1.2"),
    pytest.param(b"GET /\r\n\r\n", id="HTTP/0.9"),
    pytest.param(b"GET / HTTP/2.0\r\n\r\n", id="HTTP/2.0"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2 preface"),
    pytest.param(
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        id="chunks in HTTP/1.0",
    ),
]


@pytest.mark.parametrize(("line", "seen"), SEEN)
def test_target_is_taken_apart(line, seen):
    """Method, path (decoded), query (not decoded) and body are what was sent."""

    @on_uvloop
    async def check():
        async with Site(echo) as site:
            assert answers(await site.ask(line + b"\r\nHost: x\r\n\r\n")) == [
                (200, seen.encode())
            ]

    check()


@pytest.mark.parametrize("headers", SMUGGLED)
def test_ambiguous_request_is_refused(headers):
    """Where a proxy might see another end of the request, nothing of it is answered."""

    @on_uvloop
    async def check():
        request = b"POST / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n0\r\n\r\n" % headers + GET
        async with Site(echo) as site:
            assert statuses(await site.ask(request)) == [400]
            assert site.state.total_requests == 0

    check()


@pytest.mark.parametrize("data", NO_REQUEST)
def test_what_is_no_request_is_refused(data):
    """It gets a status, a line of text, and the end of the connection."""

    @on_uvloop
    async def check():
        async with Site(echo) as site:
            answer = await site.ask(data)
            assert statuses(answer) == [400]
            assert b"\r\nconnection: close\r\n" in answer

    check()


@on_uvloop
async def test_headers_are_in_lower_case_and_order():
    """Repeated headers stay apart, and values are as they were sent."""
    request = b"GET / HTTP/1.1\r\nHost: X\r\nA: 1\r\nB: \xff\r\nA: 2\r\nC:\r\n\r\n"
    headers = [
        (b"host", b"X"),
        (b"a", b"1"),
        (b"b", b"\xff"),
        (b"a", b"2"),
        (b"c", b""),
    ]
    async with Site(telling("headers")) as site:
        assert answers(await site.ask(request)) == [(200, repr(headers).encode())]


@on_uvloop
async def test_trailers_are_dropped():
    """What follows the chunks is no header, neither of this request nor the next."""
    chunks = b"1\r\na\r\n0\r\nCookie: forged\r\n\r\n"
    request = (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    )
    async with Site(telling("headers")) as site:
        assert answers(
            await site.ask(request + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        ) == [
            (200, b"[(b'host', b'x'), (b'transfer-encoding', b'chunked')]"),
            (200, b"[(b'host', b'x')]"),
        ]


@on_uvloop
async def test_body_comes_whole():
    """Chunks and parts are joined; the next request's body is its own."""
    async with Site(tell) as site:
        chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n"
        plain = b"1\r\nc\r\n0\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nd"
        data = await site.ask(chunked, plain, b"ef" + GET)
        assert answers(data) == [(200, b"abc"), (200, b"def"), (200, b"")]


@on_uvloop
async def test_scope_names_both_ends():
    """Client and server are the socket's addresses; the scheme is the proxy's matter."""
    async with Site(telling("server")) as site:
        assert answers(await site.ask(GET)) == [(200, repr(site.address).encode())]
    async with Site(telling("scheme")) as site:
        assert answers(await site.ask(GET)) == [(200, b"'http'")]


def test_unix_socket_has_no_addresses(tmp_path):
    """A client on a unix socket is nobody."""

    @on_uvloop
    async def check():
        async with Site(telling("client"), path=tmp_path / "socket") as site:
            assert answers(await site.ask(GET)) == [(200, b"None")]

    check()


@on_uvloop
async def test_lifespan_state_is_copied():
    """Each request gets its own copy of what the lifespan left."""

    async def app(scope, _receive, send):
        await telling("state")(scope, _receive, send)
        scope["state"]["more"] = 1

    async with Site(app, state={"a": 1}) as site:
        assert answers(await site.ask(GET + GET)) == [(200, b"{'a': 1}")] * 2


@pytest.mark.parametrize(
    ("version", "seen"), [(b"1.1", b"'1.1'"), (b"1.0", b"'1.0'")], ids=["1.1", "1.0"]
)
def test_version_is_told(version, seen):
    """The app sees which HTTP the client speaks."""

    @on_uvloop
    async def check():
        async with Site(telling("http_version")) as site:
            request = b"GET / HTTP/%b\r\nHost: x\r\nA: b\r\n\r\n" % version
            assert answers(await site.ask(request)) == [(200, seen)]

    check()


def test_other_protocol_is_not_offered():
    """A request to change the protocol is answered as it is, and is the last."""

    @on_uvloop
    async def check():
        request = (
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
        )
        async with Site(echo) as site:
            answer = await site.ask(request + b"\0\0\x12\x04")
            assert statuses(answer) == [200]
            assert b"\r\nconnection: close\r\n" in answer

    check()


@on_uvloop
async def test_body_is_asked_for_once():
    """A client that expects it gets 100 Continue, once, when we wait for its body."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nA: b\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
    async with Site(tell) as site:
        client = await site.connect()
        client.send(head)
        assert await client.read(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"a")
        await client.sent()
        client.send(b"b")
        client.end()
        assert answers(await client.rest()) == [(200, b"ab")]


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: much\r\nContent-Length: 1\r\n\r\n|a",
        b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n|a",
    ],
    ids=["the body is here", "another expectation", "HTTP/1.0"],
)
def test_body_is_not_asked_for_in_vain(request_):
    """There is no 100 where none is waited for."""

    @on_uvloop
    async def check():
        async with Site(tell) as site:
            assert answers(await site.ask(*request_.split(b"|"))) == [(200, b"a")]

    check()


@on_uvloop
async def test_each_version_is_judged_although_the_fields_are_the_same():
    """A connection may send HTTP/1.0 after HTTP/1.1, and the other way round."""
    fields = b"\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
    versions = [b"1.1", b"1.0", b"1.1", b"1.1", b"1.0"]
    async with Site(telling("http_version")) as site:
        data = b"".join(b"GET / HTTP/" + version + fields for version in versions)

        assert answers(await site.ask(data)) == [
            (200, repr(version.decode()).encode()) for version in versions
        ]


@pytest.mark.parametrize("wrong", [b"Host: x\r\nHost: x", b"Host: a b", b"A: b"])
def test_fields_about_the_frame_are_judged_when_they_change(wrong):
    """A second host, none, or one that is none, after requests that were right."""

    @on_uvloop
    async def check():
        async with Site(echo) as site:
            right = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            data = right * 2 + b"GET / HTTP/1.1\r\n" + wrong + b"\r\n\r\n"
            assert statuses(await site.ask(data)) == [200, 200, 400]

    check()


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("rest", "noted"),
    [
        pytest.param(b"\r\n", [(b"cookie", b"a")], id="one"),
        pytest.param(b"Accept: b\r\n\r\n", [(b"cookie", b"a")], id="and others"),
        pytest.param(
            b"COOKIE: b\r\n\r\n", [(b"cookie", b"a"), (b"cookie", b"b")], id="several"
        ),
        pytest.param(
            b"Content-Length: 3\r\n\r\nxyz", [(b"cookie", b"a")], id="and a body"
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nCookie: c\r\n\r\n",
            [(b"cookie", b"a")],
            id="but for trailers",
        ),
    ],
)
def test_fields_that_matter_are_noted(size, rest, noted):
    """However a request comes, and in each of a connection's."""
    found = []
    reader = RequestReader(
        {}, {}, lambda scope, *_: found.append(scope), 20, frozenset([b"cookie"])
    )
    for _ in range(2):
        data = b"POST / HTTP/1.1\r\nHost: x\r\nCookie: a\r\n" + rest
        for at in range(0, len(data), size):
            reader.feed(data[at : at + size])
            if reader.pending or at + size < len(data):
                reader.park()

    assert [scope[NOTED] for scope in found] == [noted, noted]

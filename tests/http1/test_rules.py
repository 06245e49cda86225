"""Rules of RFC 9110 and 9112 about a request as a whole, for each of a connection."""

import pytest

from hitsvc.http1.limits import Limits
from tests.support.connection import Answerer, Clock, connect
from tests.support.sockets import (
    GET,
    LAST,
    Site,
    answers,
    echo,
    on_uvloop,
    statuses,
    tell,
    telling,
)

LIMITS = Limits()
KEPT_10 = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
EXPECTS = b"POST / HTTP/1.%d\r\nHost: x\r\nExpect: %b\r\nContent-Length: 1\r\n\r\n"

BAD_HOSTS = [
    b"",
    b"Host: a\r\nHost: a\r\n",
    b"Host: a\r\nX: y\r\nhost: b\r\n",
    b"Host:\r\n",
    b"Host: \t\r\n",
    b"Host: a@b\r\n",
    b"Host: a/b\r\n",
    b"Host: a, b\r\n",
    b"Host: a b\r\n",
    b"Host: a:b\r\n",
    b"Host: a:80:80\r\n",
    b"Host: :80\r\n",
    b"Host: http://a\r\n",
    b"Host: a?b\r\n",
    b"Host: a#b\r\n",
    b"Host: a\\b\r\n",
    b"Host: <a>\r\n",
    b"Host: %zz\r\n",
    b"Host: [::1\r\n",
    b"Host: [a.b]\r\n",
    b"Host: ::1\r\n",
    b"Host: \xc3\xbc.example\r\n",
    b"Hos: a\r\n",
]
GOOD_HOSTS = [
    b"a",
    b"a.example:8080",
    b"a.example.",
    b"a:",
    b"127.0.0.1",
    b"[::1]",
    b"[2001:db8::1]:443",
    b"[v1.a:b]",
    b"xn--mnchen-3ya.example",
    b"under_score",
    b"a%20b",
    b"a \t",
]
# What is wrong with a version, alone or after another request.
BAD_VERSIONS = [
    b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
    b"GET / HTTP/0.9\r\nHost: x\r\n\r\n",
    b"GET / HTTP/0.9\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
    b"GET / HTTP/1.2\r\nHost: x\r\n\r\n",
    b"GET / HTTP/3.1\r\nHost: x\r\n\r\n",
]


def cut(data: bytes, size: int | None) -> list[bytes]:
    """Return data in pieces of a size, or whole."""
    return [data[i : i + size] for i in range(0, len(data), size)] if size else [data]


class TestHost:
    """RFC 9112 3.2."""

    @pytest.mark.parametrize("size", [None, 7])
    @pytest.mark.parametrize("before", [b"", GET, KEPT_10], ids=["alone", "1.1", "1.0"])
    @pytest.mark.parametrize("lines", BAD_HOSTS)
    def test_it_is_one_and_a_host(self, lines, before, size):
        """Else the request is refused, whatever came before it."""

        @on_uvloop
        async def check():
            request = b"GET / HTTP/1.1\r\nA: b\r\n%b\r\n" % lines
            async with Site(echo) as site:
                data = await site.ask(*cut(before + request + GET, size))
                assert statuses(data) == [200] * bool(before) + [400]

        check()

    @pytest.mark.parametrize("host", GOOD_HOSTS)
    def test_every_host_is_taken(self, host):
        """Also after another, and not as the first field."""

        @on_uvloop
        async def check():
            request = b"GET / HTTP/1.1\r\nA: b\r\nHost: %b\r\n\r\n" % host
            async with Site(echo) as site:
                assert statuses(await site.ask(GET + request + LAST)) == [200] * 3

        check()

    @pytest.mark.parametrize(
        ("lines", "status"),
        [(b"", 200), (b"Host: a\r\n" * 2, 400), (b"Host:/\r\n", 400)],
    )
    def test_http_10_needs_none(self, lines, status):
        """But what it has must be right."""

        @on_uvloop
        async def check():
            async with Site(echo) as site:
                data = await site.ask(b"GET / HTTP/1.0\r\n%b\r\n" % lines)
                assert statuses(data) == [status]

        check()


class TestVersion:
    """RFC 9112 2.3 and 6.1."""

    @pytest.mark.parametrize("before", [b"", GET, KEPT_10], ids=["alone", "1.1", "1.0"])
    @pytest.mark.parametrize("request_", BAD_VERSIONS)
    def test_each_request_is_judged(self, request_, before):
        """Not only the first of a connection."""

        @on_uvloop
        async def check():
            async with Site(echo) as site:
                data = await site.ask(before + request_ + GET)
                assert statuses(data) == [200] * bool(before) + [400]

        check()

    @staticmethod
    @on_uvloop
    async def test_each_request_tells_its_own():
        """To the app, and in what its answer says of the connection."""
        async with Site(telling("http_version")) as site:
            data = await site.ask(GET + KEPT_10 + GET + KEPT_10)
            assert [text for _, text in answers(data)] == [b"'1.1'", b"'1.0'"] * 2
            assert data.count(b"\r\nconnection: keep-alive\r\n") == 2


class TestCoding:
    """RFC 9112 6.1."""

    @pytest.mark.parametrize("before", [b"", GET], ids=["alone", "after another"])
    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            (b"Transfer-Encoding: chunked", 200),
            (b"Transfer-Encoding: Chunked ", 200),
            (b"Transfer-Encoding: gzip, chunked", 501),
            (b"Transfer-Encoding: identity, chunked", 501),
            (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 501),
            (b"Transfer-Encoding: chunked, chunked", 400),
            (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", 400),
            (b"Transfer-Encoding: gzip", 400),
        ],
    )
    def test_a_body_comes_in_chunks_or_not_at_all(self, lines, status, before):
        """What is in another coding is not taken for what it is not."""

        @on_uvloop
        async def check():
            request = b"POST / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n0\r\n\r\n" % lines
            async with Site(echo) as site:
                data = await site.ask(before + request)
                assert statuses(data) == [200] * bool(before) + [status]

        check()


class TestExpectation:
    """RFC 9110 10.1.1."""

    @pytest.mark.parametrize("before", [b"", KEPT_10], ids=["alone", "after 1.0"])
    @pytest.mark.parametrize(
        "value",
        [b"100-continue", b"100-Continue ", b" 100-continue\t", b"100-continue \t "],
    )
    def test_a_body_is_asked_for(self, value, before):
        """Space around the value is none of it."""

        @on_uvloop
        async def check():
            async with Site(tell) as site:
                data = await site.ask(before + EXPECTS % (1, value), b"a")
                assert b"HTTP/1.1 100 Continue\r\n\r\n" in data

        check()

    @staticmethod
    @on_uvloop
    async def test_a_client_of_http_10_after_another_is_not_asked():
        """It would take the 100 for the answer."""
        async with Site(tell) as site:
            data = await site.ask(GET + EXPECTS % (0, b"100-continue"), b"a")
            assert b"100 Continue" not in data

    @pytest.mark.parametrize("expects", [b"", b"Expect: 100-continue\r\n"])
    @pytest.mark.parametrize("length", [LIMITS.request_bytes, 10**18])
    def test_a_body_that_is_too_large_is_refused_at_once(self, length, expects):
        """It is not asked for, nor waited for."""

        @on_uvloop
        async def check():
            head = b"POST / HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n"
            async with Site(tell) as site:
                client = await site.connect()
                client.send(head % (expects, length))
                assert statuses(await client.rest()) == [413]

        check()


def big_head(line: int, fields: int, size: int) -> bytes:
    head = b"GET /%b HTTP/1.1\r\nHost: x\r\n" % (b"a" * line)
    return head + (b"a:%b\r\n" % (b"b" * (size - 4))) * fields + b"\r\n"


class TestSize:
    """RFC 9112 3, RFC 6585 5."""

    @pytest.mark.parametrize("size", [None, 1000])
    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            pytest.param(big_head(15_000, 0, 0), 200, id="a long line"),
            pytest.param(big_head(17_000, 0, 0), 414, id="a longer line"),
            pytest.param(big_head(1_000_000, 0, 0), 414, id="a line of 1 MB"),
            pytest.param(big_head(15_000, 4, 900), 431, id="line and fields"),
            pytest.param(big_head(0, 99, 100), 200, id="100 fields"),
            pytest.param(big_head(0, 100, 100), 431, id="101 fields"),
            pytest.param(big_head(0, 100, 10), 431, id="101 small fields"),
            pytest.param(big_head(0, 1, 16_000), 200, id="a large field"),
            pytest.param(big_head(0, 1, 17_000), 431, id="a larger field"),
        ],
    )
    def test_a_head_has_limits(self, request_, status, size):
        """However it comes, and after another."""

        @on_uvloop
        async def check():
            async with Site(echo) as site:
                data = await site.ask(*cut(GET + request_, size))
                assert statuses(data) == [200, status]

        check()

    def test_what_is_escaped_counts_as_escaped(self):
        """So no line of other letters is three times as long as it may be."""
        loop = Clock()
        wire = connect(loop, Answerer(loop))
        wire.bring(b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"\xff" * 6000))
        assert wire.sent.startswith(b"HTTP/1.1 414 ")
        wire.reset()
        loop.settle()
        loop.close()


class TestMethodsAndTargets:
    """RFC 9110 9.1, 9.3.7; RFC 9112 3.2."""

    @pytest.mark.parametrize(
        "method", [b"ABC", b"get", b"SEARCH", b"PURGE", b"CONNECT", b"X-Y", b"GETS"]
    )
    def test_a_method_that_nobody_knows_is_not_implemented(self, method):
        """Be it known to the parser or not."""

        @on_uvloop
        async def check():
            async with Site(echo) as site:
                request = b"%b /a HTTP/1.1\r\nHost: x\r\n\r\n" % method
                assert statuses(await site.ask(request)) == [501]
                assert statuses(await site.ask(GET + request)) == [200, 501]

        check()

    @staticmethod
    @on_uvloop
    async def test_the_server_itself_can_be_asked():
        """The app is not: it knows of pages."""
        async with Site(echo) as site:
            request = b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"
            assert statuses(await site.ask(request + GET)) == [204, 200]

    @pytest.mark.parametrize("size", [None, 3])
    @pytest.mark.parametrize(
        "line",
        [b"GET /\xc3\xbc b HTTP/1.1", b"GET /\xc3\x01 HTTP/1.1", b"G\xc3T / HTTP/1.1"],
    )
    def test_what_is_escaped_must_be_right_else(self, line, size):
        """Spaces and control characters are no part of a target."""

        @on_uvloop
        async def check():
            async with Site(echo) as site:
                data = await site.ask(*cut(line + b"\r\nHost: x\r\n\r\n", size))
                assert statuses(data) == [400]

        check()

    @pytest.mark.parametrize("before", [b"", b"\r\n", GET])
    @pytest.mark.parametrize("size", [None, 3])
    def test_a_target_that_is_not_escaped_is_escaped(self, size, before):
        """In the line alone, however it comes."""

        @on_uvloop
        async def check():
            request = (
                b"GET /\xc3\xbc?q=\xe2\x82\xac HTTP/1.1\r\nHost: x\r\nA: \xc3\r\n\r\n"
            )
            async with Site(echo) as site:
                data = await site.ask(*cut(before + request, size))
                assert answers(data)[-1] == (
                    200,
                    "['GET', '/ü', b'q=%E2%82%AC', b'']".encode(),
                )

        check()


@on_uvloop
async def test_space_around_values_is_not_part_of_them():
    """RFC 9110 5.5."""
    request = b"GET / HTTP/1.1\r\nHost: x \r\nA: \t b c \t\r\nB: \t\r\n\r\n"
    headers = [(b"host", b"x"), (b"a", b"b c"), (b"b", b"")]
    async with Site(telling("headers")) as site:
        assert answers(await site.ask(request)) == [(200, repr(headers).encode())]
        pieces = cut(request, 5)
        assert answers(await site.ask(*pieces)) == [(200, repr(headers).encode())]

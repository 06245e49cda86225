"""The request line: RFC 9112, sections 2.2, 2.3 and 3."""

from tests.http.case import (
    COUNT,
    FOLLOWING,
    HOST,
    PAGE,
    READ,
    Then,
    get,
    may,
    refuses,
    request,
    takes,
)

_LENGTH = b"/nocount?url=" + PAGE + b"&pad="


def _of(length: int) -> bytes:
    """Make a target of a request line of that length."""
    rest = len(b"GET  HTTP/1.1") + len(_LENGTH)
    return _LENGTH + b"a" * (length - rest)


LINES = [
    takes("a plain request", "9112 3", get()),
    takes("an empty line comes first", "9112 2.2", b"\r\n" + get()),
    may("two empty lines come first", "9112 2.2", b"\r\n\r\n" + get()),
    may("an empty line of LF alone comes first", "9112 2.2", b"\n" + get()),
    may("a space before the first field", "9112 2.2", get().replace(b"Host", b" Host")),
    may(
        "LF alone after the request line", "9112 2.2", get().replace(b"\r\n", b"\n", 1)
    ),
    may("LF alone after each line", "9112 2.2", get().replace(b"\r\n", b"\n")),
    refuses(
        "CR alone after the request line", "9112 2.2", get().replace(b"\r\n", b"\r", 1)
    ),
    refuses("CR alone in the target", "9112 2.2", get(target=b"/nocount?\rurl=a")),
    refuses("no method", "9112 3", b"%b HTTP/1.1\r\n%b\r\n\r\n" % (COUNT, HOST)),
    refuses("no target", "9112 3", b"GET HTTP/1.1\r\n%b\r\n\r\n" % HOST),
    refuses("an empty target", "9112 3", request(target=b"")),
    refuses("no version", "9112 3", b"GET %b\r\n%b\r\n\r\n" % (COUNT, HOST)),
    refuses("no version and no fields", "9112 3", b"GET %b\r\n\r\n" % COUNT),
    refuses("nothing but text", "9112 3", b"hello\r\n\r\n"),
    refuses(
        "the beginning of TLS",
        "9112 3",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    ),
    refuses("a space in the target", "9112 3.2", get(target=COUNT + b" x")),
    may("two spaces before the target", "9112 3", get().replace(b"GET ", b"GET  ")),
    may("two spaces before the version", "9112 3", get().replace(b" HTTP", b"  HTTP")),
    may(
        "tabs for spaces",
        "9112 3",
        get().replace(b"GET ", b"GET\t").replace(b" HT", b"\tHT"),
    ),
    may("a space before the method", "9112 3", b" " + get()),
    may("a space after the version", "9112 3", request(version=b"HTTP/1.1 ")),
]

VERSIONS = [
    *(
        refuses(
            f"version {text!r}", "9112 2.3", request(version=text.encode()), (400, 505)
        )
        for text in (
            *(
                "http/1.1",
                "Http/1.1",
                "HTP/1.1",
                "HTTPS/1.1",
                "HTTP",
                "HTTP/",
                "HTTP/1",
            ),
            *("HTTP/1.", "HTTP/.1", "HTTP/11", "HTTP/1.10", "HTTP/01.1", "HTTP/1.1x"),
            *(
                "HTTP/1,1",
                "HTTP/1.1.1",
                "HTTP/-1.1",
                "HTTP/+1.1",
                "HTTP/ 1.1",
                "HTTP 1.1",
            ),
            *("HTTP/a.b", "HTTP//1.1", "HTTP\\1.1"),
        )
    ),
    *(
        refuses(f"{text}", "9110 2.5", request(version=text.encode()), (400, 505))
        for text in ("HTTP/0.9", "HTTP/2.0", "HTTP/2", "HTTP/3.0", "HTTP/9.9")
    ),
    takes(
        "HTTP/1.2 is answered as 1.1",
        "9112 2.3",
        request(version=b"HTTP/1.2"),
        then=Then.ANY,
    ),
    takes(
        "HTTP/1.9 is answered as 1.1",
        "9112 2.3",
        request(version=b"HTTP/1.9"),
        then=Then.ANY,
    ),
    takes("HTTP/1.0", "9112 2.3", request(version=b"HTTP/1.0"), then=Then.CLOSED),
    refuses(
        "the preface of HTTP/2",
        "9113 3.4",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + FOLLOWING,
        (400, 405, 501, 505),
    ),
]

TARGETS = [
    *(
        refuses(
            f"a target with {text!r}", "9112 3.2", get(target=COUNT + b"&x=" + text)
        )
        for text in (b"\0", b"\x01", b"\x1f", b"\x7f", b"\x0b", b"\x0c")
    ),
    *(
        may(f"a target with {text!r}", "9112 3.2", get(target=COUNT + b"&x=" + text))
        for text in (b"\xc3\xa9", b"\xff", b'"', b"<>", b"{}", b"|", b"\\", b"^", b"`")
    ),
    may("a target with a fragment", "9112 3.2.1", get(target=COUNT + b"#x")),
    takes(
        "a letter of the path is escaped",
        "9110 4.2.3",
        get(target=COUNT.replace(b"c", b"%63", 1)),
        hits=[1],
    ),
    may("an escape is broken", "3986 2.1", get(target=COUNT + b"&x=%zz")),
    takes(
        "the target is a URL",
        "9112 3.2.2",
        get(target=b"http://hits.localhost" + COUNT),
    ),
    takes(
        "its scheme is in upper case",
        "9110 4.2.3",
        get(target=b"HTTP://hits.localhost" + COUNT),
    ),
    takes("a URL without a path", "9112 3.2.2", get(target=b"http://hits.localhost")),
    takes(
        "a URL, and Host is another",
        "9112 3.2.2",
        request(target=b"http://hits.localhost" + COUNT, host=b"Host: other.example"),
    ),
    may(
        "a URL with a user",
        "9110 4.2.4",
        get(target=b"http://a@hits.localhost" + COUNT),
    ),
    may(
        "a URL of another scheme",
        "9112 3.2.2",
        get(target=b"ftp://hits.localhost" + COUNT),
        (200, 400, 421),
    ),
    refuses("a URL without a host", "9110 4.2.1", get(target=b"http://" + COUNT)),
    refuses(
        "a host and a port, and GET", "9112 3.2.3", get(target=b"hits.localhost:80")
    ),
    refuses("no slash", "9112 3.2", get(target=COUNT[1:])),
    refuses("a query alone", "9112 3.2", get(target=b"?url=" + PAGE)),
    refuses("GET *", "9112 3.2.4", get(target=b"*")),
    refuses(
        "POST *",
        "9112 3.2.4",
        request(b"Content-Length: 0", method=b"POST", target=b"*"),
    ),
    takes(
        "OPTIONS *", "9110 9.3.7", request(method=b"OPTIONS", target=b"*"), (200, 204)
    ),
    refuses(
        "CONNECT",
        "9110 9.3.6",
        request(method=b"CONNECT", target=b"hits.localhost:443"),
        range(400, 506),
        then=Then.ANY,
    ),
    refuses(
        "CONNECT to a path",
        "9112 3.2.3",
        request(method=b"CONNECT"),
        range(400, 506),
        then=Then.ANY,
    ),
    takes("a request line of 8,000 bytes", "9112 3", get(target=_of(8000))),
    refuses("a request line of 100,000 bytes", "9112 3", get(target=_of(100_000)), 414),
    takes("an unknown path", "9110 15.5.5", get(target=b"/nothing/here"), 404),
    takes("one byte at a time", "9112 2.2", get(), split=True),
    takes(
        "reading counts nothing", "9110 9.2.1", get(target=READ), hits=[0], body=b"0"
    ),
]

CASES = [*LINES, *VERSIONS, *TARGETS]

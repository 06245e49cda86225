"""Host: RFC 9112, section 3.2."""

from tests.http.case import HOST, Then, get, may, refuses, request, takes


def _host(value: bytes) -> bytes:
    return request(host=b"Host: " + value)


CASES = [
    refuses("no Host", "9112 3.2", request(host=None)),
    refuses(
        "no Host, and the target is a URL",
        "9112 3.2",
        request(host=None, target=b"http://hits.localhost/count?url=page0000.example"),
    ),
    refuses("two Hosts that differ", "9112 3.2", get(b"Host: other.example")),
    refuses("two Hosts that agree", "9112 3.2", get(HOST)),
    refuses(
        "two Hosts, one of them last", "9112 3.2", get(b"A: b", b"host: other.example")
    ),
    refuses(
        "no Host in the second request",
        "9112 3.2",
        get() + request(host=None),
        200,
        400,
        hits=[1],
    ),
    *(
        refuses(f"Host {value!r}", "9112 3.2", _host(value))
        for value in (
            *(
                b"a@b",
                b"a/b",
                b"a, b",
                b"a b",
                b"a?b",
                b"a#b",
                b"http://a",
                b"a\\b",
                b"a|b",
            ),
            *(
                b"<a>",
                b'"a"',
                b"a:b",
                b"a:80:80",
                b"a:-1",
                b"a:8 0",
                b"[::1",
                b"::1]",
                b"::1",
            ),
            *(
                b"[::1]x",
                b"[not-ip]",
                b"%zz",
                b"a\x7fb",
                b"a\tb",
                b"user:pw@a",
                b"a^b",
                b"a`b",
                b"{a}",
            ),
        )
    ),
    may("an empty Host", "9110 7.2", _host(b"")),
    may("a port alone", "9110 7.2", _host(b":80")),
    may("a port that is empty", "3986 3.2.3", _host(b"hits.localhost:")),
    may("a port above 65,535", "9110 7.2", _host(b"hits.localhost:99999")),
    may("a name that is not ASCII", "3986 3.2.2", _host(b"\xc3\xa9.example")),
    *(
        takes(f"Host {value.decode()} is one", "9110 7.2", _host(value))
        for value in (
            b"hits.localhost:443",
            b"HITS.localhost",
            b"192.0.2.1",
            b"192.0.2.1:8000",
            b"[2001:db8::1]",
            b"[2001:db8::1]:8000",
            b"a_b.example",
            b"xn--e1afmkfd.example",
            b"localhost",
            b"%61.example",
            b"a.example.",
        )
    ),
    takes(
        "spaces and tabs around it",
        "9112 5",
        request(host=b"Host: \t hits.localhost \t "),
    ),
    takes("no space before it", "9112 5", request(host=b"Host:hits.localhost")),
    takes(
        "its name in upper case, and last",
        "9110 5.1",
        request(b"A: b", b"HOST: hits.localhost", host=None),
    ),
    refuses(
        "a space before the colon", "9112 5.1", request(host=b"Host : hits.localhost")
    ),
    may("Host is folded", "9112 5.2", request(host=b"Host: hits\r\n .localhost")),
    takes(
        "HTTP/1.0 without a Host",
        "9112 3.2",
        request(host=None, version=b"HTTP/1.0"),
        then=Then.CLOSED,
    ),
    refuses(
        "HTTP/1.0 with two Hosts", "9112 3.2", request(b"Host: a", version=b"HTTP/1.0")
    ),
]

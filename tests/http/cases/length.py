"""Content-Length: RFC 9110, section 8.6, and RFC 9112, section 6.3."""

from tests.http.case import HIDDEN, Then, get, may, post, refuses, request, sized, takes

_BODY = HIDDEN
_N = b"%d" % len(_BODY)


def _length(*values: bytes, body: bytes = b"hello") -> bytes:
    """Write a POST with these lengths."""
    return post(body, *(b"Content-Length: " + value for value in values))


CASES = [
    takes("a body is no request", "9112 6.3", sized(HIDDEN)),
    takes("a body of two requests is none", "9112 6.3", sized(HIDDEN + HIDDEN)),
    takes("a body of empty lines", "9112 6.3", sized(b"\r\n\r\n\r\n")),
    takes("a body of NUL", "9112 6.3", sized(b"\0" * 50)),
    takes("a body, byte by byte", "9112 6.3", sized(HIDDEN), split=True),
    takes("a body, then a request", "9112 6.3", sized(HIDDEN) + get(), 200, 200),
    takes("a length of 0", "9110 8.6", _length(b"0", body=b"")),
    takes(
        "its name in other letters", "9110 5.1", post(_BODY, b"cOnTeNt-LeNgTh: " + _N)
    ),
    takes(
        "spaces around it", "9112 5", post(_BODY, b"Content-Length: \t" + _N + b" \t")
    ),
    takes("zeros before it", "9110 8.6", _length(b"000" + _N, body=_BODY)),
    takes(
        "an underscore is not a hyphen",
        "9110 5.1",
        post(b"", b"Content_Length: 400") + get(),
        200,
        200,
    ),
    takes(
        "a body that is not over",
        "9112 6.3",
        sized(b"hello")[:-1],
        hits=[0],
        then=Then.SILENT,
    ),
    takes(
        "a body before Host",
        "9110 5.3",
        request(
            b"Content-Length: 5",
            b"Host: hits.localhost",
            host=None,
            method=b"POST",
            body=b"hello",
        ),
    ),
    *(
        refuses(f"length {value!r}", "9112 6.3", _length(value))
        for value in (
            *(
                b"+5",
                b"-5",
                b"-0",
                b"5a",
                b"a",
                b"0x5",
                b"5.0",
                b"5e0",
                b"5 5",
                b"5;5",
                b"5,6",
                b"5, 6",
            ),
            *(
                b"",
                b"5\x0b",
                b"\x0c5",
                b"5\0",
                b"'5'",
                b'"5"',
                b"5_0",
                b"\xd9\xa5",
                b"\xef\xbc\x95",
                b"5 ;",
                b"0 5",
                b"1,",
            ),
        )
    ),
    *(
        refuses(
            f"a length of {len(value)} digits, {value[-1:].decode()} the last",
            "9110 8.6",
            _length(value),
            (400, 413),
        )
        for value in (
            b"18446744073709551616",
            b"18446744073709551621",
            b"9" * 30,
            b"1" + b"0" * 200,
        )
    ),
    refuses("two lengths that differ", "9112 6.3", _length(b"5", b"6")),
    refuses(
        "two lengths that differ, the right one last",
        "9112 6.3",
        _length(b"0", _N, body=_BODY),
    ),
    refuses(
        "two lengths that differ, the right one first",
        "9112 6.3",
        _length(_N, b"0", body=_BODY),
    ),
    may("the same length twice", "9110 8.6", _length(_N, _N, body=_BODY)),
    may(
        "the same length twice in a list",
        "9110 8.6",
        _length(_N + b", " + _N, body=_BODY),
    ),
    refuses(
        "a list of lengths with another one",
        "9110 8.6",
        _length(_N + b", 0", body=_BODY),
    ),
    refuses(
        "a length with a space before the colon",
        "9112 5.1",
        post(_BODY, b"Content-Length : " + _N),
    ),
    may("a folded length", "9112 5.2", post(_BODY, b"Content-Length:\r\n " + _N)),
    refuses("a body of 100,000 bytes", "9110 15.5.14", sized(b"x" * 100_000), 413),
]

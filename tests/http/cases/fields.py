"""Field syntax: RFC 9112, section 5, and RFC 9110, section 5."""

from tests.http.case import FOLLOWING, HIDDEN, Then, get, may, post, refuses, takes

# Read wrongly, this would be a body in chunks, and the request in it another one.
_SMUGGLED = b"0\r\n\r\n" + HIDDEN
_LENGTH = b"Content-Length: %d" % len(_SMUGGLED)


def _hiding(*fields: bytes) -> bytes:
    """Write a POST with what must not be taken for `Transfer-Encoding: chunked`."""
    return post(_SMUGGLED, *fields, _LENGTH)


CASES = [
    takes("no space after the colon", "9112 5", get(b"A:b")),
    takes("spaces and tabs around a value", "9112 5", get(b"A: \t b \t ")),
    takes("an empty value", "9110 5.5", get(b"A:")),
    takes("a value of spaces", "9110 5.5", get(b"A:   ")),
    takes(
        "a value with all signs",
        "9110 5.5",
        get(b"A: !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    ),
    takes("a value that is not ASCII", "9110 5.5", get(b"A: \xc3\xa9\xff")),
    takes(
        "a name with all signs it may have", "9110 5.6.2", get(b"A!#$%&'*+-.^_`|~9: b")
    ),
    takes("a field twice", "9110 5.3", get(b"Accept: a/b", b"Accept: c/d")),
    takes("a hundred fields", "9110 5.4", get(*(b"A%d: b" % i for i in range(90)))),
    takes("a value of 4,000 bytes", "9110 5.4", get(b"A: " + b"b" * 4000)),
    may(
        "10,000 fields",
        "9110 5.4",
        get(*(b"A%d: b" % i for i in range(10_000))),
        (200, 400, 413, 431),
    ),
    refuses(
        "a value of 200,000 bytes",
        "6585 5",
        get(b"A: " + b"b" * 200_000),
        (400, 413, 431),
    ),
    refuses(
        "a name of 200,000 bytes",
        "6585 5",
        get(b"A" * 200_000 + b": b"),
        (400, 413, 431),
    ),
    refuses("a space before the colon", "9112 5.1", get(b"A : b")),
    refuses("a tab before the colon", "9112 5.1", get(b"A\t: b")),
    refuses("no colon", "9112 5", get(b"A")),
    refuses("no colon, and other fields behind it", "9112 5", get(b"A b", b"C: d")),
    refuses("no name", "9110 5.1", get(b": b")),
    *(
        refuses(f"a name with {sign!r}", "9110 5.6.2", get(b"A%bB: c" % sign))
        for sign in (
            *(
                b"(",
                b")",
                b"<",
                b">",
                b"@",
                b",",
                b";",
                b"\\",
                b'"',
                b"/",
                b"[",
                b"]",
                b"?",
            ),
            *(
                b"=",
                b"{",
                b"}",
                b" ",
                b"\t",
                b"\0",
                b"\x01",
                b"\x7f",
                b"\x80",
                b"\xc3\xa9",
                b"\x0b",
            ),
        )
    ),
    refuses("a value with NUL", "9110 5.5", get(b"A: b\0c")),
    refuses("a value with CR", "9110 5.5", get(b"A: b\rc")),
    refuses("a value that begins with CR", "9110 5.5", get(b"A: \rc")),
    refuses("a value that ends with CR", "9110 5.5", get(b"A: c\r")),
    *(
        may(f"a value with {sign!r}", "9110 5.5", get(b"A: b%bc" % sign))
        for sign in (b"\x01", b"\x0b", b"\x0c", b"\x1b", b"\x7f")
    ),
    may("a folded value", "9112 5.2", get(b"A: b\r\n c")),
    may("a value folded by a tab", "9112 5.2", get(b"A: b\r\n\tc")),
    may("a folded line of spaces", "9112 5.2", get(b"A: b\r\n  ")),
    may("LF alone after a field", "9112 2.2", get(b"A: b\nC: d")),
    may("LF alone at the end of the head", "9112 2.2", get()[:-2] + b"\n"),
    refuses("CR alone at the end of the head", "9112 2.2", get()[:-2] + b"\rX\r\n\r\n"),
    may("CR CR LF after a field", "9112 2.2", get(b"A: b\r")),
    takes(
        "a head that is not over", "9112 2.2", get()[:-2], hits=[0], then=Then.SILENT
    ),
    takes(
        "a field that is not over", "9112 2.2", get()[:-6], hits=[0], then=Then.SILENT
    ),
    may(
        "a coding hidden behind CR",
        "9112 2.2",
        _hiding(b"A: b\rTransfer-Encoding: chunked"),
    ),
    may(
        "a coding hidden behind NUL",
        "9110 5.5",
        _hiding(b"A: b\0Transfer-Encoding: chunked"),
    ),
    may(
        "a coding in a folded line",
        "9112 5.2",
        _hiding(b"A: b\r\n Transfer-Encoding: chunked"),
    ),
    takes(
        "a coding with an underscore is none",
        "9110 5.1",
        _hiding(b"Transfer_Encoding: chunked"),
    ),
    takes(
        "a coding with X- is none", "9110 5.1", _hiding(b"X-Transfer-Encoding: chunked")
    ),
    refuses(
        "a coding with a space before the colon",
        "9112 5.1",
        _hiding(b"Transfer-Encoding : chunked"),
    ),
    refuses(
        "a coding with a sign before its name",
        "9110 5.6.2",
        _hiding(b"\x0bTransfer-Encoding: chunked"),
    ),
    refuses(
        "a coding with a sign behind its name",
        "9110 5.6.2",
        _hiding(b"Transfer-Encoding\x00: chunked"),
    ),
    refuses(
        "what follows a refusal is not read",
        "9112 9.6",
        get(b"A : b") + FOLLOWING + FOLLOWING,
    ),
    refuses(
        "a refusal comes in its turn",
        "9112 9.3.2",
        get() + get(b"A : b") + FOLLOWING,
        200,
        400,
        hits=[1],
    ),
]

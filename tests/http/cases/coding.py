"""Transfer-Encoding and chunks: RFC 9112, sections 6.1, 6.3 and 7."""

from tests.http.case import (
    FOLLOWING,
    HIDDEN,
    Then,
    chunked,
    get,
    may,
    post,
    refuses,
    request,
    takes,
)

_HELLO = b"5\r\nhello\r\n0\r\n\r\n"
_SIZE = b"%x" % len(HIDDEN)
# A request as the content of a chunk.
_INSIDE = _SIZE + b"\r\n" + HIDDEN + b"\r\n0\r\n\r\n"
_SMUGGLED = b"0\r\n\r\n" + HIDDEN


def _coded(coding: bytes, body: bytes = _HELLO) -> bytes:
    return post(body, b"Transfer-Encoding: " + coding)


CODINGS = [
    takes("a body in chunks", "9112 7.1", chunked(_HELLO)),
    takes("a chunk is no request", "9112 7.1", chunked(_INSIDE)),
    takes("chunks, then a request", "9112 7.1", chunked(_INSIDE) + get(), 200, 200),
    takes("chunks, byte by byte", "9112 7.1", chunked(_INSIDE), split=True),
    takes("no chunk but the last", "9112 7.1", chunked(b"0\r\n\r\n")),
    takes("CHUNKED", "9112 7", _coded(b"CHUNKED")),
    takes("spaces around the coding", "9112 5", _coded(b"  chunked  ")),
    takes("a tab before the coding", "9112 5", _coded(b"\tchunked")),
    takes("a tab behind the coding", "9112 5", _coded(b"chunked\t")),
    *(
        refuses(f"coding {text!r}", "9112 6.1", _coded(text), (400, 501))
        for text in (
            *(
                b"identity",
                b"gzip",
                b"gzip, chunked",
                b"chunked, gzip",
                b"chunked, identity",
                b"chunked, chunked",
            ),
            *(
                b"xchunked",
                b"chunkedx",
                b"chunk",
                b"ch unked",
                b'"chunked"',
                b"chunked;q=1",
                b"chunked\0",
                b"\x0bchunked",
            ),
            *(
                b"chunked\x0b",
                b"\xc3\xa9",
                b"chunked; a=b",
                b"chunke\xe2\x84\xaa",
                b"chunked, x",
                b"compress, deflate",
            ),
        )
    ),
    may("an empty coding", "9110 5.6.1", _coded(b""), (200, 400, 501)),
    may(
        "an empty element before the coding",
        "9110 5.6.1",
        _coded(b", chunked"),
        (200, 400, 501),
    ),
    may(
        "an empty element behind the coding",
        "9110 5.6.1",
        _coded(b"chunked,"),
        (200, 400, 501),
    ),
    refuses(
        "two fields, chunked twice",
        "9112 6.1",
        post(_HELLO, *[b"Transfer-Encoding: chunked"] * 2),
        (400, 501),
    ),
    refuses(
        "two fields, the last one another",
        "9112 6.3",
        post(_HELLO, b"Transfer-Encoding: chunked", b"Transfer-Encoding: x"),
        (400, 501),
    ),
    refuses(
        "two fields, the first one another",
        "9112 6.1",
        post(_HELLO, b"Transfer-Encoding: x", b"Transfer-Encoding: chunked"),
        (400, 501),
    ),
    may("a folded coding", "9112 5.2", _coded(b"\r\n chunked", _SMUGGLED[5:])),
    may("a coding folded in its middle", "9112 5.2", _coded(b"chun\r\n ked")),
    may(
        "a coding and a length",
        "9112 6.3",
        post(_HELLO, b"Content-Length: 15", b"Transfer-Encoding: chunked"),
        then=Then.CLOSED,
    ),
    may(
        "a coding and a shorter length",
        "9112 6.3",
        post(
            b"0\r\n\r\n" + FOLLOWING,
            b"Content-Length: 5",
            b"Transfer-Encoding: chunked",
        ),
        then=Then.CLOSED,
    ),
    may(
        "a coding and a longer length",
        "9112 6.3",
        post(
            b"0\r\n\r\n" + FOLLOWING,
            b"Content-Length: %d" % (5 + len(FOLLOWING)),
            b"Transfer-Encoding: chunked",
        ),
        then=Then.CLOSED,
    ),
    may(
        "a length behind a coding",
        "9112 6.3",
        post(
            b"0\r\n\r\n" + FOLLOWING,
            b"Transfer-Encoding: chunked",
            b"Content-Length: 3",
        ),
        then=Then.CLOSED,
    ),
    refuses(
        "a coding that is none, and a length",
        "9112 6.3",
        post(_SMUGGLED, b"Transfer-Encoding: xchunked", b"Content-Length: 5"),
        (400, 501),
    ),
    refuses(
        "a coding in HTTP/1.0",
        "9112 6.1",
        request(
            b"Transfer-Encoding: chunked",
            method=b"POST",
            version=b"HTTP/1.0",
            body=_HELLO,
        ),
    ),
    refuses(
        "a coding in HTTP/1.0 that is to be kept",
        "9112 6.1",
        request(
            b"Connection: keep-alive",
            b"Transfer-Encoding: chunked",
            method=b"POST",
            version=b"HTTP/1.0",
            body=_HELLO + FOLLOWING,
        ),
    ),
    refuses(
        "a coding in HTTP/1.0, after HTTP/1.1",
        "9112 6.1",
        get()
        + request(
            b"Connection: keep-alive",
            b"Transfer-Encoding: chunked",
            method=b"POST",
            version=b"HTTP/1.0",
            body=_HELLO + FOLLOWING,
        ),
        200,
        400,
        hits=[1],
    ),
    may(
        "GET in chunks",
        "9110 9.3.1",
        request(b"Transfer-Encoding: chunked", body=_INSIDE),
    ),
    may(
        "HEAD in chunks",
        "9110 9.3.2",
        request(b"Transfer-Encoding: chunked", method=b"HEAD", body=_INSIDE),
    ),
]

SIZES = [
    takes(
        "a size with zeros before it",
        "9112 7.1",
        chunked(b"0005\r\nhello\r\n0\r\n\r\n"),
    ),
    takes("a size in upper case", "9112 7.1", chunked(b"A\r\n0123456789\r\n0\r\n\r\n")),
    takes("a size in lower case", "9112 7.1", chunked(b"a\r\n0123456789\r\n0\r\n\r\n")),
    takes(
        "a last chunk of three zeros", "9112 7.1", chunked(b"5\r\nhello\r\n000\r\n\r\n")
    ),
    takes(
        "a last chunk that is not over",
        "9112 7.1",
        chunked(b"5\r\nhello\r\n0\r\n"),
        hits=[0],
        then=Then.SILENT,
    ),
    takes(
        "a chunk that is not over",
        "9112 7.1",
        chunked(b"5\r\nhell"),
        hits=[0],
        then=Then.SILENT,
    ),
    takes(
        "no last chunk",
        "9112 7.1",
        chunked(b"5\r\nhello\r\n"),
        hits=[0],
        then=Then.SILENT,
    ),
    *(
        refuses(f"size {size!r}", "9112 7.1", chunked(size + b"\r\nhello\r\n0\r\n\r\n"))
        for size in (
            *(
                b"",
                b"g",
                b"-5",
                b"+5",
                b"0x5",
                b"5h",
                b"5,",
                b"5.0",
                b"5 5",
                b"\x005",
                b"5\0",
                b"_5",
                b"5_",
                b"\xd9\xa5",
            ),
            *(b"0x", b"5\x0b", b"'5'", b"=", b"\t", b" "),
        )
    ),
    may("a space before a size", "9112 7.1", chunked(b" 5\r\nhello\r\n0\r\n\r\n")),
    may("a space behind a size", "9112 7.1", chunked(b"5 \r\nhello\r\n0\r\n\r\n")),
    may("a tab behind a size", "9112 7.1", chunked(b"5\t\r\nhello\r\n0\r\n\r\n")),
    *(
        refuses(
            f"a size of {len(size)} digits, {size[:1].decode()} the first",
            "9112 7.1",
            chunked(size + b"\r\nhello\r\n0\r\n\r\n"),
            (400, 413),
        )
        for size in (
            b"10000000000000005",
            b"FFFFFFFFFFFFFFFFF",
            b"1" + b"0" * 100 + b"5",
        )
    ),
    refuses(
        "a chunk that is longer than it says",
        "9112 7.1",
        chunked(b"3\r\nhello\r\n0\r\n\r\n"),
    ),
    refuses(
        "a chunk that is shorter than it says",
        "9112 7.1",
        chunked(b"7\r\nhello\r\n0\r\n\r\n"),
    ),
    refuses("nothing after a chunk", "9112 7.1", chunked(b"5\r\nhello0\r\n\r\n")),
    refuses("CR alone after a chunk", "9112 7.1", chunked(b"5\r\nhello\r0\r\n\r\n")),
    refuses("CR alone after a size", "9112 7.1", chunked(b"5\rhello\r\n0\r\n\r\n")),
    may("LF alone after a chunk", "9112 2.2", chunked(b"5\r\nhello\n0\r\n\r\n")),
    may("LF alone after a size", "9112 2.2", chunked(b"5\nhello\r\n0\r\n\r\n")),
    may("LF alone after the last chunk", "9112 2.2", chunked(b"5\r\nhello\r\n0\n\n")),
    refuses(
        "a last chunk, and what is no trailer",
        "9112 7.1.2",
        chunked(b"0\r\nno trailer\r\n\r\n"),
    ),
    refuses(
        "chunks of 100,000 bytes",
        "9110 15.5.14",
        chunked(b"186a0\r\n" + b"x" * 100_000 + b"\r\n0\r\n\r\n"),
        413,
    ),
]

EXTENSIONS = [
    *(
        takes(
            f"extension {text!r}",
            "9112 7.1.1",
            chunked(b"5%b\r\nhello\r\n0\r\n\r\n" % text),
        )
        for text in (
            b";a",
            b";a=b",
            b';a="b"',
            b";a=b;c=d",
            b';a="b;c"',
            b';a="b\\"c"',
            b";a;b;c",
        )
    ),
    *(
        takes(
            f"extension {text!r}, with space",
            "9110 5.6.3",
            chunked(b"5%b\r\nhello\r\n0\r\n\r\n" % text),
        )
        for text in (b" ;a=b", b"; a=b", b" ; a = b", b"\t;\ta=b")
    ),
    takes(
        "an extension of the last chunk",
        "9112 7.1.1",
        chunked(b"5\r\nhello\r\n0;a=b\r\n\r\n"),
    ),
    may(
        "an extension without a name",
        "9112 7.1.1",
        chunked(b"5;\r\nhello\r\n0\r\n\r\n"),
    ),
    may(
        "an extension without a value",
        "9112 7.1.1",
        chunked(b"5;a=\r\nhello\r\n0\r\n\r\n"),
    ),
    may("LF alone in an extension", "9112 2.2", chunked(b"5;a\nhello\r\n0\r\n\r\n")),
    refuses(
        "CR alone in an extension", "9112 2.2", chunked(b"5;a\rb\r\nhello\r\n0\r\n\r\n")
    ),
    refuses(
        "NUL in an extension", "9112 7.1.1", chunked(b"5;a\0\r\nhello\r\n0\r\n\r\n")
    ),
    refuses(
        "a quoted extension that does not end",
        "9112 7.1.1",
        chunked(b'5;a="b\r\nhello\r\n0\r\n\r\n'),
    ),
    may(
        "an extension of 60,000 bytes",
        "9112 7.1.1",
        chunked(b"5;a=%b\r\nhello\r\n0\r\n\r\n" % (b"b" * 60_000)),
        (200, 400, 413, 431),
    ),
]

TRAILERS = [
    takes("a trailer", "9112 7.1.2", chunked(b"0\r\nA: b\r\n\r\n")),
    takes(
        "two trailers, then a request",
        "9112 7.1.2",
        chunked(b"0\r\nA: b\r\nC: d\r\n\r\n") + get(),
        200,
        200,
    ),
    takes(
        "a trailer, byte by byte",
        "9112 7.1.2",
        chunked(b"0\r\nA: b\r\n\r\n"),
        split=True,
    ),
    may(
        "a trailer that says a length",
        "9110 6.5.1",
        chunked(b"0\r\nContent-Length: 400\r\n\r\n"),
    ),
    may(
        "a trailer that says a coding",
        "9110 6.5.1",
        chunked(b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ),
    may(
        "a trailer that says a Host",
        "9110 6.5.1",
        chunked(b"0\r\nHost: other.example\r\n\r\n"),
    ),
    refuses(
        "a trailer with a space before the colon",
        "9112 5.1",
        chunked(b"0\r\nA : b\r\n\r\n"),
    ),
    refuses("a trailer with NUL", "9110 5.5", chunked(b"0\r\nA: \0\r\n\r\n")),
    may("a folded trailer", "9112 5.2", chunked(b"0\r\nA: b\r\n c\r\n\r\n")),
    may(
        "10,000 trailers",
        "9110 5.4",
        chunked(b"0\r\n" + b"A: b\r\n" * 10_000 + b"\r\n"),
        (200, 400, 413, 431),
    ),
]

CASES = [*CODINGS, *SIZES, *EXTENSIONS, *TRAILERS]

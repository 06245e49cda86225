"""What answers say: RFC 9110, sections 6.6, 8, 12 to 14, and RFC 6265bis for cookies."""

from typing import Any

from tests.http.case import ETAG, READ, Case, get, may, refuses, request, takes

_DATE = (
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d\d:\d\d:\d\d GMT"
)
_FILE = b"/hits.js"
# RFC 6265bis, 4.1.1: a token, octets, and attributes of ours.
_NAME = r"hits-[0-9a-f]{16}=[A-Za-z0-9_-]+; Max-Age=[1-9]\d*; Path=/; HttpOnly"
_PLAIN = f"({_NAME}; SameSite=Lax|__Host-{_NAME}; Secure; SameSite=None; Partitioned)"
_SECURE = f"__Host-{_NAME}; Secure; SameSite=None; Partitioned"
_HTTPS = b"X-Forwarded-Proto: https"


def _file(*fields: bytes, method: bytes = b"GET") -> bytes:
    return request(*fields, method=method, target=_FILE)


def _said(name: str, data: bytes, *right: int, **more: Any) -> Case:
    return takes(
        f"Date of {name}", "9110 6.6.1", data, *right, fields={"date": _DATE}, **more
    )


DATES = [
    _said("a count", get()),
    _said("a read", get(target=READ)),
    _said("a file", _file()),
    _said("HEAD", request(method=b"HEAD", target=READ)),
    _said("what is not there", get(target=b"/nothing"), 404),
    _said(
        "what is not allowed",
        request(b"Content-Length: 0", method=b"PUT"),
        405,
        hits=[0],
    ),
    _said("what has not changed", _file(b"If-None-Match: " + ETAG), 304),
    _said("a wrong URL", get(target=b"/count?url=http://"), 400),
    refuses("Date of a refusal", "9110 6.6.1", get(b"A : b"), fields={"date": _DATE}),
]

CONDITIONS = [
    takes(
        "a file has an ETag", "9110 8.8.3", _file(), fields={"etag": '(W/)?"[!#-~]*"'}
    ),
    *(
        takes(
            f"If-None-Match: {text.decode()}",
            "9110 13.1.2",
            _file(b"If-None-Match: " + text),
            304,
            fields={"etag": ".+", "vary": ".+", "cache-control": ".+"},
            body=b"",
        )
        for text in (
            ETAG,
            b"W/" + ETAG,
            b"*",
            b'"x", ' + ETAG,
            ETAG + b', "x"',
            b'"x","y",W/' + ETAG,
            b'"x" , ' + ETAG,
            b', "x",, ' + ETAG,
        )
    ),
    takes(
        "If-None-Match in two fields",
        "9110 5.3",
        _file(b'If-None-Match: "x"', b"If-None-Match: " + ETAG),
        304,
    ),
    takes(
        "If-None-Match with a comma in a tag",
        "9110 8.8.3",
        _file(b'If-None-Match: "x,y", ' + ETAG),
        304,
    ),
    takes(
        "HEAD and If-None-Match",
        "9110 13.1.2",
        _file(b"If-None-Match: " + ETAG, method=b"HEAD"),
        304,
    ),
    takes(
        "304, then a request",
        "9112 6.3",
        _file(b"If-None-Match: " + ETAG) + get(),
        304,
        200,
        body=b"1",
    ),
    *(
        takes(
            f"If-None-Match: {text.decode('latin-1')!r} is another",
            "9110 13.1.2",
            _file(b"If-None-Match: " + text),
            body=b"(?s).+",
        )
        for text in (b'"x"', b'W/"x"', b'"x", "y"', b"", b"x", b'"x', b"\xff", b'"*"')
    ),
    takes(
        "If-None-Match over If-Modified-Since",
        "9110 13.1.3",
        _file(
            b'If-None-Match: "x"', b"If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"
        ),
    ),
    takes(
        "If-Modified-Since where nothing says when",
        "9110 13.1.3",
        _file(b"If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT"),
    ),
    takes(
        "If-Modified-Since is no date",
        "9110 13.1.3",
        _file(b"If-Modified-Since: yesterday"),
    ),
    takes("If-Match", "9110 13.1.1", _file(b"If-Match: " + ETAG)),
    takes("If-Match: *", "9110 13.1.1", _file(b"If-Match: *")),
    takes("If-Match of another", "9110 13.1.1", _file(b'If-Match: "x"'), 412),
    takes(
        "a condition does not stop a count", "9110 13.2.1", get(b'If-None-Match: "x"')
    ),
    takes(
        "a condition on what is not there",
        "9110 13.2.1",
        get(b"If-None-Match: *", target=b"/nothing"),
        404,
    ),
    may("Range", "9110 14.2", _file(b"Range: bytes=0-9"), (200, 206)),
    may("Range of many", "9110 14.2", _file(b"Range: bytes=0-1,3-4,6-7"), (200, 206)),
    may(
        "Range beyond the end", "9110 14.2", _file(b"Range: bytes=9999999-"), (200, 416)
    ),
    takes("Range of another unit", "9110 14.2", _file(b"Range: lines=0-9")),
    takes("Range that is none", "9110 14.2", _file(b"Range: bytes=9-1")),
    takes(
        "Range and POST",
        "9110 14.2",
        request(b"Range: bytes=0-0", b"Content-Length: 0", method=b"POST"),
    ),
    takes("If-Range without Range", "9110 13.1.5", _file(b'If-Range: "x"')),
]

CONTENT = [
    takes(
        "gzip",
        "9110 12.5.3",
        _file(b"Accept-Encoding: gzip"),
        fields={"content-encoding": "gzip", "vary": "(?i).*accept-encoding.*"},
    ),
    takes(
        "GZIP",
        "9110 8.4.1",
        _file(b"Accept-Encoding: GZIP, br"),
        fields={"content-encoding": "gzip"},
    ),
    takes(
        "gzip among others",
        "9110 12.5.3",
        _file(b"Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1"),
        fields={"content-encoding": "gzip"},
    ),
    *(
        takes(
            f"Accept-Encoding: {text.decode()!r} is not gzip",
            "9110 12.5.3",
            _file(b"Accept-Encoding: " + text),
            fields={"content-encoding": None, "vary": "(?i).*accept-encoding.*"},
        )
        for text in (
            b"gzip;q=0",
            b"gzip; q=0.000",
            b"identity",
            b"*;q=0, identity",
            b"",
            b"br",
            b"gzip;q=0, *",
        )
    ),
    takes(
        "a count has a type",
        "9110 8.3",
        get(),
        fields={"content-type": "text/plain; ?charset=utf-8", "content-length": "1"},
    ),
    takes(
        "a badge has a type",
        "9110 8.3",
        get(target=b"/nocount/tag.svg?url=a.example"),
        fields={"content-type": "image/svg\\+xml(;.*)?"},
    ),
    takes(
        "no cache keeps a count",
        "9111 5.2.2",
        get(),
        fields={"cache-control": "(?i).*no-store.*"},
    ),
    takes(
        "an error is not kept either",
        "9111 5.2.2",
        get(target=b"/count?url=http://"),
        400,
        fields={"cache-control": "(?i).*no-store.*"},
    ),
    takes(
        "an Accept that we do not have",
        "9110 12.5.1",
        get(b"Accept: application/x-nothing"),
    ),
    takes("an Accept that is none", "9110 12.5.1", get(b"Accept: ;;;,,/")),
]

COOKIES = [
    takes("a cookie", "6265 4.1.1", get(), fields={"set-cookie": _PLAIN}),
    takes(
        "a cookie over HTTPS",
        "6265 4.1.3.2",
        get(_HTTPS),
        fields={"set-cookie": _SECURE},
    ),
    takes(
        "a cookie of a badge",
        "6265 4.1.1",
        get(target=b"/count/tag.svg?url=page0000.example"),
        hits=[1],
        fields={"set-cookie": _PLAIN},
    ),
    takes("reading sets none", "6265 3", get(target=READ), fields={"set-cookie": None}),
    takes(
        "HEAD sets none",
        "6265 3",
        request(method=b"HEAD"),
        hits=[0],
        fields={"set-cookie": None},
    ),
    takes(
        "an error sets none",
        "6265 3",
        get(target=b"/count?url=http://"),
        400,
        fields={"set-cookie": None},
    ),
    takes("a file sets none", "6265 3", _file(), fields={"set-cookie": None}),
    *(
        takes(
            f"Cookie: {text.decode('latin-1')[:30]!r}",
            "6265 5.8.3",
            get(b"Cookie: " + text),
        )
        for text in (
            b"a=b",
            b"a=b; c=d",
            b"a=b;c=d",
            b"a",
            b"",
            b"=",
            b"a=b=c",
            b";;;",
            b'a="b c"',
            b"\xc3\xa9=\xff",
            b"a=b, c=d",
            b"hits-0=",
            b"__Host-hits-0=x",
            b"a=" + b"b" * 4000,
        )
    ),
    takes("two Cookie fields", "6265 5.8.3", get(b"Cookie: a=b", b"Cookie: c=d")),
]

CASES = [*DATES, *CONDITIONS, *CONTENT, *COOKIES]

"""Methods: RFC 9110, section 9, and what answers say about them."""

from tests.http.case import (
    COUNT,
    EVIL,
    READ,
    Case,
    Then,
    get,
    may,
    refuses,
    request,
    sized,
    takes,
)

_ALLOW = r"[A-Z]+(, ?[A-Z]+)*"
_HIDDEN = get(target=b"/count?url=" + EVIL)


def _not_allowed(method: str, target: bytes) -> Case:
    name = f"{method} {target.decode().partition('?')[0]} is not allowed"
    data = request(b"Content-Length: 0", method=method.encode(), target=target)
    return takes(name, "9110 15.5.6", data, 405, hits=[0], fields={"allow": _ALLOW})


CASES = [
    takes(
        "HEAD has no body",
        "9110 9.3.2",
        request(method=b"HEAD", target=READ),
        fields={"content-length": r"\d+"},
    ),
    takes("HEAD counts nothing", "9110 9.2.1", request(method=b"HEAD"), hits=[0]),
    takes(
        "HEAD of what is not there",
        "9110 9.3.2",
        request(method=b"HEAD", target=b"/nothing"),
        404,
    ),
    takes(
        "HEAD of what is wrong",
        "9110 9.3.2",
        request(method=b"HEAD", target=b"/nocount?url=http://"),
        400,
    ),
    takes(
        "HEAD of a file",
        "9110 8.6",
        request(method=b"HEAD", target=b"/hits.js"),
        fields={"content-length": r"[1-9]\d*"},
    ),
    takes(
        "HEAD of a file, in gzip",
        "9110 8.6",
        request(b"Accept-Encoding: gzip", method=b"HEAD", target=b"/hits.js"),
        fields={"content-length": r"[1-9]\d*"},
    ),
    takes(
        "HEAD, then GET",
        "9112 6.3",
        request(method=b"HEAD", target=READ) + get(),
        200,
        200,
        hits=[1],
        body=b"1",
    ),
    takes(
        "GET, HEAD, GET",
        "9112 6.3",
        get() + request(method=b"HEAD", target=READ) + get(),
        200,
        200,
        200,
        hits=[2],
        heads=frozenset([1]),
        body=b"2",
    ),
    takes("POST", "9110 9.3.3", request(b"Content-Length: 0", method=b"POST")),
    takes("POST without a length has no body", "9112 6.3", request(method=b"POST")),
    takes(
        "OPTIONS says what is allowed",
        "9110 9.3.7",
        request(method=b"OPTIONS"),
        (200, 204),
        hits=[0],
        fields={"allow": _ALLOW},
    ),
    takes(
        "OPTIONS of a file",
        "9110 9.3.7",
        request(method=b"OPTIONS", target=b"/hits.js"),
        (200, 204),
        fields={"allow": _ALLOW},
    ),
    takes(
        "OPTIONS of the page",
        "9110 9.3.7",
        request(method=b"OPTIONS", target=b"/"),
        (200, 204),
        fields={"allow": _ALLOW},
    ),
    takes(
        "204 has no length",
        "9110 8.6",
        request(b"Origin: https://a.example", method=b"OPTIONS"),
        204,
        hits=[0],
        fields={"content-length": None, "transfer-encoding": None},
    ),
    *(_not_allowed(m, COUNT) for m in ("PUT", "DELETE", "PATCH")),
    *(
        _not_allowed(m, t)
        for m in ("POST", "DELETE")
        for t in (b"/", b"/hits.js", READ, b"/healthz")
    ),
    takes("TRACE", "9110 9.3.8", request(method=b"TRACE"), (405, 501), hits=[0]),
    *(
        takes(
            f"{m}, which others know",
            "9110 9.1",
            request(method=m.encode()),
            (405, 501),
            hits=[0],
            then=Then.ANY,
        )
        for m in (
            "PURGE",
            "SEARCH",
            "PROPFIND",
            "MKCOL",
            "LOCK",
            "REPORT",
            "M-SEARCH",
            "SUBSCRIBE",
            "LINK",
            "SOURCE",
        )
    ),
    *(
        takes(
            f"{m}, which nobody knows",
            "9110 9.1",
            request(method=m.encode()),
            (405, 501),
            hits=[0],
            then=Then.ANY,
        )
        for m in ("ABC", "get", "Get", "GETX", "QUERY", "X-Y", "G!T", "A1")
    ),
    *(
        refuses(f"method {m!r}", "9110 9.1", request(method=m), (400, 405, 501))
        for m in (
            b"G@T",
            b"(GET)",
            b"GE:T",
            b"G\xc3\x89T",
            b"G\0T",
            b"GET,",
            b'"GET"',
            b"G/T",
        )
    ),
    refuses(
        "a method of 5,000 letters",
        "9112 3",
        request(method=b"A" * 5000),
        (400, 405, 414, 431, 501),
        then=Then.ANY,
    ),
    takes(
        "the body of what is not allowed is no request",
        "9112 9.3",
        sized(_HIDDEN, target=b"/"),
        405,
    ),
    takes(
        "the body of what is not there is no request",
        "9112 9.3",
        sized(_HIDDEN, target=b"/nothing"),
        404,
    ),
    may(
        "GET with a body",
        "9110 9.3.1",
        request(b"Content-Length: %d" % len(_HIDDEN), body=_HIDDEN),
        (200, 400, 413),
    ),
    may(
        "HEAD with a body",
        "9110 9.3.2",
        request(b"Content-Length: %d" % len(_HIDDEN), method=b"HEAD", body=_HIDDEN),
        (200, 400, 413),
    ),
    may(
        "OPTIONS with a body",
        "9110 9.3.7",
        request(b"Content-Length: %d" % len(_HIDDEN), method=b"OPTIONS", body=_HIDDEN),
        (200, 204, 400, 413),
    ),
]

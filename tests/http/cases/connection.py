"""Connections, pipelining and Expect: RFC 9112, section 9, and RFC 9110, 7.6 to 7.8, 10.1.1."""

from tests.http.case import (
    FOLLOWING,
    HIDDEN,
    READ,
    Then,
    get,
    may,
    post,
    refuses,
    request,
    takes,
)

_CLOSE = {"connection": "(?i)close"}
_EXPECT = b"Expect: 100-continue"
_LENGTH = b"Content-Length: %d" % len(HIDDEN)


def _old(*fields: bytes, **more: bytes) -> bytes:
    return request(*fields, version=b"HTTP/1.0", **more)


PERSISTENCE = [
    takes("a connection is kept", "9112 9.3", get() + get(), 200, 200, body=b"2"),
    takes("Connection: keep-alive", "9112 9.3", get(b"Connection: keep-alive")),
    takes(
        "twenty requests at once, in order",
        "9112 9.3.2",
        get() * 20,
        *[200] * 20,
        body=b"20",
    ),
    takes(
        "many kinds of requests at once",
        "9112 9.3.2",
        get()
        + request(method=b"HEAD", target=READ)
        + get(target=b"/nothing")
        + post(HIDDEN, _LENGTH),
        200,
        200,
        404,
        200,
        hits=[2],
        heads=frozenset([1]),
        body=b"2",
    ),
    *(
        takes(
            f"{fields[0].decode()}{' and another' if len(fields) > 1 else ''}",
            "9112 9.6",
            get(*fields) + FOLLOWING,
            then=Then.CLOSED,
            fields=_CLOSE,
        )
        for fields in (
            [b"Connection: close"],
            [b"Connection: CLOSE"],
            [b"connection:close"],
            [b"Connection: close, a"],
            [b"Connection: a, close"],
            [b"Connection: a,close ,b"],
            [b"Connection: a", b"Connection: close"],
            [b"Connection: close", b"Connection: a"],
        )
    ),
    may(
        "close and keep-alive",
        "9112 9.3",
        get(b"Connection: keep-alive, close"),
        200,
        then=Then.CLOSED,
    ),
    takes(
        "a word that is not close",
        "9112 9.3",
        get(b"Connection: closed") + get(),
        200,
        200,
    ),
    takes("Connection is empty", "9110 7.6.1", get(b"Connection:") + get(), 200, 200),
    takes(
        "Proxy-Connection says nothing",
        "9112 C.2.2",
        get(b"Proxy-Connection: close") + get(),
        200,
        200,
    ),
    takes(
        "Keep-Alive says nothing",
        "9112 9.3",
        get(b"Keep-Alive: timeout=1, max=1") + get(),
        200,
        200,
    ),
    takes("TE", "9110 10.1.4", get(b"TE: trailers, deflate;q=0.5", b"Connection: TE")),
    takes(
        "Connection names Host", "9110 7.6.1", get(b"Connection: Host"), then=Then.ANY
    ),
    may(
        "Connection names Content-Length",
        "9110 7.6.1",
        post(HIDDEN, _LENGTH, b"Connection: Content-Length"),
    ),
    may(
        "Connection names Transfer-Encoding",
        "9110 7.6.1",
        post(
            b"0\r\n\r\n",
            b"Transfer-Encoding: chunked",
            b"Connection: Transfer-Encoding",
        ),
    ),
]

OLD = [
    takes("HTTP/1.0 ends", "9112 9.3", _old() + FOLLOWING, then=Then.CLOSED),
    takes(
        "HTTP/1.0 with close ends",
        "9112 9.3",
        _old(b"Connection: close") + FOLLOWING,
        then=Then.CLOSED,
    ),
    takes(
        "HTTP/1.0 may be kept",
        "9112 9.3",
        _old(b"Connection: keep-alive"),
        fields={"connection": "(?i)keep-alive"},
    ),
    takes(
        "HTTP/1.0 may be kept, in other letters",
        "9112 9.3",
        _old(b"Connection: Keep-Alive"),
        fields={"connection": "(?i)keep-alive"},
    ),
    takes(
        "HTTP/1.0 is told that it is kept, after HTTP/1.1",
        "9112 9.3",
        get() + _old(b"Connection: keep-alive"),
        200,
        200,
        fields={"connection": "(?i)keep-alive"},
    ),
    takes(
        "HTTP/1.1 after HTTP/1.0",
        "9112 9.3",
        _old(b"Connection: keep-alive") + get(),
        200,
        200,
    ),
    takes(
        "HTTP/1.0 after HTTP/1.1 ends",
        "9112 9.3",
        get() + _old() + FOLLOWING,
        200,
        200,
        then=Then.CLOSED,
    ),
    *(
        refuses(
            f"{text.decode()} after HTTP/1.1",
            "9112 2.3",
            get() + request(version=text),
            200,
            (400, 505),
            hits=[1],
        )
        for text in (b"HTTP/2.0", b"HTTP/0.9", b"HTTP/3.0")
    ),
    takes(
        "HTTP/1.0 with a body",
        "9112 6.3",
        request(_LENGTH, method=b"POST", version=b"HTTP/1.0", body=HIDDEN),
        then=Then.CLOSED,
    ),
]

UPGRADES = [
    *(
        takes(
            f"an upgrade to {name.decode()}",
            "9110 7.8",
            get(b"Connection: Upgrade", b"Upgrade: " + name, *more),
            then=Then.ANY,
        )
        for name, more in (
            (
                b"websocket",
                [
                    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                    b"Sec-WebSocket-Version: 13",
                ],
            ),
            (b"h2c", [b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"]),
            (b"TLS/1.2", []),
        )
    ),
    takes(
        "an upgrade that Connection does not name",
        "9110 7.8",
        get(b"Upgrade: h2c"),
        then=Then.ANY,
    ),
    may(
        "an upgrade with a body",
        "9110 7.8",
        post(HIDDEN, _LENGTH, b"Connection: Upgrade", b"Upgrade: h2c"),
        (200, 400),
    ),
]

EXPECT = [
    takes(
        "the body is asked for",
        "9110 10.1.1",
        post(b"", _EXPECT, _LENGTH),
        more=HIDDEN,
        interim=(100,),
    ),
    takes(
        "the body is asked for, in other letters",
        "9110 10.1.1",
        post(b"", b"expect: 100-Continue", _LENGTH),
        more=HIDDEN,
        interim=(100,),
    ),
    takes(
        "a space behind it",
        "9110 5.5",
        post(b"", _EXPECT + b" ", _LENGTH),
        more=HIDDEN,
        interim=(100,),
    ),
    takes(
        "tabs around it",
        "9110 5.5",
        post(b"", b"Expect: \t100-continue\t ", _LENGTH),
        more=HIDDEN,
        interim=(100,),
    ),
    takes(
        "chunks are asked for",
        "9110 10.1.1",
        post(b"", _EXPECT, b"Transfer-Encoding: chunked"),
        more=b"0\r\n\r\n",
        interim=(100,),
    ),
    takes(
        "the body is asked for, after HTTP/1.0",
        "9110 10.1.1",
        _old(b"Connection: keep-alive") + post(b"", _EXPECT, _LENGTH),
        200,
        200,
        more=HIDDEN,
        interim=(100,),
    ),
    takes("the body comes at once", "9110 10.1.1", post(HIDDEN, _EXPECT, _LENGTH)),
    takes("there is no body", "9110 10.1.1", get(_EXPECT)),
    takes(
        "HTTP/1.0 expects nothing",
        "9110 10.1.1",
        request(_EXPECT, _LENGTH, method=b"POST", version=b"HTTP/1.0", body=HIDDEN),
        then=Then.CLOSED,
    ),
    may("another expectation", "9110 10.1.1", get(b"Expect: 200-ok"), (200, 417)),
    refuses(
        "a body that is too large is not asked for",
        "9110 10.1.1",
        post(b"", _EXPECT, b"Content-Length: 100000"),
        413,
    ),
    refuses(
        "a body whose length is wrong is not asked for",
        "9110 10.1.1",
        post(b"", _EXPECT, b"Content-Length: 5a"),
    ),
]

CASES = [*PERSISTENCE, *OLD, *UPGRADES, *EXPECT]

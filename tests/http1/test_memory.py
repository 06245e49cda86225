"""What clients that never end their requests cost."""

import gc
import tracemalloc

import pytest

from hitsvc.http1.limits import Limits
from tests.support.connection import Answerer, Clock, Wire, connect

LIMITS = Limits()
CONNECTIONS = 8192  # HITSVC_MAX_CONNECTIONS
MOST_BYTES = 300_000_000
# uvloop's part of a connection, and the allocator's: 36 MB for 10,000 that are idle.
OTHER_BYTES = 4000

LINE = b"POST /%b HTTP/1.1\r\nHost: x\r\n"
SMALL = [b"%c%c:zz\r\n" % (97 + i % 26, 97 + i // 26 % 26) for i in range(9000)]


def fields(count: int, size: int) -> bytes:
    """Return fields that fill so many bytes."""
    each = size // count - 10
    return b"".join(b"n%03d:%b\r\n" % (i, b"v" * each) for i in range(count))


def body_after(head: bytes) -> bytes:
    """Return a head and the longest body but one byte."""
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"fffff\r\n" + b"b" * (LIMITS.request_bytes - len(head) - 9)


UNFINISHED = {
    "a long line": b"GET /" + b"a" * (LIMITS.head_bytes - 10),
    "a line that is not ASCII": b"GET /" + b"\xf0\x9f\x98\x80" * (4080 // 3),
    "a field": LINE % b"" + b"a: " + b"v" * (LIMITS.head_bytes - 60),
    "many fields": LINE % b"" + fields(LIMITS.fields - 2, LIMITS.head_bytes - 60),
    "small fields": LINE % b"" + b"".join(SMALL[: LIMITS.fields - 2]),
    "a body": body_after(LINE % b""),
    "a path of wide letters and a body": body_after(LINE % (b"%F0%9F%98%80" * 1300)),
    "many fields and a body": body_after(
        LINE % b"" + fields(LIMITS.fields - 2, LIMITS.head_bytes - 120)
    ),
    "chunks of a byte": LINE % b""
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"1\r\na\r\n" * 4000,
    "trailers": LINE % b""
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    + b"".join(SMALL[:3000]),
}


def held(data: bytes, size: int) -> int:
    """Return what one connection holds when it has been sent so much."""
    loop = Clock()
    app = Answerer(loop)
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    gc.collect()
    warm = connect(loop, app)  # fills the interpreter's own stores of freed tuples
    warm.bring(data)
    tracemalloc.start()
    try:
        wire = connect(loop, app)
        while pieces:
            wire.bring(pieces.pop(0))
        bytes_held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        del pieces
    assert not wire.sent  # it is not refused
    end(loop, warm, wire)
    return bytes_held


def end(loop: Clock, *wires: Wire) -> None:
    for wire in wires:
        wire.reset()
    loop.settle()
    loop.close()


@pytest.mark.parametrize("size", [512, 4096, 1 << 18])
@pytest.mark.parametrize("what", UNFINISHED)
def test_unfinished_requests_of_all_connections_fit(what, size):
    """As many as a worker may have, all in the middle of the worst request."""
    assert CONNECTIONS * (held(UNFINISHED[what], size) + OTHER_BYTES) <= MOST_BYTES


@pytest.mark.parametrize("size", [512, 4096, 1 << 18])
def test_small_fields_without_end_are_refused(size):
    """22 bytes were held for each that was sent."""
    loop = Clock()
    wire = connect(loop, Answerer(loop))
    data = LINE % b"" + b"".join(SMALL)
    for i in range(0, len(data), size):
        wire.bring(data[i : i + size])
    assert wire.sent.startswith(b"HTTP/1.1 431 ")
    end(loop, wire)

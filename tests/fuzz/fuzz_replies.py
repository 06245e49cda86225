"""What a store answers: no request waits for ever, none gets another's reply."""

import re
from contextlib import closing
from typing import Any

import hiredis

from hitsvc.counting import Outcome
from hitsvc.store.replies import Replies
from tests.fuzz.clock_loop import ClockLoop

_DEADLINE_S = 1.0
# hiredis makes room for as many elements as are announced: 1.2 s for 100,000,000. A store
# is trusted not to announce them.
_TOO_MANY = re.compile(rb"[*%~>|]\+?\d{6}")


class _Transport:
    """Where the commands go, and nobody reads them."""

    def __init__(self) -> None:
        self.aborted = False

    def write(self, data: bytes) -> None:
        """Take commands."""
        assert not self.aborted, "written to a connection that has ended"

    def abort(self) -> None:
        """Note it."""
        self.aborted = True

    def get_extra_info(self, name: str) -> None:
        """Know nothing of sockets."""


class _Model:
    """Whose replies are whose, by the bytes that have come."""

    def __init__(self) -> None:
        self.stream = b""
        self.asked: list[tuple[int, int, Outcome[list[Any]]]] = []

    def check(self) -> None:
        """Compare each result with what stands in the stream at its place."""
        replies = _parsed(self.stream)
        place, lost = 0, False
        for expected, begun, future in self.asked:
            assert future.done(), "a request that waits for ever"
            if future.exception():
                lost = True
                continue
            assert not lost, "answered after a failure on the same connection"
            mine = replies[place : place + expected]
            assert list(map(repr, future.result())) == [said for said, _ in mine]
            assert all(at >= begun for _, at in mine), "said before it was asked"
            place += expected


def TestOneInput(data: bytes) -> None:
    """Follow a script: each line asks, lets time pass, or is a piece of the answer."""
    with closing(ClockLoop()) as loop:
        loop.run_until_complete(_follow(data, loop))


async def _follow(data: bytes, loop: ClockLoop) -> None:
    replies, transport, model = Replies(), _Transport(), _Model()
    replies.connection_made(transport)  # type: ignore[arg-type]
    for line in data.split(b"\n"):
        what, rest = line[:1], line[1:].replace(b"~", b"\r\n")
        if what == b"?" and not replies.lost:
            number = 1 + len(rest) % 4
            future = replies.ask(b"PING\r\n", number, loop.time() + _DEADLINE_S)
            model.asked.append((number, len(model.stream), future))
        elif what == b"w":
            await loop.pass_by(0.3)
        elif what == b"x":
            replies.connection_lost(None)
        elif what not in b"?" and not replies.lost:
            model.stream += what + rest
            if _TOO_MANY.search(model.stream):
                break
            replies.data_received(what + rest)
        if replies.lost:
            assert all(future.done() for _, _, future in model.asked)
    await loop.pass_by(_DEADLINE_S)
    await loop.pass_by(_DEADLINE_S)
    model.check()
    replies.connection_lost(None)


def _parsed(stream: bytes) -> list[tuple[str, int]]:
    """Return the replies in a stream, and the byte with which each begins."""
    nothing = object()
    reader = hiredis.Reader(notEnoughData=nothing)
    found, begin = [], 0
    for end in range(1, len(stream) + 1):
        try:
            reader.feed(stream[end - 1 : end])
            reply = reader.gets()
        except (hiredis.ProtocolError, MemoryError, TypeError):
            break
        if reply is not nothing:
            found.append((repr(reply), begin))
            begin = end
    return found

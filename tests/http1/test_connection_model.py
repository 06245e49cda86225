"""The protocol against a model of what a client may expect, step by step."""

import math
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hitsvc.http1.limits import Limits
from tests.support.connection import KEEP_ALIVE_S, Answerer, Clock, connect
from tests.support.sockets import answers

LIMITS = Limits()
HEAD = b"%s %s HTTP/1.1\r\nHost: x\r\n"


class Message(NamedTuple):
    """What a client sends, and what that deserves.

    Attributes:
        data: Its bytes.
        path: Of a request.
        last: It says so, or is no request.
    """

    data: bytes
    path: str = ""
    last: bool = False


def chunked(content: bytes) -> bytes:
    """Return a body in two chunks."""
    parts = (content[:2], content[2:])
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts if p) + b"0\r\n\r\n"


def message(kind: str, path: str, content: bytes) -> Message:
    """Make one."""
    target = path.encode()
    head = HEAD % (b"POST" if content else b"GET", target)
    if kind == "bad":
        return Message(b"nonsense\r\n\r\n", last=True)
    if kind == "no host":
        return Message(b"GET %s HTTP/1.1\r\n\r\n" % target, last=True)
    if kind == "old":
        return Message(
            b"GET %s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" % target, path
        )
    if kind == "last":
        return Message(head + b"Connection: close\r\n\r\n", path, last=True)
    if not content:
        return Message(b"\r\n" * (kind == "blank") + head + b"\r\n", path)
    if kind == "chunked":
        head += b"Transfer-Encoding: chunked\r\n\r\n"
        return Message(head + chunked(content), path)
    return Message(
        head + b"Content-Length: %d\r\n\r\n%s" % (len(content), content), path
    )


KINDS = st.sampled_from(
    ["plain"] * 6 + ["blank", "old", "chunked", "chunked", "last", "bad", "no host"]
)
CONTENTS = st.sampled_from([b"", b"", b"", b"a", b"\r\n\r\n", b"ab\r\n\r\ncd\r\n"])
WAYS = st.sampled_from(["/lane/", "/lane/", "/app/"])


class Connection(RuleBasedStateMachine):
    """Random clients, apps and neighbours of one connection.

    What is sent is a list of messages; the model knows where each ends in the bytes,
    and so what may have been asked, answered and refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = Clock()
        self.app = Answerer(self.loop)
        self.wire = connect(self.loop, self.app)
        self.messages: list[Message] = []
        self.unsent = b""
        self.failed: set[str] = set()
        self.half_closed = self.shut = self.gone = False
        self.seen = 0  # answers
        self.mark = ("rests", 0, self.loop.now + LIMITS.request_s)

    def teardown(self) -> None:
        if not self.gone and not self.shut:
            self.drive()
        self.wire.reset()
        self.loop.settle()
        for future in self.app.waiting.values():
            future.set_result(b"late")
        self.loop.settle()
        state = self.wire.protocol._server_state
        assert not state.connections
        assert not state.tasks
        self.loop.close()

    def drive(self) -> None:
        """Let all come to its end: nothing is lost."""
        self.wire.read()
        self.bring(len(self.unsent))
        for _ in range(2 * len(self.messages) + 2):
            self.loop.settle()
            if self.app.waiting:
                self.app.answer()
        self.loop.settle()
        assert self.got() == self.expected()
        assert not self.wire.waiting or self.is_over()

    # What happens.

    @rule(kind=KINDS, way=WAYS, content=CONTENTS)
    def send(self, kind: str, way: str, content: bytes) -> None:
        if self.half_closed:
            return
        made = message(kind, f"{way}{len(self.messages)}", content)
        self.messages.append(made)
        self.unsent += made.data

    @precondition(lambda self: self.unsent)
    @rule(size=st.one_of(st.integers(1, 60), st.just(100_000)))
    def bring(self, size: int) -> None:
        data, self.unsent = self.unsent[:size], self.unsent[size:]
        if data and not self.wire.lost:
            self.wire.bring(data)
        self.loop.settle()

    @precondition(lambda self: self.app.waiting)
    @rule(well=st.sampled_from([True, True, True, False]))
    def answer(self, well: bool) -> None:
        (path,) = self.app.waiting
        if not well and path.startswith("/lane/"):
            self.failed.add(path)
        self.app.answer(well=well or path.startswith("/app/"))
        self.loop.settle()

    @precondition(lambda self: not self.unsent)
    @rule()
    def half_close(self) -> None:
        self.half_closed = True
        self.wire.end()
        self.loop.settle()

    @rule()
    def stop_listening(self) -> None:
        self.wire.is_read = False

    @rule()
    def listen(self) -> None:
        self.wire.read()
        self.loop.settle()

    @precondition(lambda self: len(self.messages) > 3)
    @rule(how=st.sampled_from(["reset", "drop", "shutdown"]))
    def end(self, how: str) -> None:
        if how == "reset":
            self.wire.reset()
        elif how == "drop":
            self.wire.protocol.drop()
        else:
            self.shut = True
            self.wire.protocol.shutdown()
        self.gone |= how != "shutdown"
        self.loop.settle()

    @rule(seconds=st.sampled_from([1.0, 9.0, 20.0, 31.0, 76.0]))
    def wait(self, seconds: float) -> None:
        self.loop.now += seconds
        due = not self.wire.lost and self.loop.now >= self.mark[2]
        self.wire.protocol.expire(self.loop.now)
        self.loop.settle()
        if not self.gone and not self.is_over():
            assert self.wire.lost is due
        self.gone |= due

    # What must be true.

    def got(self) -> list[tuple[int, bytes]]:
        return answers(self.wire.sent)

    def expected(self) -> list[tuple[int, bytes]]:
        """Return all answers, if everything is brought and answered."""
        found = []
        for sent in self.messages:
            if sent.path in self.failed:
                found.append((200, b"sorry"))
            elif sent.path:
                found.append((200, sent.path.encode()))
            else:
                found.append((400, b"Bad Request\n"))
            if sent.last:
                break
        return found

    def is_over(self) -> bool:
        """Tell whether nothing more will be answered."""
        return self.wire.lost or self.wire.closing or self.wire._finished

    @invariant()
    def one_at_a_time(self) -> None:
        assert len(self.app.waiting) <= 1

    @invariant()
    def answers_are_the_first_of_those_expected(self) -> None:
        got = self.got()
        assert got == self.expected()[: len(got)]
        if self.app.waiting and not self.wire.lost:
            (path,) = self.app.waiting
            assert path == self.messages[len(got)].path

    @invariant()
    def deadlines_are_right(self) -> None:
        """Kept where we wait for ourselves, and from a beginning on where not."""
        if self.wire.lost:
            return
        now, count = self.loop.now, len(self.got())
        came = self.wire.delivered - sum(len(m.data) for m in self.messages[:count])
        begun = (
            self.messages[count].data[:came].strip(b"\r\n")
            if count < len(self.messages)
            else b""
        )
        if self.is_over():  # also if it is not read: the time does not begin anew
            what, limit = "over", LIMITS.unread_s
        elif self.wire._stuck:
            what, limit = "unread", LIMITS.unread_s
        elif self.app.waiting:
            what, limit = "busy", math.inf
        elif begun:
            what, limit = "begun", LIMITS.request_s
        else:
            what, limit = "rests", KEEP_ALIVE_S
        if self.mark[:2] != (what, count):
            self.mark = (what, count, now + limit)
        assert self.wire.protocol.deadline == self.mark[2]
        is_idle = self.wire.protocol.idle_since is not None
        assert is_idle is (what == "rests")


TestConnection = Connection.TestCase
TestConnection.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None
)

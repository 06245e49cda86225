"""Plays a case: sends it, reads what comes, asks again, and looks what was counted."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.http.case import AFTER, ETAG, EVIL, PAGE, Case, Then
from tests.http.wire import Answer, NotHTTP, Wire
from tests.support.proxies import NAME

PATIENCE_S = 15.0
# For what need not come: nothing is right, too.
QUIET_S = 0.3
# After that a client sends a body that it was not asked for.
UNASKED_S = 1.0

_PROBE = b"probe0000.example"
_NUMBER = b"0000.example"
_LOOK = b"/nocount.json?url="


@dataclass(slots=True)
class Played:
    """What came of a case.

    Attributes:
        answers: The final answers.
        interim: The statuses of the others.
        end: What became of the connection; None if it answered somebody else's request.
        counted: The hits of each of its pages.
        wrong: What is no HTTP.
    """

    answers: list[Answer] = field(default_factory=list)
    interim: list[int] = field(default_factory=list)
    end: Then | None = None
    counted: dict[bytes, int] = field(default_factory=dict)
    wrong: str = ""

    @property
    def statuses(self) -> list[int]:
        """The answers' statuses."""
        return [answer.status for answer in self.answers]


class Runner:
    """Plays cases against a service, or what stands before it."""

    def __init__(
        self, url: str, service_url: str, numbers: Iterator[int] | None = None
    ) -> None:
        """Prepare.

        Args:
            url: Where the cases are sent to.
            service_url: Where the service itself is asked what it has counted.
            numbers: Tell pages apart, also those of others who use that service.
        """
        self._url = url
        self._numbers = numbers or itertools.count(1)
        self._visitor = _Visitor(url)
        self._auditor = _Visitor(service_url)
        self._etag = self._visitor.ask(b"/hits.js").fields["etag"].encode()

    def close(self) -> None:
        """Hang up."""
        self._visitor.close()
        self._auditor.close()

    def play(self, case: Case, patience_s: float = PATIENCE_S) -> Played:
        """Play a case.

        Args:
            case: The case.
            patience_s: How long to wait for an answer.
        """
        number = b"%04d.example" % next(self._numbers)
        probe = _PROBE.replace(_NUMBER, number)
        data, more = (
            text.replace(_NUMBER, number).replace(ETAG, self._etag)
            for text in (case.data, case.more)
        )
        played = Played()
        with Wire(self._url) as wire:
            wire.send(data, split=case.split)
            try:
                self._read(wire, case, more, played, patience_s)
                played.end = self._end(wire, case, probe, played, patience_s)
            except NotHTTP as ex:
                played.wrong = repr(ex)
        for page in (PAGE, EVIL, AFTER):
            if page in case.data + case.more:
                own = page.replace(_NUMBER, number)
                answer = self._auditor.ask(b"/nocount?url=" + own)
                played.counted[page] = int(answer.body)
        return played

    def answers_others(self) -> bool:
        """Tell whether those who come next get the answers to what they ask.

        What stands before the service may use its connections again for them.
        """
        probe = _PROBE.replace(_NUMBER, b"%04d.example" % next(self._numbers))
        answers = [self._visitor.ask(_LOOK + probe) for _ in range(2)]
        return all(answer.status == 200 and probe in answer.body for answer in answers)

    def _read(
        self, wire: Wire, case: Case, more: bytes, played: Played, patience_s: float
    ) -> None:
        """Read as many answers as there may be; send what is to be sent behind them."""
        while len(played.answers) < len(case.right):
            try:
                is_head = len(played.answers) in case.heads
                wait_s = min(patience_s, UNASKED_S) if more else patience_s
                answer = wire.answer(wait_s, head=is_head)
            except TimeoutError:
                if not more:
                    return
                wire.send(more)
                more = b""
                continue
            if answer is None:
                return
            if answer.status < 200:
                played.interim.append(answer.status)
                wire.send(more)
                more = b""
            else:
                played.answers.append(answer)

    def _end(
        self, wire: Wire, case: Case, probe: bytes, played: Played, patience_s: float
    ) -> Then | None:
        """Find out what became of the connection."""
        if len(played.answers) < len(case.right) or case.then is Then.SILENT:
            try:
                return Then.CLOSED if wire.ends(QUIET_S) else None
            except TimeoutError:
                return Then.SILENT
        if "close" in played.answers[-1].fields.get("connection", "").lower():
            try:
                return Then.CLOSED if wire.ends(patience_s) else None
            except TimeoutError:
                return Then.OPEN
        return _asks(wire, probe, patience_s, between=case.data.count(AFTER))


class _Visitor:
    """Somebody else, with a connection that is kept for as long as it holds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wire = Wire(url)

    def ask(self, target: bytes) -> Answer:
        """GET what counts nothing."""
        for _ in range(2):
            self._wire.send(_get(target))
            if answer := self._wire.answer(PATIENCE_S):
                return answer
            self.close()
            self._wire = Wire(self._url)
        msg = f"{self._url} does not answer"
        raise NotHTTP(msg)

    def close(self) -> None:
        """Hang up."""
        self._wire.__exit__()


def _asks(wire: Wire, page: bytes, patience_s: float, between: int) -> Then | None:
    """Ask one more thing, and see what becomes of it.

    Args:
        wire: Where.
        page: What to ask for.
        patience_s: How long an answer may take.
        between: How many other requests were sent that may be answered, too.

    Returns:
        `OPEN` if it is answered, `ANY` if it is refused; None for another's answer.
    """
    wire.send(_get(_LOOK + page))
    answer = None
    for _ in range(between + 1):
        try:
            answer = wire.answer(patience_s)
        except TimeoutError:
            return Then.SILENT
        if answer is None:
            return Then.CLOSED
        if answer.status == 200 and page in answer.body:
            return Then.OPEN
    return Then.ANY if answer and answer.status >= 400 else None


def _get(target: bytes) -> bytes:
    return b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (target, NAME.encode())

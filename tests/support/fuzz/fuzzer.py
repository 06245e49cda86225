"""A run: random requests to a service, and a report on its answers."""

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.support.fuzz.answers import Answer
from tests.support.fuzz.checks import check
from tests.support.fuzz.connection import Connection
from tests.support.fuzz.facts import CLOSE_SAID, Finding
from tests.support.fuzz.requests import Request, RequestMaker

MAX_FINDINGS = 20
MAX_PIPELINED = 16
MAX_PIPELINED_BYTES = 48_000  # less than socket buffers hold: neither side blocks
BROKEN_SHARE = 0.01
QUIET_S = 0.2  # a broken request without an answer by then is one that is not over


@dataclass(slots=True)
class Report:
    """What a run has seen.

    Attributes:
        findings: What was wrong, with the request that showed it.
        statuses: How often each status was answered.
        silent: How many broken requests got no answer, being incomplete.
    """

    findings: list[tuple[Finding, Request]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    silent: int = 0

    def against(self, fact: str) -> list[tuple[Finding, Request]]:
        """Return the findings that contradict a fact."""
        return [entry for entry in self.findings if entry[0].fact == fact]


class Fuzzer:
    """Sends random requests to a service and reports on its answers."""

    def __init__(self, url: str, seed: int) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: The service's base URL.
            seed: The same one makes the same requests.
        """
        self.report = Report()
        self._url = url
        self._rng = random.Random(seed)  # noqa: S311 - to be repeated, not secret
        self._maker = RequestMaker(self._rng)
        self._connection: Connection | None = None

    def run(self, requests: int) -> Report:
        """Send that many requests, fewer if too much is found."""
        left = requests
        while left > 0 and len(self.report.findings) < MAX_FINDINGS:
            if self._rng.random() < BROKEN_SHARE * MAX_PIPELINED / 2:
                self._send_broken(self._maker.broken())
                left -= 1
            else:
                batch = self._batch(left)
                left -= len(batch)
                while batch:
                    batch = batch[self._send(batch) :]
        self._hang_up()
        return self.report

    def _batch(self, most: int) -> list[Request]:
        batch: list[Request] = []
        room = MAX_PIPELINED_BYTES
        for _ in range(min(most, self._rng.randint(1, MAX_PIPELINED))):
            batch.append(self._maker.framed())
            room -= len(batch[-1].data)
            if batch[-1].final or room < 0:
                break
        return batch

    def _send(self, batch: list[Request]) -> int:
        """Pipeline requests; return how many were answered, or are given up."""
        done = 0
        try:
            if self._connection is None:
                self._connection = Connection(self._url)
            self._connection.send(b"".join(request.data for request in batch))
            for request in batch:
                done += 1
                answer = self._connection.read(request)
                if answer.closes:
                    self._hang_up()
                self._note(request, answer)
                if answer.closes:
                    break
        except Finding as ex:
            self._found(ex, batch[done - 1])
        except OSError as ex:
            done = max(done, 1)
            self._found(Finding(CLOSE_SAID, repr(ex)), batch[done - 1])
        return done

    def _send_broken(self, request: Request) -> None:
        """Send one request on a connection of its own; it may get no answer."""
        connection = Connection(self._url)
        try:
            connection.send(request.data)
            self._note(request, connection.read(request, QUIET_S))
        except TimeoutError:
            self.report.silent += 1
        except Finding as ex:
            self._found(ex, request)
        except OSError as ex:
            self._found(Finding(CLOSE_SAID, repr(ex)), request)
        finally:
            connection.close()

    def _note(self, request: Request, answer: Answer) -> None:
        self.report.statuses[answer.status] += 1
        check(request, answer)
        if cookie := answer.headers.get("set-cookie"):
            self._maker.remember(cookie)

    def _found(self, finding: Finding, request: Request) -> None:
        self.report.findings.append((finding, request))
        self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def count_twice(url: str, page: str) -> list[int]:
    """Count two hits of a page, each on a connection of its own."""
    counts = []
    for _ in range(2):
        connection = Connection(url)
        request = Request(f"GET /count?url={page} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        connection.send(request.data)
        counts.append(int(connection.read(request).body))
        connection.close()
    return counts

"""A connection, which ends where an answer says so."""

import socket
from urllib.parse import urlsplit

from tests.support.fuzz.answers import Answer, read_answer
from tests.support.fuzz.facts import CLOSE_SAID, Finding
from tests.support.fuzz.requests import Request

ANSWER_WITHIN_S = 10.0


class Connection:
    """A connection to the service."""

    def __init__(self, url: str) -> None:
        """Connect."""
        parts = urlsplit(url)
        address = (parts.hostname or "localhost", parts.port or 80)
        self._socket = socket.create_connection(address, ANSWER_WITHIN_S)
        self._stream = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        """Write bytes."""
        self._socket.sendall(data)

    def read(self, request: Request, within_s: float = ANSWER_WITHIN_S) -> Answer:
        """Read the answer to a request, and the end if it is the last one.

        Raises:
            Finding: It is not well-formed, or the connection does not end as it says.
        """
        self._socket.settimeout(within_s)
        answer = read_answer(self._stream, request.method)
        if answer is None:
            raise Finding(CLOSE_SAID, "no answer")
        if answer.closes and not self._has_ended(answer):
            raise Finding(CLOSE_SAID, "it stays open")
        return answer

    def _has_ended(self, answer: Answer) -> bool:
        self._socket.settimeout(ANSWER_WITHIN_S)
        try:
            rest = self._stream.read()
        except TimeoutError:
            return False
        # What refuses a malformed HEAD may not know that it is one.
        return not rest or (answer.status >= 400 and not answer.body)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

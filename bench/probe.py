"""Checks that a contender answers as it must, before it is measured."""

import re
import socket
from http.client import HTTPConnection

from bench import pages

_HEADERS = {
    "cache-control": "no-cache, no-store, must-revalidate, private, max-age=0",
    "pragma": "no-cache",
    "expires": "0",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
}
_COOKIE = re.compile(r"([\w-]+=[\w-]{12}); ", re.ASCII)
_NUMBER = re.compile(rb">(\d+)</text>")
_PAGE = "probe.example/a-page"
_AT_ONCE = 64
_VOLLEYS = 4


class WrongAnswerError(Exception):
    """A contender does not do what it is compared for."""


class Probe:
    """Talks to one server."""

    def __init__(self, port: int) -> None:
        """Take the server's port, on the loopback."""
        self._port = port

    def check(self) -> None:
        """Check headers, numbers, and that a visitor who returns is not counted.

        Raises:
            WrongAnswerError: Something is not as it must be.
        """
        first, cookie = self.hit(_PAGE)
        second, _ = self.hit(_PAGE)
        self._expect("two visits", second, first + 1)
        again, _ = self.hit(_PAGE, cookie)
        self._expect("a visitor who returns", again, second)
        read, _ = self._get(f"/nocount/tag.svg{pages.query(_PAGE)}", None)
        self._expect("a reader", self._number(read), second)
        for path in ("/nocount", "/count"):
            text, _ = self._get(f"{path}{pages.query(_PAGE)}", None)
            second += path == "/count"
            self._expect("text", int(text), second)
        self._check_distinct(second)

    def hit(self, key: str, cookie: str | None = None) -> tuple[int, str]:
        """Visit a page; return its count and the cookie to return with."""
        body, headers = self._get(f"/count/tag.svg{pages.query(key)}", cookie)
        for name, value in _HEADERS.items():
            self._expect(name, headers.get(name), value)
        self._expect("type", headers.get("content-type"), "image/svg+xml")
        set_cookie = _COOKIE.match(headers.get("set-cookie", ""))
        if cookie is None and set_cookie is None:
            msg = f"no right cookie: {headers.get('set-cookie')}"
            raise WrongAnswerError(msg)
        return self._number(body), set_cookie[1] if set_cookie else ""

    def _check_distinct(self, count: int) -> None:
        """Visit a page from many sides at once: each must get a number of its own."""
        path = f"/count/tag.svg{pages.query(_PAGE)}"
        request = (
            f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()
        )
        numbers = []
        for _ in range(_VOLLEYS):
            sockets = [
                socket.create_connection(("127.0.0.1", self._port), 10)
                for _ in range(_AT_ONCE)
            ]
            for sock in sockets:
                sock.sendall(request)
            for sock in sockets:
                with sock, sock.makefile("rb") as file:
                    numbers.append(self._number(file.read()))
        wanted = range(count + 1, count + 1 + _AT_ONCE * _VOLLEYS)
        self._expect("visits at once", sorted(numbers), list(wanted))

    def _get(self, path: str, cookie: str | None) -> tuple[bytes, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(
                "GET", path, headers={"Cookie": cookie} if cookie else {}
            )
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        self._expect(f"status of {path}", response.status, 200)
        return body, {name.lower(): value for name, value in response.getheaders()}

    def _number(self, body: bytes) -> int:
        found = _NUMBER.search(body)
        if found is None:
            msg = f"no number in {body[-200:]!r}"
            raise WrongAnswerError(msg)
        return int(found[1])

    def _expect(self, what: str, actual: object, expected: object) -> None:
        if actual != expected:
            msg = f"{what}: {actual!r} where {expected!r} was expected"
            raise WrongAnswerError(msg)

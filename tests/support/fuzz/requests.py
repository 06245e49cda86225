"""A fuzzer: random requests against a running service, and what must hold for each.

As a script it makes as many as you like, over real sockets::

    python -m tests.support.fuzz.requests http://127.0.0.1:8000 100000 1

Most requests are well framed and strange in everything else, so that they can be
pipelined on a connection that stays open. A few are broken, and go alone.
"""

import gzip
import json
import random
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

MAX_FINDINGS = 20
MAX_PIPELINED = 16
MAX_PIPELINED_BYTES = 48_000  # less than socket buffers hold: neither side blocks
BROKEN_SHARE = 0.01
ANSWER_WITHIN_S = 10.0
QUIET_S = 0.2  # a broken request without an answer by then is one that is not over

NO_5XX = "no answer is a 5xx"
SAFE_SVG = "every SVG is XML without a script"
WELL_FORMED = "every answer is well-formed HTTP"
CLOSE_SAID = "a connection is closed where an answer says so, and nowhere else"
RIGHT_TYPE = "an answer is of its route's type"
ONE_LINE = "the reason is one line of ASCII"
FACTS = (NO_5XX, SAFE_SVG, WELL_FORMED, CLOSE_SAID, RIGHT_TYPE, ONE_LINE)

TEXT_ROUTES = ("/count", "/nocount")
BADGE_ROUTES = ("/count/tag.svg", "/nocount/tag.svg", "/graph.svg")
JSON_ROUTES = ("/count.json", "/nocount.json", "/nocount/shields.json")
OTHER_ROUTES = ("/", "/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/hits.js")

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [\x20-\x7e]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\x00-\x08\x0a-\x1f\x7f]*)")
_EXECUTABLE = re.compile(r"(^|\})(script|foreignObject|iframe)$", re.IGNORECASE)
# The page's own scripts are the only ones.
_FOREIGN_SCRIPT = re.compile(
    rb"<script(?! type=\"module\" src=\"/static/)", re.IGNORECASE
)
_NUMBERS = re.compile(rb"-?[\d,.]+[kMGTPE]?( / -?[\d,.]+[kMGTPE]?)?")


class Finding(Exception):
    """A fact that does not hold.

    Attributes:
        fact: Which one.
    """

    def __init__(self, fact: str, detail: object = "") -> None:
        """Say what was found instead."""
        super().__init__(f"not true: {fact} ({detail})")
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        data: Its bytes.
        method: Its method.
        route: Its path, if it is a route of ours, else "".
        final: Nothing may be sent behind it: the connection may end with it.
    """

    data: bytes
    method: str = "GET"
    route: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, taken apart."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Tell whether it says that it is the connection's last."""
        return "close" in self.headers.get("connection", "").lower()

    @property
    def content_type(self) -> str:
        """Return its media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


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


class RequestMaker:
    """Makes random requests; the same seed makes the same ones."""

    def __init__(self, rng: random.Random) -> None:
        """Make requests of a source of randomness."""
        self._rng = rng
        self._cookies: list[str] = ["hits-a3e5291bae2acded=AAAAAAAAAAAA"]

    def remember(self, set_cookie: str) -> None:
        """Keep a cookie that the service has set, to send it later."""
        self._cookies = [*self._cookies[-20:], set_cookie.partition(";")[0]]

    def framed(self) -> Request:
        """Make a request that any server finds the end of."""
        rng = self._rng
        method = self._method()
        route, target = self._target(method)
        version = rng.choices(("1.1", "1.0", "0.9", "2.0"), (97, 2, 0.5, 0.5))[0]
        lines = [method.encode() + b" " + target + b" HTTP/" + version.encode()]
        if rng.random() < 0.97:
            lines.append(b"Host: " + rng.choice((b"localhost", b"", b"a:1", b"\xff")))
        names = [name for name in _VALUES if rng.random() < 0.12]
        lines += [name.encode() + b": " + self._value(name) for name in names]
        lines += [
            self._token().encode() + b": " + self._text()
            for _ in range(rng.choice((0, 0, 0, 0, 1, 30)))
        ]
        framing, body = self._body(method)
        return Request(
            b"\r\n".join([*lines, *framing, b"", b""]) + body,
            method,
            route,
            # Any of these may end the connection, whatever the parser makes of it.
            final=version != "1.1"
            or method not in _METHODS
            or "Connection" in names
            or "Upgrade" in names
            or not target.startswith(b"/"),
        )

    def broken(self) -> Request:
        """Make a request that is damaged, or is none."""
        rng = self._rng
        if rng.random() < 0.3:
            return Request(rng.randbytes(rng.randint(1, 300)) + b"\r\n\r\n", final=True)
        while (request := self.framed()).method != "GET":
            pass
        data = bytearray(request.data)
        for _ in range(rng.randint(1, 5)):
            place = rng.randrange(len(data) + 1)
            match rng.randrange(4):
                case 0:
                    del data[place : place + rng.randint(1, 20)]
                case 1:
                    data[place:place] = rng.randbytes(rng.randint(1, 8))
                case 2:
                    data[place:place] = rng.choice(_BREAKERS)
                case 3:
                    data[place : place + 1] = rng.randbytes(1)
        return Request(bytes(data) or b"\0", final=True)

    def _method(self) -> str:
        rng = self._rng
        if rng.random() < 0.7:
            return "GET"
        if rng.random() < 0.9:
            return rng.choice(_METHODS)
        return rng.choice(("CONNECT", "get", "FOO", "M-SEARCH", self._token()))

    def _target(self, method: str) -> tuple[str, bytes]:
        rng = self._rng
        if method == "CONNECT":
            return "", rng.choice((b"localhost:80", b"/count", b"*"))
        route = rng.choices(
            (*TEXT_ROUTES, *BADGE_ROUTES, *JSON_ROUTES, *OTHER_ROUTES, ""),
            (4,) * 5 + (1,) * 10,
        )[0]
        path = route.encode()
        if not route:
            path = b"/" + quote(self._text(), safe="/%;,").encode()
        elif rng.random() < 0.02:
            path = b"".join(b"%%%02x" % byte for byte in path[1:])
            path = b"/" + path
        query = self._query()
        target = path + b"?" + query if query or rng.random() < 0.1 else path
        match rng.randrange(200):
            case 0:
                return "", b"*"
            case 1:
                return "", b"http://elsewhere.example" + target
            case 2:
                return "", b"//" + target
        return route, target

    def _query(self) -> bytes:
        rng = self._rng
        names = rng.choices(
            ((), ("url",), ("url", "url"), ("x", "url"), ("x",)), (15, 75, 3, 4, 3)
        )[0]
        query = [
            name.encode() + rng.choice((b"=", b"=", b"=", b"")) + self._escaped_url()
            for name in names
        ]
        if rng.random() < 0.5:
            query += [self._option() for _ in range(rng.randint(1, 5))]
        return b"&".join(query)

    def _option(self) -> bytes:
        rng = self._rng
        name, values = rng.choice(tuple(_OPTIONS.items()))
        value: str = rng.choice((*values, rng.choice(_PIECES)))
        return f"{name}=".encode() + quote(value, safe="").encode()

    def _escaped_url(self) -> bytes:
        rng = self._rng
        url = self._url()
        match rng.randrange(8):
            case 0:  # as people paste it, but for what would end the request line
                return re.sub(rb"[\x00-\x20\x7f]", b"+", url)
            case 1:
                return b"".join(b"%%%02X" % byte for byte in url[:2060])
            case 2:
                return quote(url, safe="%").encode()
        return quote(url, safe="").encode()

    def _url(self) -> bytes:
        rng = self._rng
        if rng.random() < 0.3:
            return b"https://example.com/%d" % rng.randrange(50)
        start = rng.choice(("", "", "example.com/", "https://münchen.de/", "//a.b:81/"))
        url = (start + "".join(rng.choices(_PIECES, k=rng.randint(0, 8)))).encode()
        if rng.random() < 0.05:
            url = b"a.com/" + b"a" * (rng.choice(_LENGTHS) - 6) + url
        if rng.random() < 0.05:
            url += rng.randbytes(rng.randint(1, 10))
        return url

    def _value(self, name: str) -> bytes:
        rng = self._rng
        if name == "Cookie":
            return self._cookie().encode("latin-1")
        if name == "Referer" and rng.random() < 0.8:
            return _visible(self._url())
        if rng.random() < 0.15:
            return self._text()
        value: str = rng.choice(_VALUES[name])
        return value.encode("latin-1")

    def _cookie(self) -> str:
        rng = self._rng
        cookies = rng.choices(self._cookies, k=rng.randint(1, 3))
        match rng.randrange(4):
            case 0:
                cookies[0] = cookies[0][: rng.randrange(len(cookies[0]))]
            case 1:
                cookies.append(self._text().decode("latin-1"))
        return rng.choice(("; ", ";", ", ")).join(cookies)

    def _text(self) -> bytes:
        rng = self._rng
        text = rng.choice(_PIECES).encode("utf-8")
        return _visible(text + rng.randbytes(rng.choice((0, 0, 3, 20))))

    def _token(self) -> str:
        return "".join(self._rng.choices("abcXYZ019-_!~", k=self._rng.randint(1, 12)))

    def _body(self, method: str) -> tuple[list[bytes], bytes]:
        rng = self._rng
        if method in {"GET", "HEAD", "CONNECT"} and rng.random() < 0.95:
            return [], b""
        body = rng.randbytes(rng.choice((0, 1, 10, 5000)))
        match rng.randrange(3):
            case 0:
                return [], b""
            case 1:
                return [b"Content-Length: %d" % len(body)], body
        chunks = [body[i : i + 1000] for i in range(0, len(body), 1000)]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks)
        return [b"Transfer-Encoding: chunked"], framed + b"0\r\n\r\n"


def _visible(text: bytes) -> bytes:
    """Leave out what a header's value cannot hold."""
    return re.sub(rb"[\x00-\x08\x0a-\x1f\x7f]", b"", text)


_METHODS = ("GET", "HEAD", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_LENGTHS = (2030, 2047, 2048, 2049, 4096, 20_000)
_PIECES = (
    *(
        "http://",
        "https:",
        "HTTP:\\\\",
        "//",
        "/",
        "\\",
        "..",
        "./",
        "?",
        "#",
        "@",
        ":",
    ),
    *(
        "example.com",
        "münchen.de",
        "xn--",
        "[::1]",
        "127.1",
        "0x7f",
        "1e3",
        ":80",
        ":0",
    ),
    *("%", "%2e", "%00", "%7B", "%GG", "%u0041", "%C3%BC", "%FF", "%25%32%65", "&amp;"),
    *("{", "}", "{count}", "{{", "$", "\t", "\n", "\r\n", "\0", "\x7f", " ", "+", ""),
    *("<script>alert(1)</script>", '"><svg onload=x>', "]]>", "<!--", "-->", "&lt;"),
    *("javascript:", "data:text/html,", "file:///", "mailto:a@b", "blob:", "ftp://"),
    *("ß", "。", "\u202e", "\ufeff", "\ufffe", "😀", "e\u0301", "\u2028", "İ", "٣"),
    *("'", '"', "`", ";", ",", "=", "|", "^", "*", "(", "a" * 300, "hits:", ":days"),
)
# What may be said about a count's look, right and wrong.
_OPTIONS: dict[str, tuple[str, ...]] = {
    "style": ("flat", "flat-square", "plastic", "for-the-badge", "social", "popout"),
    "label": ("", "views", "a" * 65),
    "labelColor": ("red", "#fff", "fff", "hsl(1,2%,3%)", "url(#s)"),
    "color": ("brightgreen", "critical", "rgb(1,2,3)", "#12345"),
    "logo": (
        "github",
        "../etc",
        "data:image/png;base64,AAAA",
        "data:text/html;base64,",
    ),
    "logoColor": ("blue", "f80"),
    "logoSize": ("auto",),
    "format": ("plain", "grouped", "metric"),
    "show": ("total", "today", "both"),
    "base": ("0", "-1", "1" * 16, "1" * 17),
    "days": ("1", "7", "30", "365", "366", "-1", "x", "1" * 40),
}
_VALUES: dict[str, tuple[str, ...]] = {
    "Accept": (
        *(
            "*/*",
            "application/json",
            "text/html",
            "image/*",
            "application/problem+json",
        ),
        *("text/plain;q=0", ";", "a", "*/*;q=x", "a/b;q=1.0000", "text/html;q=\xb2"),
    ),
    "Accept-Encoding": ("gzip", "br, gzip;q=0", "*", "gzip;q=x", ";;"),
    "Access-Control-Request-Headers": ("x-a", "a, b", "\xe9", ""),
    "Access-Control-Request-Method": ("GET", "POST", ""),
    "Connection": ("close", "keep-alive", "Upgrade", "x, close", "\xe9"),
    "Content-Type": ("application/x-www-form-urlencoded", "application/json", "x"),
    "Cookie": (),
    "Expect": ("100-continue", "x"),
    "If-Modified-Since": ("Sun, 06 Nov 1994 08:49:37 GMT", "x", "-1"),
    "If-None-Match": ("*", '"x"', 'W/"', "x,,"),
    "Origin": ("null", "https://example.com", "\xe9", "http://a\tb", "*"),
    "Purpose": ("prefetch", "preview"),
    "Range": ("bytes=0-0", "bytes=-1", "lines=x"),
    "Referer": ("about:blank", "", "/", "http://localhost/"),
    "Sec-GPC": ("1", "0", "x"),
    "Sec-Purpose": ("prefetch", "prefetch;prerender", "x"),
    "Upgrade": ("websocket", "h2c", "TLS/1.0"),
    "User-Agent": ("curl/8", "", "\x80\x81"),
    "X-Forwarded-For": ("1.2.3.4", "::1, x", "\xff"),
    "X-Forwarded-Proto": ("https", "http", "https, http", "x", "\xff"),
}
_BREAKERS = (
    *(b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\0", b":", b" ", b"\t", b"\xff\xfe"),
    *(b"\r\n x", b"\r\nContent-Length: 3\r\n", b"\r\nContent-Length: -1\r\n"),
    *(b"\r\nTransfer-Encoding: chunked\r\n", b"\r\nTransfer-Encoding: x\r\n"),
    *(b"HTTP/1.1", b"\r\nHost\r\n", b"\r\n: x\r\n", b"a" * 9000),
)


def read_answer(stream: BinaryIO, method: str) -> Answer | None:
    """Read one answer; ``None`` if the connection has ended instead.

    Raises:
        Finding: It is not well-formed.
    """
    while True:
        line = stream.readline(2000)
        if not line:
            return None
        status, headers = _status(line), _headers(stream)
        if status >= 200:
            return Answer(status, headers, _content(stream, method, status, headers))
        if status != 100 or headers:
            raise Finding(WELL_FORMED, f"{status} in between")


def _line(raw: bytes) -> bytes:
    if not raw.endswith(b"\r\n"):
        raise Finding(WELL_FORMED, f"a line is cut off: {raw!r}")
    return raw[:-2]


def _status(line: bytes) -> int:
    if not (match := _STATUS_LINE.fullmatch(_line(line))):
        raise Finding(WELL_FORMED, line)
    return int(match[1])


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := _line(stream.readline(100_000)):
        if not (match := _HEADER.fullmatch(line)):
            raise Finding(WELL_FORMED, line)
        name, value = match[1].decode().lower(), match[2].decode("latin-1")
        if name in headers:
            raise Finding(WELL_FORMED, f"{name} twice")
        headers[name] = value
    return headers


def _content(
    stream: BinaryIO, method: str, status: int, headers: dict[str, str]
) -> bytes:
    length = headers.get("content-length")
    chunked = headers.get("transfer-encoding") == "chunked"
    if method == "HEAD" or status in {204, 304}:
        return b""
    if (length is None) is not chunked or not (chunked or str(length).isdecimal()):
        raise Finding(WELL_FORMED, f"the body's end is not clear: {headers}")
    body = b"".join(_chunks(stream)) if chunked else _exactly(stream, int(length or 0))
    return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        line = _line(stream.readline(100))
        if not re.fullmatch(rb"[0-9a-fA-F]+", line):
            raise Finding(WELL_FORMED, f"no chunk size: {line!r}")
        chunk = _exactly(stream, int(line, 16))
        if _line(stream.readline(2)):
            raise Finding(WELL_FORMED, "a chunk is longer than it says")
        if not chunk:
            return
        yield chunk


def _exactly(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) != size:
        raise Finding(WELL_FORMED, f"{len(body)} bytes of {size}")
    return body


def check(request: Request, answer: Answer) -> None:
    """Make sure that an answer is one that the service may give.

    Raises:
        Finding: It is not.
    """
    if answer.status >= 500:
        raise Finding(NO_5XX, answer.status)
    reason = answer.headers.get("x-hits-reason", "-")
    if not (reason and reason.isascii() and reason.isprintable()):
        raise Finding(ONE_LINE, repr(reason))
    if answer.content_type == "image/svg+xml" and answer.body:
        _check_svg(answer.body)
    elif _FOREIGN_SCRIPT.search(answer.body):
        raise Finding(SAFE_SVG, answer.body)
    # The HTTP layer's own refusals know no route, and are the connection's last.
    if not answer.closes and answer.status not in {204, 304}:
        _check_type(request, answer)


def _check_svg(body: bytes) -> None:
    try:
        root = ET.fromstring(body)  # noqa: S314 - our own service
    except ET.ParseError as ex:
        raise Finding(SAFE_SVG, f"{ex}: {body!r}") from ex
    for element in root.iter():
        handlers = [name for name in element.attrib if name.lower().startswith("on")]
        if _EXECUTABLE.search(element.tag) or handlers:
            raise Finding(SAFE_SVG, body)


def _check_type(request: Request, answer: Answer) -> None:
    if request.route in BADGE_ROUTES:
        right = answer.content_type == "image/svg+xml"
    elif request.route in TEXT_ROUTES:
        right = answer.content_type in {"text/plain", "application/problem+json"}
        if answer.status == 200 and request.method == "GET":
            right = _NUMBERS.fullmatch(answer.body) is not None
    elif request.route in JSON_ROUTES and request.method in {"GET", "POST"}:
        right = answer.content_type in {"application/json", "application/problem+json"}
        json.loads(answer.body)
    else:
        right = "access-control-allow-origin" in answer.headers or answer.status < 400
    if not right:
        raise Finding(RIGHT_TYPE, f"{request.route}: {answer}")


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


def main(url: str, requests: str, seed: str) -> int:
    """Fuzz a service; the exit code says whether something was found."""
    began = time.monotonic()
    report = Fuzzer(url, int(seed)).run(int(requests))
    for finding, request in report.findings:
        print(f"{finding}\n  {request.data[:2000]!r}")
    took_s = time.monotonic() - began
    print(f"{report.statuses.total()} answers in {took_s:.1f} s, by status:")
    print(dict(sorted(report.statuses.items())), f"and {report.silent} without one")
    first, second = count_twice(url, f"fuzz-{seed}.example/{int(time.time())}")
    print(f"{len(report.findings)} findings; it still counts: {first}, {second}")
    return 1 if report.findings or second != first + 1 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

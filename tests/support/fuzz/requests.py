"""Random requests: strange ones that are well framed, and broken ones."""

import random
import re
from dataclasses import dataclass
from urllib.parse import quote

TEXT_ROUTES = ("/count", "/nocount")
BADGE_ROUTES = ("/count/tag.svg", "/nocount/tag.svg", "/graph.svg")
RASTER_ROUTES = ("/count/tag.png", "/nocount/tag.png", "/count/pixel.gif")
JSON_ROUTES = ("/count.json", "/nocount.json", "/nocount/shields.json")
OTHER_ROUTES = ("/", "/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/hits.js")


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
            hosts = (b"localhost", b"a:1", b"", b"\xff")
            lines.append(b"Host: " + rng.choices(hosts, (60, 37, 1, 2))[0])
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
            (
                *(*TEXT_ROUTES, *BADGE_ROUTES, *RASTER_ROUTES, *JSON_ROUTES),
                *(*OTHER_ROUTES, ""),
            ),
            (4,) * 5 + (1,) * 13,
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
    "show": ("total", "today", "both", "week", "month", "year", "decade"),
    "base": ("0", "-1", "1" * 16, "1" * 17),
    "theme": ("auto", "light", "dark", "x"),
    "width": ("480", "1600", "-1", "1e3", "9" * 40),
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

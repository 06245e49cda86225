"""The dearest requests of their size that anybody has thought of, by what they are made of.

Each is made anew for each number, so that nothing that is remembered can help. A target
has at most 8 KB, a head 16 KB: what is longer is refused before any of this code runs.
"""

from collections.abc import Callable

MAX_TARGET = 8 * 1024
MAX_HEAD = 16 * 1024

Request = Callable[[int], bytes]


def plain(number: int) -> bytes:
    """A hit as nearly every visitor sends it."""
    return (
        b"GET /count/tag.svg?url=plain.example/%d HTTP/1.1\r\nHost: a\r\n\r\n" % number
    )


def _cut(text: str, limit: int) -> str:
    """Shorten a text to some bytes of UTF-8."""
    return text.encode()[:limit].decode(errors="ignore")


def _target(template: str) -> Request:
    """Ask for a target: a repeated part, between the marks, fills it up."""

    def make(number: int) -> bytes:
        before, part, after = template.replace("{n}", str(number)).split("|")
        room = MAX_TARGET - len(before) - len(after)
        target = before + part * (room // len(part)) + after
        return f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()

    return make


def _field(
    name: str, template: str, target: str = "/count?url=f.example/{n}"
) -> Request:
    """Send a header field of which a repeated part fills the head up."""

    def make(number: int) -> bytes:
        line = target.replace("{n}", str(number))
        head = f"GET {line} HTTP/1.1\r\nHost: a\r\n{name}: "
        before, part, after = template.replace("{n}", str(number)).split("|")
        room = MAX_HEAD - len(head) - len(before) - len(after) - 4
        value = before + part * (room // len(part.encode())) + after
        return f"{head}{value}\r\n\r\n".encode()

    return make


def _letters(number: int, count: int, between: str = "") -> str:
    """Write different letters, which is what Punycode is slow at."""
    return between.join(chr(0x4E00 + (number + i) % 20_000) for i in range(count))


def _host(limit: int, form: str, between: str = "") -> Request:
    """Send a Referer whose host is of many different letters."""

    def make(number: int) -> bytes:
        host = _cut(_letters(number, limit, between), limit)
        referer = form.format(host=host)
        head = f"GET /count HTTP/1.1\r\nHost: a\r\nReferer: {referer}"
        return head.encode() + b"\r\n\r\n"

    return make


def _escaped_host(count: int, form: str) -> Request:
    """Ask for a URL whose host is of many different letters, escaped."""

    def make(number: int) -> bytes:
        letters = _letters(number, count).encode()
        host = "".join(f"%{byte:02X}" for byte in letters)
        return f"GET {form.format(host=host)} HTTP/1.1\r\nHost: a\r\n\r\n".encode()

    return make


_ROOM = MAX_HEAD - 100
_UTF8 = "％"  # three bytes

WORST: dict[str, Request] = {
    # Hosts.
    "host, longest": _host(_ROOM, "http://{host}.example/"),
    "host, no scheme": _host(_ROOM, "{host}.example"),
    "host, letters between": _host(_ROOM, "http://{host}.example/", "a"),
    "host, dots between": _host(_ROOM, "http://{host}.example/", "."),
    "host, 250 letters": _host(750, "http://{host}/"),
    "host, 250 letters, no scheme": _host(750, "{host}"),
    "host, 250 letters and a port": _host(750, "{host}:80"),
    "host, 330 letters": _host(990, "http://{host}/"),
    "host, 330 letters, no scheme": _host(990, "{host}:80"),
    "host, 900 letters": _host(2700, "http://{host}/"),
    "host, 990 letters": _host(2970, "{host}:80"),
    "host in the query": _escaped_host(900, "/count?url={host}"),
    "host in the query, short": _escaped_host(53, "/count?url={host}"),
    "host in the query, escaped twice": _escaped_host(250, "/count?url=http://{host}"),
    "host, decomposed": _field("Referer", "http://{n}|\ufdfa|.example/", "/count"),
    "host, 330 decomposed": _field(
        "Referer", "http://{n}\ufdfa" + "\ufdfa" * 320 + "/||", "/count"
    )
    if False
    else _host(990, "http://\ufdfa\ufdfa{host}/"),
    "host, xn--": _field("Referer", "http://{n}.xn--|a9|/", "/count"),
    "host, labels of xn--": _field("Referer", "http://{n}|.xn--4ca|/", "/count"),
    "host, dots": _field("Referer", "http://{n}|.|/", "/count"),
    "host, digits": _field("Referer", "http://|0x0.|{n}/", "/count"),
    "host, number": _field("Referer", "http://|9|{n}/", "/count"),
    "host, hyphens": _field("Referer", "http://|a-|{n}/", "/count"),
    "host, at signs": _field("Referer", "http://|@|{n}.example/", "/count"),
    "host, colons": _field("Referer", "http://|:|{n}.example/", "/count"),
    "host, brackets": _field("Referer", "http://[|::|{n}]/", "/count"),
    "credentials": _field("Referer", "http://|{|@{n}.example/", "/count"),
    "scheme": _field("Referer", "|a+|{n}", "/count"),
    "no UTF-8": lambda number: _field("Referer", f"http://{number}|é|/", "/count")(
        number
    ).replace(b"\xc3", b"\xff"),
    # Paths.
    "path, escapes": _field("Referer", "http://{n}.example/|%7e|", "/count"),
    "path, lone percent signs": _field("Referer", "http://{n}.example/|%|", "/count"),
    "path, escaped dots": _field("Referer", "http://{n}.example|/%2e%2e|", "/count"),
    "path, dot segments": _field("Referer", "http://{n}.example|/a/..|", "/count"),
    "path, dots": _field("Referer", "http://{n}.example|/.|", "/count"),
    "path, slashes": _field("Referer", "http://{n}.example|/|", "/count"),
    "path, backslashes": _field("Referer", "http://{n}.example|\\|", "/count"),
    "path, letters": _field("Referer", "http://{n}.example/|日|", "/count"),
    "path, tabs": _field("Referer", "http://{n}.example/|\t|x", "/count"),
    "path, longest": _field(
        "Referer", "http://{n}.example/" + "%7e" * 2030 + "?|a|", "/count"
    ),
    "path, longest of letters": _field(
        "Referer", "http://{n}.example/" + "日" * 225 + "?|a|", "/count"
    ),
    "path, in the query": _target("/count?url={n}.example/|%257e|"),
    "query of the URL": _field("Referer", "http://{n}.example/?|%7e|", "/count"),
    "fragment of the URL": _field("Referer", "http://{n}.example/#|é|", "/count"),
    # The service's own addresses.
    "address, segments": _target("/{n}|/a|"),
    "address, escapes": _target("/{n}|%41|"),
    "address, file": _target("/static/{n}|a|"),
    # Queries.
    "query, names": lambda n: (
        b"GET /count?url=%d.example&" % n
        + b"&".join(b"%x=" % i for i in range(1600))
        + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    ),
    "query, one name": _target("/count?url={n}.example|&a=b|"),
    "query, ampersands": _target("/count?url={n}.example|&|"),
    "query, equals signs": _target("/count?url={n}.example|&=|"),
    "query, URLs": _target("/count?url={n}.example|&url=a|"),
    "query, escapes": _target("/count?url={n}.example&a=|%41|"),
    "query, escaped name": _target("/count?url={n}.example&|%41|=b"),
    "query, plus signs": _target("/count?url={n}.example&a=|+|"),
    "query, commas": _target("/count?url={n}.example&a=|,|"),
    "query, label": _target("/count/tag.svg?url=a.example&label={n}|%3C|"),
    "query, short label": lambda n: (
        b"GET /count/tag.svg?url=a.example&style=for-the-badge&label=%d%s HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"%EF%AC%83" * 54)
    ),
    "query, error label": lambda n: (
        b"GET /count/tag.svg?url=:&style=social&label=%d%s HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"%EF%AC%83" * 54)
    ),
    "query, days": _target("/nocount.json?url={n}.example&days=|9|"),
    "query, days of other digits": _target(
        "/nocount.json?url={n}.example&days=|%D9%A9|"
    ),
    "query, a year": lambda n: (
        b"GET /graph.svg?url=%d.example&days=365 HTTP/1.1\r\nHost: a\r\n\r\n" % n
    ),
    "query, base": _target("/count?url={n}.example&base=|9|"),
    # Pictures.
    "logo, PNG": _target(
        "/count/tag.svg?url=a.example&label={n}&logo=data:image/png;base64,|AAAA|"
    ),
    "logo, spaces": _target(
        "/count/tag.svg?url=a.example&label={n}&logo=data:image/png;base64,|++++|"
    ),
    "logo, no base64": _target(
        "/count/tag.svg?url=a.example&label={n}&logo=data:image/png;base64,|AAAA|*"
    ),
    "logo, equals signs": _target(
        "/count/tag.svg?url=a.example&label={n}&logo=data:image/png;base64,|=|"
    ),
    "logo, a long name": _target("/count/tag.svg?url=a.example&label={n}&logo=|a|"),
    "logo, no icon": lambda n: (
        b"GET /count/tag.svg?url=a.example&logo=none%d HTTP/1.1\r\nHost: a\r\n\r\n" % n
    ),
    "color, rgb": lambda n: (
        b"GET /count/tag.svg?url=a.example&color=rgb(%d+1+1%s HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"+" * 50)
    ),
    "color, digits": lambda n: (
        b"GET /count/tag.svg?url=a.example&color=rgb(%d%s HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"1" * 55)
    ),
    "color, percent": lambda n: (
        b"GET /count/tag.svg?url=a.example&color=rgb(%d%%25+++%s HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"1%25+" * 10)
    ),
    "color, hsl": lambda n: (
        b"GET /count/tag.svg?url=a.example&color=hsl(%d%srad,1%%25,1%%25) HTTP/1.1\r\nHost: a\r\n\r\n"
        % (n, b"9" * 40)
    ),
    # Header fields.
    "cookies": _field("Cookie", "|a=b; |hits-{n}=c"),
    "cookies, semicolons": _field("Cookie", "|;|hits-{n}=c"),
    "cookies, equals signs": _field("Cookie", "|=|hits-{n}=c"),
    "cookies, spaces": _field("Cookie", "a|; |hits-{n}=c"),
    "Accept": _field("Accept", "|a/b,|{n}/a", "/none"),
    "Accept, weights": _field("Accept", "|a/b;q=0.1,|{n}/a", "/none"),
    "Accept, parameters": _field("Accept", "text/html|;a=b|;c={n}", "/none"),
    "Accept, quotes": _field("Accept", 'text/html;a="{n}|\\"|', "/none"),
    "Accept, commas": _field("Accept", "{n}|,|", "/none"),
    "Accept, anything": _field("Accept", "|*/*,|{n}/a", "/none"),
    "Accept, semicolons": _field("Accept", "text/html|;|{n}", "/none"),
    "Accept, slashes": _field("Accept", "a|/|{n}", "/none"),
    "Accept-Encoding": _field("Accept-Encoding", "|a,|b{n}", "/"),
    "Accept-Encoding, different": lambda n: (
        b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %d" % n
        + b",".join(b"%x" % i for i in range(3500))
        + b"\r\n\r\n"
    ),
    "Accept-Encoding, weights": _field("Accept-Encoding", "|gzip;q= ,|b{n}", "/"),
    "Accept-Encoding, zeros": _field("Accept-Encoding", "gzip;q=0.|0|{n}", "/"),
    "If-None-Match": _field("If-None-Match", '|"a",|"b{n}"', "/"),
    "If-None-Match, quotes": _field("If-None-Match", '|"|{n}', "/"),
    "If-None-Match, weak": _field("If-None-Match", '|W/"",|"b{n}"', "/"),
    "If-None-Match, no tags": _field("If-None-Match", "|a |{n}", "/"),
    "If-None-Match, commas": _field("If-None-Match", "{n}|,|", "/"),
    "Origin": _field("Origin", "http://{n}|a|"),
    "X-Forwarded-Proto": _field("X-Forwarded-Proto", "|a,|https{n}"),
    "X-Forwarded-For": _field("X-Forwarded-For", "|::1, |192.0.2.{n}"),
    "Forwarded": _field("Forwarded", '|for="_a";by=b,|for={n}'),
    "Sec-Purpose": _field("Sec-Purpose", "|prefetc|{n}"),
    "Sec-GPC": _field("Sec-GPC", "1| |{n}"),
    "Range": _field("Range", "bytes=|0-1,|{n}-", "/"),
    "Access-Control-Request-Headers": lambda n: _field(
        "Access-Control-Request-Headers", "|a,|b{n}\r\nOrigin: http://a"
    )(n).replace(b"GET", b"OPTIONS", 1),
    "Content-Type": _field("Content-Type", "text/html|;a=b|;c={n}"),
    "Host": lambda n: (
        _field("X", "{n}||")(n)
        if False
        else b"GET /count?url=h.example/%d HTTP/1.1\r\nHost: " % n
        + b"a." * 8000
        + b"\r\n\r\n"
    ),
    "fields": lambda n: (
        b"GET /count?url=h.example/%d HTTP/1.1\r\n" % n
        + b"".join(b"%x: %s\r\n" % (i, b"a" * 150) for i in range(98))
        + b"Host: a\r\n\r\n"
    ),
    "fields of one name": lambda n: (
        b"GET /count?url=h.example/%d HTTP/1.1\r\nHost: a\r\n" % n
        + b"Referer: %s\r\n" % (b"a" * 145) * 98
        + b"\r\n"
    ),
    "an empty host": _field("Referer", "http://|a|", "/count/tag.svg?label={n}"),
}

"""The dearest requests of their size, by what they are made of.

Each is made anew for each number, so that nothing that is remembered can help. A target
has 8 KB, a head 16 KB at most: what is longer is refused before the app is called. In a
template, the part between the bars is repeated until that is full.
"""

import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

from hitsvc.badge.icons import MAX_MEASURED_PATH, Icons, installed_icons
from hitsvc.resources.many import MAX_BYTES, MAX_PAGES

MAX_TARGET = 8 * 1024
MAX_HEAD = 16 * 1024
# How many requests of a kind differ.
NUMBERS = 5

Request = Callable[[int], bytes]
_ASCII = "".join(map(chr, range(0x80)))

_COUNT = "/count?url=f.example/{n}"
_BADGE = "/count/tag.svg?url=a.example&label={n}"


def plain(_number: int) -> bytes:
    """A hit as nearly every visitor sends it, of a page that is known."""
    return request("/count/tag.svg?url=plain.example/page")


def painted(number: int) -> bytes:
    """A badge as PNG, with a number that none had before."""
    return request(f"/nocount/tag.png?url=plain.example/page&base={1000 + number}")


def request(target: str, *fields: str, method: str = "GET") -> bytes:
    """Write a request."""
    lines = [f"{method} {target} HTTP/1.1", "Host: a", *fields, "", ""]
    return "\r\n".join(lines).encode()


def target(template: str) -> Request:
    """Fill a target up."""
    return lambda number: request(filled(template, number, MAX_TARGET))


def field(
    name: str, template: str, to: str = _COUNT, method: str = "GET", *more: str
) -> Request:
    """Fill a header field up."""

    def make(number: int) -> bytes:
        address = to.replace("{n}", str(number))
        room = MAX_HEAD - len(request(address, *more, f"{name}: ", method=method))
        value = filled(template, number, room)
        return request(address, *more, f"{name}: {value}", method=method)

    return make


def referer(template: str) -> Request:
    """Come from a page with a long address."""
    return field("Referer", template, "/count")


def host(size: int, template: str, between: str = "") -> Request:
    """Come from a page whose host is of many different letters, in so many bytes.

    That is what Punycode is slow at.
    """

    def make(number: int) -> bytes:
        letters = between.join(_letters(number, size // 3))
        name = letters.encode()[:size].decode(errors="ignore")
        return request("/count", f"Referer: {template.format(name)}")

    return make


def escaped_host(count: int, template: str) -> Request:
    """Ask for a URL whose host is of many different letters, escaped."""

    def make(number: int) -> bytes:
        letters = _letters(number, count).encode()
        name = "".join(f"%{byte:02X}" for byte in letters)
        return request(f"/count?url={template.format(name)}")

    return make


def short(template: str) -> Request:
    """Ask for a target that need not be long to be dear."""
    return lambda number: request(template.replace("{n}", str(number)))


@cache
def _icons(most: int) -> list[str]:
    """Name the icons with the longest paths that are no longer than that."""
    icons = Icons(installed_icons())
    modules = (installed_icons() or Path("none")).glob("_*.py")
    found = filter(None, (icons.find(path.stem[1:]) for path in modules))
    fitting = sorted((len(icon.path), icon.slug) for icon in found)
    names = [slug for size, slug in fitting if size <= most]
    return names[: -NUMBERS - 1 : -1] or ["none"]


def icon(template: str, most: int = 10**6) -> Request:
    """Ask for the icons that take longest to draw, one after the other."""

    def make(number: int) -> bytes:
        names = _icons(most)
        return request(template.format(names[number % len(names)], number))

    return make


def many_fields(number: int) -> bytes:
    """Send as many fields as may be, each as long as fits."""
    fields = (f"x{i}: {'a' * 150}" for i in range(98))
    return request(f"/count?url=f.example/{number}", *fields)


def same_fields(number: int) -> bytes:
    """Send one that we read many times."""
    return request(f"/count?url=f.example/{number}", *["Referer: " + "a" * 145] * 98)


def not_utf8(number: int) -> bytes:
    """Send a Referer that is in no encoding."""
    return referer("http://{n}|é|/")(number).replace(b"\xc3", b"\xff")


def filled(template: str, number: int, room: int) -> str:
    """Repeat the part between the bars of a template until there is no more room."""
    before, part, after = template.replace("{n}", str(number)).split("|")
    times = (room - len((before + after).encode())) // len(part.encode())
    return before + part * times + after


def many(make: Callable[[int], str], *, of: int = 10**6) -> Request:
    """Ask for pages at once, as many as the body holds, or that are allowed.

    Args:
        make: Makes a URL of a number.
        of: How many of them are URLs of their own.
    """

    def asked(number: int) -> bytes:
        urls: list[str] = []
        room = MAX_BYTES
        while len(urls) < MAX_PAGES:
            url = json.dumps(
                make(number * MAX_PAGES + len(urls) % of), ensure_ascii=False
            )
            room -= len(quote(url, safe=_ASCII)) + 1
            if room < 1:
                break
            urls.append(url)
        return bodied(f"[{','.join(urls)}]".encode())

    return asked


def bodied(body: bytes) -> bytes:
    """Write a request for many pages."""
    head = request("/nocount.json", f"Content-Length: {len(body)}", method="POST")
    return head + body


def bodies(template: str) -> Request:
    """Fill a body up."""
    return lambda number: bodied(filled(template, number, MAX_BYTES).encode())


def _letters(number: int, count: int) -> str:
    return "".join(chr(0x4E00 + (number + i) % 20_000) for i in range(count))


def _different(number: int, count: int, between: str) -> str:
    return between.join(f"{number + i:x}" for i in range(count))


_WHOLE = MAX_HEAD - 100

HOSTS = {
    "longest": host(_WHOLE, "http://{}.example/"),
    "longest, no scheme": host(_WHOLE, "{}.example"),
    "letters between": host(_WHOLE, "http://{}.example/", "a"),
    "dots between": host(_WHOLE, "http://{}.example/", "."),
    "just parsed": host(990, "http://{}/"),
    "just parsed, no scheme": host(990, "{}:80"),
    "just parsed, dots between": host(990, "{}:80", "."),
    "just not parsed": host(1100, "http://{}/"),
    "just counted": host(190, "http://{}/"),
    "in the query": escaped_host(900, "{}"),
    "in the query, just parsed": escaped_host(110, "http://{}"),
    "in the query, remembered": escaped_host(50, "{}:80"),
    "decomposed": referer("http://{n}|\ufdfa|.example/"),
    "decomposed, just parsed": short("/count?url={n}" + "%EF%B7%BA" * 100 + ".example"),
    "vanishing letters": short("/count?url={n}" + "%C2%AD" * 160 + ".example"),
    "marks": referer("http://{n}a|\u0316\u0301|.example/"),
    "Punycode": referer("http://{n}.xn--|a9|/"),
    "Punycode, labels": referer("http://{n}|.xn--4ca|/"),
    "Punycode, just parsed": short("/count?url={n}" + ".xn--4ca" * 120),
    "dots": referer("http://{n}|.|/"),
    "numbers": referer("http://|0x0.|{n}/"),
    "a number": referer("http://|9|{n}/"),
    "hyphens": referer("http://|a-|{n}/"),
    "at signs": referer("http://|@|{n}.example/"),
    "at signs, just parsed": short("/count?url=" + "@" * 980 + "{n}.example"),
    "colons": referer("http://|:|{n}.example/"),
    "brackets": referer("http://[|::|{n}]/"),
    "credentials": referer("http://|{|@{n}.example/"),
    "a scheme": referer("|a+|{n}"),
    "no letters": not_utf8,
    "none": field("Referer", "http://|a|", "/count/tag.svg?label={n}"),
}
PATHS = {
    "escapes": referer("http://{n}.example/|%7e|"),
    "percent signs": referer("http://{n}.example/|%|"),
    "escaped dots": referer("http://{n}.example|/%2e%2e|"),
    "dot segments": referer("http://{n}.example|/a/..|"),
    "dots": referer("http://{n}.example|/.|"),
    "slashes": referer("http://{n}.example|/|"),
    "backslashes": referer("http://{n}.example|\\|"),
    "letters": referer("http://{n}.example/|日|"),
    "tabs": referer("http://{n}.example/|\t|x"),
    "escapes, just parsed": referer(
        "http://{n}.example/" + "%7e" * 2030 + "?|a|",
    ),
    "letters, just parsed": referer("http://{n}.example/" + "日" * 675 + "?|a|"),
    "percent signs, just parsed": referer("http://{n}.example/" + "%" * 2000 + "?|a|"),
    "dot segments, just parsed": referer(
        "http://{n}.example" + "/a/.." * 1000 + "?|a|"
    ),
    "in the query": target("/count?url={n}.example/|%257e|"),
    "query": referer("http://{n}.example/?|%7e|"),
    "fragment": referer("http://{n}.example/#|é|"),
}
ADDRESSES = {
    "segments": target("/{n}|/a|"),
    "escapes": target("/{n}|%41|"),
    "a file": target("/static/{n}|a|"),
    "markup": target("/{n}|&|"),
}
QUERIES = {
    "names": lambda number: request(
        f"/count?url={number}.example&{_different(number, 1500, '=&')}="
    ),
    "one name": target("/count?url={n}.example|&a=b|"),
    "ampersands": target("/count?url={n}.example|&|"),
    "equals signs": target("/count?url={n}.example|&=|"),
    "URLs": target("/count?url={n}.example|&url=a|"),
    "escapes": target("/count?url={n}.example&a=|%41|"),
    "no letters": target("/count?url={n}.example&a=|%FF|"),
    "an escaped name": target("/count?url={n}.example&|%41|=b"),
    "plus signs": target("/count?url={n}.example&a=|+|"),
    "commas": target("/count?url={n}.example&a=|,|"),
    "days": target("/nocount.json?url={n}.example&days=|9|"),
    "days in other digits": target("/nocount.json?url={n}.example&days=|%D9%A9|"),
    "a year": short("/graph.svg?url={n}.example&days=365"),
    "a base": target("/count?url={n}.example&base=|9|"),
}
LOOKS = {
    "a label": target(_BADGE + "|%3C|"),
    "the longest label": short(
        f"/count/tag.svg?url=a.example&style=for-the-badge&label={'%EF%AC%83' * 60}{{n}}"
    ),
    "the longest label of an error": short(
        f"/count/tag.svg?url=:&style=social&label={'%EF%AC%83' * 60}{{n}}"
    ),
    "a PNG": target(_BADGE + "&logo=data:image/png;base64,|AAAA|"),
    "a PNG in an error": target(
        "/count/tag.svg?url=:&label={n}&logo=data:image/png;base64,|AAAA|"
    ),
    "spaces in a PNG": target(_BADGE + "&logo=data:image/png;base64,|++++|"),
    "no PNG": target(_BADGE + "&logo=data:image/png;base64,|AAAA|*"),
    "equals signs": target(_BADGE + "&logo=data:image/png;base64,|=|"),
    "a long name": target(_BADGE + "&logo=|a|"),
    "no icon": short("/count/tag.svg?url=a.example&logo=none{n}"),
    "the largest icons": icon("/count/tag.svg?url=a.example&label={1}&logo={0}"),
    "the largest icons, fitted": icon(
        "/count/tag.svg?url=a.example&label={1}&logo={0}&logoSize=auto"
    ),
    "the largest icons that are measured": icon(
        "/count/tag.svg?url=a.example&label={1}&logo={0}&logoSize=auto",
        MAX_MEASURED_PATH,
    ),
    "spaces in rgb": short(f"{_BADGE}&color=rgb(1+1+1{'+' * 50}"),
    "spaces everywhere": short(f"{_BADGE}&color=rgb({'+' * 15}1{'+' * 20}1{'+' * 20}"),
    "digits in rgb": short(f"{_BADGE}&color=rgb({'1' * 59}"),
    "percent signs in rgb": short(f"{_BADGE}&color=rgb({'1%25+' * 18}"),
    "a large hue": short(f"{_BADGE}&color=hsl({'9' * 40}rad,1%25,1%25)"),
    "hex": short(f"{_BADGE}&color={'f' * 64}"),
}


def _bomb(side: int) -> bytes:
    """Write a PNG of so many black pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + side // 8) * side), 9)
    chunks = chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


# Of 6,000 by 6,000 pixels, in four kilobytes.
_BOMB = quote(b64encode(_bomb(6000)).decode())

# What has to be painted: the longest texts, and the icons that take longest.
_PNG = "/nocount/tag.png?url=a.example&base={n}"
PICTURES = {
    "wide letters": short(f"{_PNG}&label={'W' * 64}"),
    "large letters": short(f"{_PNG}&style=for-the-badge&label={'%EF%AC%83' * 64}"),
    "two shadows": short(f"{_PNG}&style=plastic&label={'W' * 64}&color=fff"),
    "Arabic": short(f"{_PNG}&label={'%D8%B2' * 64}"),
    "Devanagari": short(f"{_PNG}&label={'%E0%A4%A6%E0%A4%B0%E0%A5%8D' * 21}"),
    "marks": short(f"{_PNG}&label=a{'%CC%81' * 63}"),
    "emoji": short(f"{_PNG}&label={'%F0%9F%91%A8%E2%80%8D' * 32}"),
    "directions": short(f"{_PNG}&label={'%E2%81%A7%D7%90a' * 21}"),
    "no letters": short(f"{_PNG}&label={'%EE%80%80' * 64}"),
    "the largest icons": icon(
        "/nocount/tag.png?url=a.example&base={1}&label=x&logo={0}&logoSize=auto"
    ),
    "a picture that is a bomb": short(f"{_PNG}&logo=data:image/png;base64,{_BOMB}"),
}
HEADERS = {
    "cookies": field("Cookie", "|a=b; |hits-{n}=c"),
    "semicolons in cookies": field("Cookie", "|;|hits-{n}=c"),
    "equals signs in cookies": field("Cookie", "|=|hits-{n}=c"),
    "spaces in cookies": field("Cookie", "a|; |hits-{n}=c"),
    "media types": field("Accept", "|a/b,|{n}/a", "/none"),
    "any media types": field("Accept", "|*/*,|{n}/a", "/none"),
    "weights of media types": field("Accept", "|a/b;q=0.1,|{n}/a", "/none"),
    "parameters of a media type": field("Accept", "text/html|;a=b|;c={n}", "/none"),
    "a quoted parameter": field("Accept", 'text/html;a="{n}|\\"|', "/none"),
    "commas in Accept": field("Accept", "{n}|,|", "/none"),
    "semicolons in Accept": field("Accept", "text/html|;|{n}", "/none"),
    "slashes in Accept": field("Accept", "a|/|{n}", "/none"),
    "codings": field("Accept-Encoding", "|a,|b{n}", "/"),
    "different codings": lambda number: request(
        "/", f"Accept-Encoding: {_different(number, 3200, ',')}"
    ),
    "weights of codings": field("Accept-Encoding", "|gzip;q= ,|b{n}", "/"),
    "zeros in a weight": field("Accept-Encoding", "gzip;q=0.|0|{n}", "/"),
    "tags": field("If-None-Match", '|"a",|"b{n}"', "/"),
    "quotes in tags": field("If-None-Match", '|"|{n}', "/"),
    "weak tags": field("If-None-Match", '|W/"",|"b{n}"', "/"),
    "no tags": field("If-None-Match", "|a |{n}", "/"),
    "commas in tags": field("If-None-Match", "{n}|,|", "/"),
    "an origin": field("Origin", "http://{n}|a|"),
    "schemes": field("X-Forwarded-Proto", "|a,|https{n}"),
    "addresses": field("X-Forwarded-For", "|::1, |192.0.2.{n}"),
    "proxies": field("Forwarded", '|for="_a";by=b,|for={n}'),
    "a purpose": field("Sec-Purpose", "|prefetc|{n}"),
    "spaces in Sec-GPC": field("Sec-GPC", "1| |{n}"),
    "a purpose's words": field("X-Purpose", "|a,;|{n}"),
    "a user agent": field("User-Agent", "{n}|Mozilla/5.0 |"),
    "nearly a bot": field("User-Agent", "{n}|ContextualBo Spider|"),
    "starts of names": field("User-Agent", "{n}|(sentr Bin SSL Lab|"),
    "different letters in a user agent": lambda number: request(
        f"{_COUNT[:-3]}{number}", f"User-Agent: {_different(number, 2000, '')}"
    ),
    "ranges": field("Range", "bytes=|0-1,|{n}-", "/"),
    "headers to allow": field(
        "Access-Control-Request-Headers", "|a,|b{n}", _COUNT, "OPTIONS", "Origin: a"
    ),
    "a content type": field("Content-Type", "text/html|;a=b|;c={n}"),
    "many": many_fields,
    "many of one name": same_fields,
}
PAINTED: dict[str, Request] = {
    f"picture: {name}": make for name, make in PICTURES.items()
}
MANY = {
    "new ones": many("{}.example/page".format),
    "on one site": many("many.example/{}".format),
    "one page": many("{}.example/page".format, of=1),
    "escapes": many(lambda number: f"http://{number}.example/" + "%7e" * 40),
    "dot segments": many(lambda number: f"http://{number}.example" + "/%2e%2e" * 18),
    "letters": many(lambda number: f"http://{number}.example/" + "日" * 14),
    "hosts": many(lambda number: f"http://{_letters(number, 15)}/"),
    "long hosts": many(lambda number: f"http://{_letters(number, 320)}/"),
    "long hosts, no scheme": many(lambda number: f"{_letters(number, 320)}:80"),
    "longer hosts": many(lambda number: f"http://{_letters(number, 340)}/"),
    "dots": many(lambda number: f"http://{'.'.join(_letters(number, 240))}/"),
    "decomposed": many(lambda number: f"{number}{chr(0xFDFA) * 100}.example"),
    "vanishing letters": many(lambda number: f"{number}{chr(0xAD) * 160}.example"),
    "Punycode": many(lambda number: f"{number}{'.xn--4ca' * 110}"),
    "a long path": many(lambda number: f"{number}.example/" + "日" * 220),
    "strings": bodies('["{n}"|,""|]'),
    "no list": bodies("[{n}|,[]|]"),
    "lists in lists": bodies("|[|{n}"),
    "objects": bodies('[{n}|,{"a":1}|]'),
    "digits": bodies("[{n}|9|]"),
    "escaped letters": bodies('["{n}|\\u4e00|"]'),
    "escaped strings": bodies('["{n}"|,"\\u4e00"|]'),
}
WORST: dict[str, Request] = {
    f"{kind}: {name}": make
    for kind, requests in {
        "host": HOSTS,
        "path": PATHS,
        "address": ADDRESSES,
        "query": QUERIES,
        "look": LOOKS,
        "header": HEADERS,
        "many": MANY,
    }.items()
    for name, make in requests.items()
}

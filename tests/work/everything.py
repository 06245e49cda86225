"""The dearest requests for a service that has all switched on which is off by default.

See `requests` for how they are written. The operator's are sent with the token: what a
stranger sends there is refused unread.
"""

from collections.abc import Mapping

from tests.work.requests import (
    HEADERS,
    MAX_TARGET,
    PATHS,
    Request,
    escaped_host,
    field,
    filled,
    request,
    short,
    target,
)

TOKEN = "of-an-operator-0123456789"
# Those that change what a request costs.
SETTINGS: Mapping[str, str] = {
    "HITSVC_ADMIN_TOKEN": TOKEN,
    "HITSVC_CLIENT_HEADER": "X-Forwarded-For",
    "HITSVC_FOLD_INDEX": "on",
    "HITSVC_FOLD_SESSIONS": "on",
    "HITSVC_FOLD_WWW": "on",
    "HITSVC_HASH_ROUTES": "on",
    "HITSVC_IGNORE": "192.0.2.0/24, 2001:db8::/32",
    "HITSVC_QUERY": "p,id,a.example:q",
    "HITSVC_REFRESH": "both",
    "HITSVC_SITE_STATS": "on",
    "HITSVC_VISITORS": "on",
}
# Of one body of the operator's.
MAX_BODY = 16 * 1024

# As of a proxy that is trusted.
_HTTPS = "X-Forwarded-Proto: https"
_BEARER = f"Authorization: Bearer {TOKEN}"
_API = "/api/v1/pages/plain.example/page"
_SESSION = "__Host-hitsvc-operator"
_FORM = "Content-Type: application/x-www-form-urlencoded"


def body(
    template: str, to: str, *fields: str, method: str = "POST", most: int = MAX_BODY
) -> Request:
    """Fill a body up."""

    def make(number: int) -> bytes:
        sent = filled(template, number, most)
        length = f"Content-Length: {len(sent.encode())}"
        return request(to, _HTTPS, *fields, length, method=method) + sent.encode()

    return make


def of_operator(template: str, to: str = _API, method: str = "POST") -> Request:
    """Fill a body of the operator's program up."""
    return body(template, to, _BEARER, method=method)


SHORT = {
    "a long path": target("/{n}.example|/a|.svg"),
    "escapes": target("/{n}.example/|%7e|.svg"),
    "escapes of no letters": target("/{n}.example/|%FF|.svg"),
    "percent signs": target("/{n}.example/|%25|.svg"),
    "dot segments": target("/{n}.example|/a/..|/b.svg"),
    "slashes": target("/{n}.example|/|b.svg"),
    "slashes behind it": target("/{n}.example/b.svg|/|"),
    "slashes of a scheme": target("/https:|/|{n}.example/b.svg"),
    "schemes": target("/|https:/|{n}.example/b.svg"),
    "dots": target("/{n}|.|example/b.svg"),
    "endings": target("/{n}.example|.svg|"),
    "a query": target("/{n}.example/b.svg?|a=b&|"),
    "a query of escapes": target("/{n}.example/b.svg?p=|%7e|"),
    "a query of no letters": target("/{n}.example/b.svg?p=|%FF|"),
    "pages in its query": target("/{n}.example/b.svg?|url=a&|"),
    "a host of letters": lambda number: (
        escaped_host(110, "{}.example")(number)
        .replace(b"/count?url=", b"/", 1)
        .replace(b" HTTP", b"/a.svg HTTP", 1)
    ),
    "a host that is too long": target("/{n}.|%E4%B8%80|.example/a.svg"),
    "a route": target("/{n}.example/a.svg?|%23/|"),
    "escapes, just parsed": short("/{n}.example/" + "%7e" * 330 + ".svg"),
    "letters, just parsed": short("/{n}.example/" + "%E6%97%A5" * 105 + ".svg"),
    "dot segments, just parsed": short("/{n}.example" + "/a/.." * 180 + "/b.svg"),
    "Punycode, just parsed": short("/{n}" + ".xn--4ca" * 115 + "/b.svg"),
}
GUESSES = {
    "nearly one of ours": short("/count/tag.sv{n}"),
    "nearly all of ours": short("/nocount/shields.jso{n}"),
    "letters of ours": short("/{n}" + "nocuntagshields.jo" * 3),
    "a page behind one of ours": short("/count/{n}" + "a" * 180 + ".example"),
    "a page with another ending": short("/{n}" + "a" * 180 + ".example.png"),
    "a page of escapes": short("/{n}.example/" + "%7e" * 60),
    "a page of letters": short("/{n}" + "%E4%B8%80" * 20 + ".example"),
    "a page of Punycode": short("/{n}" + ".xn--4ca" * 23),
    "many pages": target("/count|/a.example|"),
    "slashes": target("/{n}|/|"),
    "slashes behind it": target("/count/tga.svg|/|"),
    "a query": short("/tag?{n}" + "a" * 190),
    "a long query": target("/tag?{n}|a|"),
    "many dots": target("/{n}|.|"),
}
STATISTICS = {
    "a page": short("/p/{n}.example/"),
    "a page as a table": short("/p/{n}.example/?as=csv"),
    "a year": short("/p/{n}.example/?period=year"),
    "no such period": target("/p/{n}.example/?period=|a|"),
    "a period that leads on": target("/p?url={n}.example&period=|%C3%A9|"),
    "a long path": target("/p/{n}.example|/a|"),
    "a long path that is a page": short("/p/{n}.example" + "/a" * 480),
    "escapes": target("/p/{n}.example/|%7e|"),
    "escapes in a page": short("/p/{n}.example/" + "%7e" * 330),
    "letters": short("/p/{n}.example/" + "%E6%97%A5" * 110),
    "right to left": short("/p/{n}.example/" + "%D7%90%2D" * 110),
    "markup": short("/p/{n}.example/" + "&" * 900),
    "a host of letters": short("/p/{n}" + "%E4%B8%80" * 20 + ".example/"),
    "labels of letters": short("/p/{n}" + ".xn--4ca" * 25 + "/"),
    "by its query": target("/p?url={n}.example&|a=b&|"),
    "none": short("/p?{n}"),
    "a chart": short("/graph.svg?url={n}.example&days=365"),
    "a chart with colours": short(
        f"/graph.svg?url={{n}}.example&days=365&color=rgb({'1%25+' * 18}"
    ),
}
SITES = {
    "a site": short("/s/plain.example?{n}"),
    "none": short("/s/{n}.example"),
    "a long name": target("/s/{n}|a|.example"),
    "labels": target("/s/{n}|.a|"),
    "letters": target("/s/{n}|%E4%B8%80|.example"),
    "few letters": short("/s/{n}" + "%E4%B8%80" * 20 + ".example"),
    "Punycode": short("/s/{n}" + ".xn--4ca" * 30),
    "markup": target("/s/{n}|%26|"),
    "a table": short("/s/plain.example?as=csv&{n}"),
    "JSON": short("/site.json?host=plain.example&top=200&{n}"),
    "JSON of none": short("/site.json?host={n}.example&top=200"),
    "letters, in JSON": target("/site.json?host={n}|%E4%B8%80|.example"),
    "few letters, in JSON": short("/site.json?host={n}" + "%E4%B8%80" * 20 + ".de"),
    "Punycode, in JSON": short("/site.json?host={n}" + ".xn--4ca" * 30),
    "names": target("/site.json?|host=a&|"),
    "so many pages": target("/site.json?host=plain.example&top=|9|"),
    "so many pages in other digits": target(
        "/site.json?host=plain.example&top=|%D9%A9|"
    ),
    "no number": target("/site.json?host=plain.example&top=|a|"),
}
BODIES = {
    "digits": of_operator('{"total": |9|{n}}', method="PUT"),
    "as many digits as are read": body(
        '{"total": |9|{n}}', _API, _BEARER, method="PUT", most=4300
    ),
    "a fraction": of_operator('{"total": 0.|9|{n}}', method="PUT"),
    "an exponent": of_operator('{"total": 1e|9|{n}}', method="PUT"),
    "lists in lists": of_operator("|[|{n}"),
    "objects in objects": of_operator('|{"a":|{n}'),
    "names": lambda number: of_operator(
        "{{{}|,|}}".format(",".join(f'"{number}{i:x}":1' for i in range(1300)))
    )(number),
    "one name": of_operator('{"a":1|,"a":1|,"b{n}":1}'),
    "a long name": of_operator('{"{n}|a|":1}'),
    "escaped letters": of_operator('{"move":"{n}|\\u4e00|"}'),
    "a page to move to": of_operator('{"move":"http://{n}.example/|~|"}'),
    "a host to move to": of_operator('{"move":"{n}|一|.example"}'),
    "a day": of_operator('{"add":1,"day":"|9|{n}"}'),
    "an undo": field("X-Empty", "{n}|a|", "/api/v1/undo/{n}", "POST", _HTTPS, _BEARER),
    "fields of a form": body("|a=b&|{n}", "/admin/sign-in", _FORM),
    "different fields of a form": lambda number: body(
        "|&|" + "&".join(f"{number}{i:x}=" for i in range(1800)),
        "/admin/sign-in",
        _FORM,
    )(number),
    "escapes in a form": body("token=|%7e|{n}", "/admin/sign-in", _FORM),
    "no letters in a form": body("token=|%FF|{n}", "/admin/sign-in", _FORM),
    "a token": field("Authorization", "Bearer {n}|a|", _API, "GET", _HTTPS),
    "schemes of a token": field("Authorization", "|Bearer |{n}", _API, "GET", _HTTPS),
    "sessions": field("Cookie", f"{_SESSION}={{n}}|a|", "/admin/pages", "GET", _HTTPS),
    "a session of dots": field(
        "Cookie", f"{_SESSION}=|.|{{n}}", "/admin/pages", "GET", _HTTPS
    ),
    "a code": lambda number: request(
        filled("/admin/?code={n}|a|", number, MAX_TARGET), _HTTPS
    ),
    "what is looked for": lambda number: request(
        filled("/api/v1/pages?q={n}|a|", number, MAX_TARGET), _HTTPS, _BEARER
    ),
    "a page that is looked for": lambda number: request(
        filled("/api/v1/pages/{n}.example/|%7e|", number, MAX_TARGET), _HTTPS, _BEARER
    ),
    "to be left out": body("{n}|a|", "/leave-me-out?off=1", most=8000),
    "an origin that leaves out": field(
        "Origin", "http://{n}|a|", "/leave-me-out?off=1", "POST", "Content-Length: 0"
    ),
}
# Of a visitor whose address is known: refreshes and visitors are told by it, too.
HITS = {
    "plain": lambda _number: request(
        "/count/tag.svg?url=plain.example/page", "X-Forwarded-For: 8.8.4.4"
    ),
    "many labels": short("/count?url={n}" + ".a" * 120),
    "many parameters": target("/count?url={n}.example/%3F|p%3Da%26|"),
    "sessions": target("/count?url={n}.example/|;jsessionid=a|"),
    "a route": target("/count?url={n}.example/%23/|a/|"),
    "nearly an index": target("/count?url={n}.example|/index.htm|"),
    "one's own visit": field("X-Forwarded-For", "|192.0.2.1, |192.0.2.{n}"),
}
KINDS: Mapping[str, Mapping[str, Request]] = {
    "hit": HITS,
    "short": SHORT,
    "guess": GUESSES,
    "statistics": STATISTICS,
    "site": SITES,
    "operator": BODIES,
    "path": PATHS,
    "header": HEADERS,
}
EVERYTHING: dict[str, Request] = {
    f"all on: {kind}: {name}": make
    for kind, requests in KINDS.items()
    for name, make in requests.items()
}

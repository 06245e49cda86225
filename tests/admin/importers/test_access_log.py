"""Access logs: which lines are views, of which page, on which day."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hitsvc.admin.importers import AccessLog
from hitsvc.admin.importers.access_log import BOT, NO_LINE, TOO_LONG
from hitsvc.admin.importers.page_requests import (
    NO_PAGE,
    NO_PATH,
    NOT_GET,
    NOT_OK,
    PREFETCH,
)
from hitsvc.admin.importers.shape import NO_DAY, NO_HOST, OTHER_SITE
from tests.admin.importers.samples import Sample, days_of, shaper, why

AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/129.0"
TIME = "01/Mar/2026:23:30:00 +0100"


def line(
    request: str = "GET /post HTTP/1.1",
    *,
    status: int = 200,
    left: str = "203.0.113.9 - -",
    time: str = TIME,
    agent: str = AGENT,
) -> str:
    return f'{left} [{time}] "{request}" {status} 512 "-" "{agent}"\n'


def caddy(uri: str = "/post", *, request: Any = (), **fields: Any) -> str:
    value = {
        "level": "info",
        "ts": 1772404200.25,
        "logger": "http.log.access.log0",
        "msg": "handled request",
        "request": {
            "remote_ip": "203.0.113.9",
            "proto": "HTTP/2.0",
            "method": "GET",
            "host": "example.com",
            "uri": uri,
            "headers": {"User-Agent": [AGENT]},
            "tls": {"resumed": False},
            **dict(request),
        },
        "status": 200,
        "resp_headers": {"Content-Type": ["text/html; charset=utf-8"]},
        **fields,
    }
    return json.dumps(value) + "\n"


def traefik(path: str = "/post", **fields: Any) -> str:
    value = {
        "ClientHost": "203.0.113.9",
        "DownstreamStatus": 200,
        "RequestAddr": "example.com:443",
        "RequestHost": "example.com",
        "RequestMethod": "GET",
        "RequestPath": path,
        "StartUTC": "2026-03-01T22:30:00.123456789Z",
        "time": "2026-03-02T00:30:01+01:00",
        "request_User-Agent": AGENT,
        **fields,
    }
    return json.dumps(value) + "\n"


def nobody(_agent: str) -> bool:
    return False


def read(
    sample: Sample, text: str, *, is_bot: Callable[[str], bool] = nobody, **shape: Any
) -> tuple[dict[tuple[str, str], int], dict[str, tuple[int, int]]]:
    made = shaper(**{"site": "example.com", **shape})
    log = AccessLog(sample("access.log", text), made, is_bot=is_bot)
    return days_of(log.rows()), why(made.left_out)


@pytest.mark.parametrize("text", [line(), caddy(), traefik()])
def test_each_view_is_a_hit_of_its_day(sample, text):
    """In UTC that was still the first of March: half past ten in the evening."""
    expected = {("example.com/post", "2026-03-01"): 2}

    assert read(sample, text + text) == (expected, {})


@pytest.mark.parametrize("text", [line(), caddy(), traefik()])
def test_the_day_is_the_services(sample, text):
    """Whatever zone the log is written in."""
    assert list(read(sample, text, zone=ZoneInfo("Asia/Tokyo"))[0]) == [
        ("example.com/post", "2026-03-02")
    ]


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("01/Mar/2026:00:30:00 +0100", "2026-02-28"),
        ("28/Feb/2026:23:30:00 -0500", "2026-03-01"),
        ("31/Dec/2025:23:59:60 +0000", None),
        ("32/Dec/2025:23:59:00 +0000", None),
        ("01/Mrz/2026:23:30:00 +0100", None),
        ("2026-03-01T23:30:00+01:00", None),
    ],
)
def test_the_offset_comes_before_the_day(sample, time, day):
    """A time that cannot be read has no day."""
    found, reasons = read(sample, line(time=time))

    assert list(found) == ([("example.com/post", day)] if day else [])
    assert reasons == ({} if day else {NO_DAY: (1, 1)})


@pytest.mark.parametrize(
    ("left", "site", "pages"),
    [
        ("203.0.113.9 - -", "example.com", ["example.com/post"]),
        ("2001:db8::1 - -", "example.com", ["example.com/post"]),
        ("203.0.113.9 - John [x] Smith", "example.com", ["example.com/post"]),
        ("203.0.113.9 - - Smith", "example.com", ["example.com/post"]),
        ("203.0.113.9 - -", None, []),
        ("blog.example:443 203.0.113.9 - -", None, ["blog.example/post"]),
        ("blog.example:80 203.0.113.9 - me", None, ["blog.example/post"]),
        ("blog.example 2001:db8::1 - -", None, ["blog.example/post"]),
        ("blog.example:8080 203.0.113.9 - -", None, ["blog.example:8080/post"]),
        ("[::1]:443 ::1 - -", None, ["[::1]/post"]),
        ("_ 203.0.113.9 - -", "example.com", ["example.com/post"]),
        ("- 203.0.113.9 - -", None, []),
    ],
)
def test_the_host_is_the_virtual_one(sample, left, site, pages):
    """Where the format has none, it is --site."""
    found, reasons = read(sample, line(left=left), site=site)

    assert [url for url, _ in found] == pages
    assert reasons == ({} if pages else {NO_HOST: (1, 1)})


def test_another_host_is_of_another_site(sample):
    """Everybody can ask a server for any host."""
    text = line(left="evil.example:443 203.0.113.9 - -") + caddy(
        request={"host": "a.example"}
    )

    assert read(sample, text + traefik(RequestHost="b.example")) == (
        {},
        {OTHER_SITE: (3, 3)},
    )


REASONS = [
    ("POST /post HTTP/1.1", 200, NOT_GET),
    ("HEAD /post HTTP/1.1", 200, NOT_GET),
    ("GET /post HTTP/1.1", 301, NOT_OK),
    ("GET /post HTTP/1.1", 404, NOT_OK),
    ("GET /post HTTP/1.1", 206, NOT_OK),
    ("GET /post HTTP/1.1", 499, NOT_OK),
    ("GET /style.css?v=2 HTTP/1.1", 200, NO_PAGE),
    ("GET /a/IMG.JPEG HTTP/1.1", 200, NO_PAGE),
    ("GET /robots.txt HTTP/1.1", 200, NO_PAGE),
    ("GET /feed.xml HTTP/1.1", 200, NO_PAGE),
    ("GET /.env HTTP/1.1", 200, NO_PAGE),
    ("GET /.well-known/traffic-advice HTTP/1.1", 200, NO_PAGE),
    ("GET http://example.com/post HTTP/1.1", 200, NO_PATH),
    ("GET * HTTP/1.1", 200, NO_PATH),
    ("-", 400, NO_LINE),
    ("", 400, NO_LINE),
    ("GET /post", 200, NO_LINE),
    ("\\x16\\x03\\x01", 400, NO_LINE),
]


@pytest.mark.parametrize(("request_line", "status", "reason"), REASONS)
def test_what_is_no_view_of_a_page_is_left_out(sample, request_line, status, reason):
    """Each with its reason."""
    assert read(sample, line(request_line, status=status)) == ({}, {reason: (1, 1)})


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/", "example.com"),
        ("/?utm=1", "example.com"),
        ("/index.html", "example.com/index.html"),
        ("/a.php?id=7", "example.com/a.php"),
        ("/v1.2", "example.com/v1.2"),
        ("/mr.smith/", "example.com/mr.smith"),
        ("/pictures.zip/about", "example.com/pictures.zip/about"),
        ("/css", "example.com/css"),
        ("//double", "example.com//double"),
        ("/a b", "example.com/a%20b"),
        ("/\\xC3\\xBC", "example.com/%C3%BC"),
        ("/\\x22x\\x22", "example.com/%22x%22"),
        ('/\\"x', "example.com/%22x"),
        ("/ü", "example.com/%C3%BC"),
    ],
)
def test_what_may_be_a_page_is_one(sample, target, key):
    """An ending that is no file's is part of a name; what was escaped is read."""
    assert list(read(sample, line(f"GET {target} HTTP/1.1"))[0]) == [
        (key, "2026-03-01")
    ]


def test_not_modified_is_a_view(sample):
    """The browser had the page, and showed it."""
    text = (
        line(status=304)
        + caddy(status=304, resp_headers={})
        + traefik(DownstreamStatus=304)
    )

    assert read(sample, text)[0] == {("example.com/post", "2026-03-01"): 3}


def test_declared_bots_are_left_out(sample):
    """By a predicate that is given."""
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1)"
    text = line(agent=bot) + line(agent=bot) + line() + line(agent="-") + line(agent="")
    text += caddy(request={"headers": {"User-Agent": [bot]}})
    text += traefik(**{"request_User-Agent": bot})

    assert read(sample, text, is_bot=lambda agent: "Googlebot" in agent) == (
        {("example.com/post", "2026-03-01"): 3},
        {BOT: (4, 4)},
    )


PREFETCHES = [
    ("Sec-Purpose", "prefetch", {PREFETCH: (1, 1)}),
    ("Purpose", "prefetch", {PREFETCH: (1, 1)}),
    ("X-Moz", "prefetch", {PREFETCH: (1, 1)}),
    ("X-Purpose", "preview", {PREFETCH: (1, 1)}),
    ("Sec-Purpose", "prefetch;prerender", {}),
    ("Sec-Fetch-Mode", "navigate", {}),
]


@pytest.mark.parametrize(("header", "value", "reasons"), PREFETCHES)
def test_what_is_fetched_in_advance_is_no_view(sample, header, value, reasons):
    """A page that is drawn in advance is: it is not asked for again."""
    assert read(sample, caddy(request={"headers": {header: [value]}}))[1] == reasons
    assert read(sample, traefik(**{f"request_{header}": value}))[1] == reasons


@pytest.mark.parametrize(
    "kind", ["application/json", "image/png", "text/plain; charset=x"]
)
def test_a_content_type_tells_pages(sample, kind):
    """Where the log has it."""
    text = caddy(resp_headers={"Content-Type": [kind]})
    text += traefik(**{"downstream_Content-Type": kind})

    assert read(sample, text) == ({}, {NO_PAGE: (2, 2)})


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        (1772404200, "2026-03-01"),
        ("2026-03-01T23:30:00.000+0100", "2026-03-01"),
        ("2026-03-01T22:30:00Z", "2026-03-01"),
        ("2026/03/01 22:30:00", None),
        ("2026-03-01T22:30:00", None),
        (1e300, None),
        (True, None),
        (None, None),
    ],
)
def test_caddy_writes_times_as_it_is_told(sample, stamp, day):
    """One without a zone could be of two days."""
    found, reasons = read(sample, caddy(ts=stamp))

    assert [name for _, name in found] == ([day] if day else [])
    assert reasons == ({} if day else {NO_DAY: (1, 1)})


def test_hosts_of_json_logs_are_hosts(sample):
    """The port that need not be said is not said; without a host it is --site."""
    text = (
        caddy(request={"host": "example.com:443"})
        + caddy(request={"host": "example.com:80", "tls": None})
        + caddy(request={"host": ""})
        + traefik(RequestHost="-")
        + traefik(StartUTC="x", time="2026-03-01T23:30:00+01:00")
    )

    assert read(sample, text) == ({("example.com/post", "2026-03-01"): 5}, {})


DAMAGED = [
    "nonsense",
    "{}",
    "{",
    "[" * 30_000,
    '{"request":' * 10_000,
    '{"request":{}}',
    '{"request":{"method":5,"headers":[],"uri":{}},"resp_headers":7,"status":"x"}',
    '{"request":{"method":"GET","uri":"/","headers":{"User-Agent":[]}},"status":true}',
    '{"RequestPath":7}',
    '203.0.113.9 - - [x] "GET / HTTP/1.1" 200 5',
    f'203.0.113.9 - - [{TIME}] "GET / HTTP/1.1',
    f'203.0.113.9 - - [{TIME}] "' + "\\" * 60_000,
    f'203.0.113.9 - - [{TIME}] "' * 1000,
    "\x00\xff",
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_line_is_left_out(sample, text):
    """The next one is read."""
    found, reasons = read(sample, f"{text}\n\n{line()}")

    assert list(found.values()) == [1]
    assert sum(rows for rows, _ in reasons.values()) == 1


def test_a_line_that_is_too_long_is_left_out(sample):
    """And the common log format, without agent, is read."""
    common = f'203.0.113.9 - - [{TIME}] "GET /post HTTP/1.1" 200 512\n'

    assert read(sample, "x" * 70_000 + "\n" + common) == (
        {("example.com/post", "2026-03-01"): 1},
        {TOO_LONG: (1, 1)},
    )


def test_an_example_has_no_address(sample):
    """The record may be shown around."""
    made = shaper()
    text = line(status=404) + caddy(status=404) + traefik(ts="x", RequestPath="/a.css")
    list(AccessLog(sample("x", text), made, nobody).rows())

    examples = [text for r in made.left_out.reasons.values() for text in r.examples]
    assert examples == [
        "x, line 1: GET /post 404",
        "x, line 2: GET example.com/post 404",
        "x, line 3: GET example.com/a.css 200",
    ]

"""The behaviour of the service over ASGI: every route, header, cookie and error."""

import asyncio
import json
import re
from itertools import product
from types import MappingProxyType
from typing import Any

import falcon
import falcon.asgi
import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from falcon import testing

from hitsvc.answer.problems import ProblemSerializer, add_problems
from hitsvc.app import create_app
from hitsvc.errors import SettingsError
from hitsvc.pages.page import SECURITY_HEADERS
from hitsvc.settings import Settings
from tests.support.site import Headers, Site, serve, shown

COUNTING = ["/count", "/count/tag.svg", "/count.json"]
READING = ["/nocount", "/nocount/tag.svg", "/nocount.json", "/nocount/shields.json"]
ROUTES = COUNTING + READING
TEXTS = ["/count", "/nocount"]
BADGES = ["/count/tag.svg", "/nocount/tag.svg"]
JSONS = ["/count.json", "/nocount.json", "/nocount/shields.json"]
OTHERS = ["/graph.svg", "/hits.js", "/healthz", "/readyz", "/"]

TOTAL = "hits:{example.com}"
PAGE = {"Referer": "https://example.com/"}
ORIGIN = {"Origin": "https://example.com"}
UNCACHED = {
    "cache-control": "no-cache, no-store, must-revalidate, private, max-age=0",
    "pragma": "no-cache",
    "expires": "0",
}
CONTRACT = {
    **UNCACHED,
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "X-Hits-Reason",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
# Not sent with other addresses' answers.
OF_COUNTS = {"access-control-expose-headers", "cross-origin-resource-policy"}
TYPES = {
    "/count": "text/plain; charset=utf-8",
    "/nocount": "text/plain; charset=utf-8",
    "/count/tag.svg": "image/svg+xml",
    "/nocount/tag.svg": "image/svg+xml",
    **dict.fromkeys(JSONS, "application/json"),
}
METHODS = {
    **dict.fromkeys(COUNTING, "GET, HEAD, OPTIONS, POST"),
    **dict.fromkeys([*READING, "/graph.svg"], "GET, HEAD, OPTIONS"),
}
NO_URL = "no URL: add ?url= to this address, or link to it from a page"
NOT_A_URL = "this is not a valid URL"
TOO_LONG = "the URL is longer than 2048 bytes"
AWAY = "the counter is unavailable; try again in a moment"
NO_METHOD = "this address does not take that method"
NOT_FOUND = "there is nothing at this address"

LONGEST = "example.com/" + "a" * (2048 - len("example.com/"))


def cookie_from(result: testing.Result) -> str:
    """Return what a browser sends back after an answer."""
    pair: str = result.headers["set-cookie"].partition(";")[0]
    return pair


def without(headers: Headers, *names: str) -> dict[str, str]:
    """Return headers without some."""
    return {name: value for name, value in headers.items() if name not in names}


class TestCounts:
    """What is counted, and what is shown."""

    @pytest.mark.parametrize("route", COUNTING)
    def test_a_get_counts(self, site, route):
        """Each GET of a counting route raises the total and shows it."""
        answers = [site.get(f"{route}?url=example.com") for _ in range(3)]

        assert [shown(answer) for answer in answers] == ["1", "2", "3"]
        assert site.total() == 3

    @pytest.mark.parametrize("route", READING)
    def test_a_get_of_nocount_does_not_count(self, site, route):
        """A reading route shows the total and leaves it."""
        site.redis.set(TOTAL, 41)

        assert shown(site.get(f"{route}?url=example.com")) == "41"
        assert site.total() == 41

    @pytest.mark.parametrize("route", READING)
    def test_a_page_that_nobody_visited_has_none(self, site, route):
        """An unknown URL reads as 0, and reading makes no key."""
        assert shown(site.get(f"{route}?url=example.com")) == "0"
        assert site.redis.keys("*") == []

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
    @pytest.mark.parametrize("route", ROUTES)
    def test_only_get_counts(self, site, route, method):
        """HEAD and OPTIONS leave no trace in Redis and have no body."""
        result = site.ask(method, f"{route}?url=example.com")

        assert result.status_code < 300
        assert result.content == b""
        assert site.redis.keys("*") == []

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"Sec-Purpose": "prefetch"}, id="Sec-Purpose"),
            pytest.param({"Sec-Purpose": "prefetch;prerender"}, id="prerender"),
            pytest.param({"Sec-Purpose": "Prefetch"}, id="any case"),
            pytest.param({"Purpose": "prefetch"}, id="Purpose"),
        ],
    )
    @pytest.mark.parametrize("route", COUNTING)
    def test_a_prefetch_does_not_count(self, site, route, headers):
        """A browser that only prepares a visit sees the count and gets no cookie."""
        site.redis.set(TOTAL, 7)

        result = site.get(f"{route}?url=example.com", headers)

        assert shown(result) == "7"
        assert "set-cookie" not in result.headers
        assert site.redis.keys("*") == [TOTAL]

    @pytest.mark.parametrize("route", COUNTING)
    def test_a_post_counts_as_a_get_does(self, site, route):
        """A script's POST is a hit, with its cookie; the body does not matter."""
        result = site.ask("POST", f"{route}?url=example.com")

        assert shown(result) == "1"
        assert "set-cookie" in result.headers
        assert site.total() == 1

    def test_another_purpose_counts(self, site):
        """Only prefetch is no visit."""
        assert site.get("/count", {**PAGE, "Purpose": "preview"}).text == "1"

    def test_routes_share_the_count_of_a_page(self, site):
        """Text and badge, counting and reading, show the same total."""
        answers = [site.get(f"{route}?url=example.com") for route in ROUTES]

        assert [shown(answer) for answer in answers] == list("123") + ["3"] * len(
            READING
        )

    def test_a_hit_is_kept_for_its_day_too(self, site):
        """One hit makes a total and one day's bucket, and neither expires."""
        site.get("/count?url=example.com", {"Sec-GPC": "1"})

        assert sorted(site.redis.keys("*")) == [TOTAL, f"{TOTAL}:days"]
        assert list(site.redis.hgetall(f"{TOTAL}:days").values()) == ["1"]
        assert (site.redis.ttl(TOTAL), site.redis.ttl(f"{TOTAL}:days")) == (-1, -1)

    def test_a_large_count_is_shown_in_full(self, site):
        """No number is rounded or grouped."""
        site.redis.set(TOTAL, 2**63 - 2)

        assert site.get("/count?url=example.com").text == "9223372036854775807"


class TestWhichURL:
    """Which page a request is for."""

    @pytest.mark.parametrize(
        ("target", "headers", "key"),
        [
            pytest.param("?url=a.com", {}, "a.com", id="parameter"),
            pytest.param("", {"Referer": "http://b.com/x"}, "b.com/x", id="Referer"),
            pytest.param("?url=a.com", PAGE, "a.com", id="parameter beats Referer"),
            pytest.param("?url=", PAGE, "example.com", id="blank is as none"),
            pytest.param("?url", PAGE, "example.com", id="no value is as none"),
            pytest.param("?URL=a.com", PAGE, "example.com", id="names have a case"),
            pytest.param("?x=1&url=a.com&y", {}, "a.com", id="others are ignored"),
            pytest.param("?url=https%3A%2F%2Fa.com%2Fx", {}, "a.com/x", id="encoded"),
            pytest.param("?url=https://a.com/x", {}, "a.com/x", id="not encoded"),
            pytest.param("?url=a.com/x,y", {}, "a.com/x,y", id="a comma is no list"),
            pytest.param("?url=a.com/b+c", {}, "a.com/b%20c", id="plus is a space"),
            pytest.param("?url=a.com/%C3%BC", {}, "a.com/%C3%BC", id="UTF-8"),
            pytest.param(
                "", {"Referer": "http://a.com/\xc3\xbc"}, "a.com/%C3%BC", id="raw UTF-8"
            ),
        ],
    )
    def test_request_is_for(self, site, target, headers, key):
        """The url parameter names the page, else the Referer does."""
        assert site.get(f"/count{target}", headers).text == "1"
        assert site.total(key) == 1

    @pytest.mark.parametrize("route", ROUTES)
    @pytest.mark.parametrize(
        ("target", "headers", "reason"),
        [
            pytest.param("", {}, NO_URL, id="neither"),
            pytest.param("?url=", {}, NO_URL, id="blank"),
            pytest.param("", {"Referer": ""}, NO_URL, id="blank Referer"),
            pytest.param("?url=http://[", {}, NOT_A_URL, id="malformed"),
            pytest.param("?url=/x", {}, "this is no URL: it has no host", id="path"),
            pytest.param(
                "?url=ftp://a.com",
                {},
                "only http and https URLs can be counted",
                id="scheme",
            ),
            pytest.param(
                "?url=a.com&url=b.com", {}, "url is given more than once", id="two"
            ),
            pytest.param(
                "?url=&url=b.com",
                {},
                "url is given more than once",
                id="a blank and one",
            ),
            pytest.param("", {"Referer": "about:blank"}, None, id="Referer's scheme"),
        ],
    )
    def test_what_names_no_page_is_refused(self, site, route, target, headers, reason):
        """400 with the reason, and nothing is counted."""
        result = site.get(route + target, headers)

        assert result.status_code == 400
        assert result.headers["x-hits-reason"] == (
            reason or "only http and https URLs can be counted"
        )
        assert site.redis.keys("*") == []

    @pytest.mark.parametrize("route", ROUTES)
    def test_the_longest_url_is_counted(self, site, route):
        """A key of 2,048 bytes is answered."""
        assert site.get(f"{route}?url={LONGEST}").status_code == 200

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_longer_url_is_refused(self, site, route):
        """One byte more is 414, and nothing is counted."""
        result = site.get(f"{route}?url={LONGEST}a")

        assert result.status_code == 414
        assert result.headers["x-hits-reason"] == TOO_LONG
        assert site.redis.keys("*") == []

    def test_the_limit_is_on_the_key_not_the_request(self, site):
        """A URL whose every byte is escaped is three times as long, and counted."""
        escaped = "".join(f"%{ord(char):02X}" for char in LONGEST)

        assert site.get(f"/count?url={escaped}").text == "1"
        assert site.total(LONGEST) == 1

    @pytest.mark.parametrize("length", [512, 513])
    def test_a_url_is_one_whether_its_key_is_cached_or_not(self, site, length):
        """On both sides of the cache's limit the same URL is the same page."""
        url = "a.com/".ljust(length, "x")

        assert [site.get(f"/count?url={url}").text for _ in "ab"] == ["1", "2"]

    def test_a_refused_url_is_refused_again(self, site):
        """No cache makes a page of what was an error."""
        answers = [site.get("/count?url=http://[").status_code for _ in "ab"]

        assert answers == [400, 400]


class TestRefresh:
    """The anti-refresh cookie: who is counted again."""

    @pytest.mark.parametrize("route", COUNTING)
    def test_a_visitor_who_comes_back_is_not_counted(self, site, route):
        """With a live cookie the count is shown, not raised, and no cookie is set."""
        cookie = cookie_from(site.get(f"{route}?url=example.com"))
        site.get("/count?url=example.com")

        result = site.get(f"{route}?url=example.com", {"Cookie": cookie})

        assert shown(result) == "2"
        assert "set-cookie" not in result.headers
        assert site.total() == 2

    def test_the_cookie_is_found_among_others(self, site):
        """Other cookies of the same host do not matter."""
        cookie = cookie_from(site.get("/count", PAGE))

        result = site.get("/count", {**PAGE, "Cookie": f"a=b; {cookie}; c; d=e=f"})

        assert result.text == "1"

    def test_the_token_lives_as_long_as_the_setting_says(self, open_site):
        """Redis expires the token; the cookie has the same lifetime."""
        site = open_site(cookie_timeout=90)

        result = site.get("/count", PAGE)

        (token,) = site.tokens()
        assert token == f"{TOTAL}:t:{cookie_from(result).partition('=')[2]}"
        assert 89_000 < site.redis.pttl(token) <= 90_000
        assert "; Max-Age=90;" in result.headers["set-cookie"]

    def test_an_expired_token_counts(self, site):
        """When Redis has dropped the token, the visitor is counted and gets a new one."""
        cookie = cookie_from(site.get("/count", PAGE))
        site.redis.pexpire(site.tokens()[0], 0)

        result = site.get("/count", {**PAGE, "Cookie": cookie})

        assert result.text == "2"
        assert cookie_from(result) != cookie

    def test_coming_back_does_not_prolong_the_token(self, site):
        """A page that refreshes itself is counted once a lifetime, not once ever."""
        cookie = cookie_from(site.get("/count", PAGE))
        site.redis.expire(site.tokens()[0], 5)

        site.get("/count", {**PAGE, "Cookie": cookie})

        assert 0 < site.redis.ttl(site.tokens()[0]) <= 5

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("AAAAAAAAAAAA", id="forged"),
            pytest.param("", id="empty"),
            pytest.param("AAAAAAA", id="too short"),
            pytest.param("A" * 65, id="too long"),
            pytest.param("A" * 5000, id="far too long"),
            pytest.param("}{AAAAAAAA", id="braces"),
            pytest.param("AAAAAAAA*", id="a pattern"),
            pytest.param("AAAA AAAA AAAA", id="spaces"),
            pytest.param("\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9", id="not ASCII"),
            pytest.param("=========", id="equals signs"),
            pytest.param('"AAAAAAAAAAAA"', id="quoted"),
        ],
    )
    def test_a_worthless_cookie_is_as_none(self, site, value):
        """A forged or malformed value is counted and replaced, never an error."""
        name = cookie_from(site.get("/count", PAGE)).partition("=")[0]

        result = site.get("/count", {**PAGE, "Cookie": f"{name}={value}"})

        assert result.text == "2"
        assert cookie_from(result).startswith(f"{name}=")

    @pytest.mark.parametrize("cookie", ["", ";", "=", ";;=;", "\xff\xfe", "hits-"])
    def test_a_malformed_cookie_header_is_as_none(self, site, cookie):
        """Whatever stands in the header, the visit counts."""
        assert site.get("/count", {**PAGE, "Cookie": cookie}).text == "1"

    def test_a_token_is_good_for_its_own_page_only(self, site):
        """Another page's live token, under this page's name, counts."""
        theirs = cookie_from(site.get("/count?url=a.com")).partition("=")[2]
        name = cookie_from(site.get("/count?url=b.com")).partition("=")[0]

        result = site.get("/count?url=b.com", {"Cookie": f"{name}={theirs}"})

        assert result.text == "2"

    def test_each_page_has_its_own_cookie(self, site):
        """The visit of one page does not hide that of another."""
        cookies = [cookie_from(site.get(f"/count?url={u}.com")) for u in "ab"]

        assert len({cookie.partition("=")[0] for cookie in cookies}) == 2
        assert site.get("/count?url=b.com", {"Cookie": cookies[0]}).text == "2"

    def test_every_visitor_has_their_own_token(self, site):
        """Two visits of one page give one cookie name and two values."""
        cookies = [cookie_from(site.get("/count", PAGE)) for _ in "ab"]

        assert len({cookie.partition("=")[0] for cookie in cookies}) == 1
        assert len({cookie.partition("=")[2] for cookie in cookies}) == 2

    @pytest.mark.parametrize("length", [8, 64])
    def test_the_value_is_as_long_as_the_setting_says(self, open_site, length):
        """Shortest and longest values are random and work as a cookie."""
        site = open_site(random_value_length=length)
        cookie = cookie_from(site.get("/count", PAGE))

        assert re.fullmatch(rf"[0-9a-zA-Z]{{{length}}}", cookie.partition("=")[2])
        assert site.get("/count", {**PAGE, "Cookie": cookie}).text == "1"

    def test_a_value_from_before_the_length_changed_still_works(self, open_site):
        """A token's length need not be the current setting's."""
        site = open_site(random_value_length=12)
        name = cookie_from(site.get("/count", PAGE)).partition("=")[0]
        site.redis.set(f"{TOTAL}:t:{'A' * 20}", 1, ex=60)

        assert site.get("/count", {**PAGE, "Cookie": f"{name}={'A' * 20}"}).text == "1"

    def test_without_a_timeout_every_view_counts(self, open_site):
        """COOKIE_TIMEOUT=0 sets no cookie, keeps no token and believes none."""
        site = open_site(cookie_timeout=0)
        first = site.get("/count", PAGE)
        site.redis.set(f"{TOTAL}:t:AAAAAAAAAAAA", 1)
        cookie = "hits-a3e5291bae2acded=AAAAAAAAAAAA"

        second = site.get("/count", {**PAGE, "Cookie": cookie})

        assert [first.text, second.text] == ["1", "2"]
        assert not [r for r in (first, second) if "set-cookie" in r.headers]
        assert site.tokens() == [f"{TOTAL}:t:AAAAAAAAAAAA"]

    @pytest.mark.parametrize("timeout", [1, 34_560_000])
    def test_the_bounds_of_the_timeout_set_a_cookie(self, open_site, timeout):
        """The shortest and the longest lifetime stand in cookie and Redis."""
        site = open_site(cookie_timeout=timeout)

        result = site.get("/count", PAGE)

        assert f"; Max-Age={timeout};" in result.headers["set-cookie"]
        assert 0 <= site.redis.ttl(site.tokens()[0]) <= timeout

    @pytest.mark.parametrize("route", COUNTING)
    def test_a_private_visitor_counts_and_gets_no_cookie(self, site, route):
        """Sec-GPC: 1 counts each view and stores nothing about it."""
        answers = [site.get(route, {**PAGE, "Sec-GPC": "1"}) for _ in "ab"]

        assert [shown(answer) for answer in answers] == ["1", "2"]
        assert not [r for r in answers if "set-cookie" in r.headers]
        assert site.tokens() == []

    @pytest.mark.parametrize("value", ["0", "", "true", "11"])
    def test_another_value_of_gpc_is_no_wish(self, site, value):
        """Only 1 asks for privacy."""
        assert "set-cookie" in site.get("/count", {**PAGE, "Sec-GPC": value}).headers

    @pytest.mark.parametrize("route", READING)
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_reading_sets_no_cookie(self, site, method, route):
        """Who was not counted is not remembered."""
        assert "set-cookie" not in site.ask(method, route, PAGE).headers


PLAIN_COOKIE = re.compile(
    r"hits-[0-9a-f]{16}=[0-9a-zA-Z]{12}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"
)
SECURE_COOKIE = re.compile(
    r"__Host-hits-[0-9a-f]{16}=[0-9a-zA-Z]{12}; Max-Age=60; Path=/; HttpOnly; "
    r"Secure; SameSite=None; Partitioned"
)
FOREIGN = "203.0.113.9"


class TestCookieAttributes:
    """How the cookie is set, by how the visitor reached us."""

    @pytest.mark.parametrize(
        ("how", "forwarded", "expected"),
        [
            pytest.param({}, None, PLAIN_COOKIE, id="HTTP"),
            pytest.param({"scheme": "https"}, None, SECURE_COOKIE, id="HTTPS"),
            pytest.param({}, "https", SECURE_COOKIE, id="proxy says HTTPS"),
            pytest.param({}, "HTTPS", SECURE_COOKIE, id="in any case"),
            pytest.param(
                {}, "http, https ", SECURE_COOKIE, id="the nearest proxy counts"
            ),
            pytest.param({}, "https, http", PLAIN_COOKIE, id="not the farthest"),
            pytest.param({}, "http", PLAIN_COOKIE, id="proxy says HTTP"),
            pytest.param({}, "", PLAIN_COOKIE, id="proxy says nothing"),
            pytest.param({}, "nonsense", PLAIN_COOKIE, id="proxy says nonsense"),
            pytest.param(
                {"scheme": "https"}, "http", PLAIN_COOKIE, id="TLS ends at the visitor"
            ),
            pytest.param({"peer": "::1"}, "https", SECURE_COOKIE, id="IPv6 proxy"),
            pytest.param({"peer": None}, "https", SECURE_COOKIE, id="unix socket"),
            pytest.param(
                {"peer": FOREIGN}, "https", PLAIN_COOKIE, id="anybody says so"
            ),
            pytest.param(
                {"peer": FOREIGN, "scheme": "https"},
                "http",
                SECURE_COOKIE,
                id="anybody denies it",
            ),
        ],
    )
    def test_cookie_over(self, site, how, forwarded, expected):
        """HTTPS, also as a trusted proxy reports it, makes the cookie a secure one."""
        headers = {**PAGE, "X-Forwarded-Proto": forwarded} if forwarded else PAGE

        result = site.get("/count", headers, **how)

        assert expected.fullmatch(result.headers["set-cookie"])

    @pytest.mark.parametrize(
        ("allowed", "expected"),
        [
            pytest.param(FOREIGN, SECURE_COOKIE, id="address"),
            pytest.param("10.0.0.0/8, 203.0.113.0/24", SECURE_COOKIE, id="network"),
            pytest.param("*", SECURE_COOKIE, id="all"),
            pytest.param("10.0.0.0/8", PLAIN_COOKIE, id="another network"),
        ],
    )
    def test_the_setting_names_the_proxies(self, open_site, allowed, expected):
        """FORWARDED_ALLOW_IPS decides whose word is taken."""
        site = open_site(forwarded_allow_ips=allowed)

        result = site.get(
            "/count", {**PAGE, "X-Forwarded-Proto": "https"}, peer=FOREIGN
        )

        assert expected.fullmatch(result.headers["set-cookie"])

    def test_the_secure_cookie_is_recognised(self, site):
        """Over HTTPS a second visit is not counted either."""
        cookie = cookie_from(site.get("/count", PAGE, scheme="https"))

        result = site.get("/count", {**PAGE, "Cookie": cookie}, scheme="https")

        assert result.text == "1"

    def test_over_https_only_a_secure_cookie_is_believed(self, site):
        """A value set over HTTP, where anybody could write it, counts."""
        cookie = cookie_from(site.get("/count", PAGE))

        assert (
            site.get("/count", {**PAGE, "Cookie": cookie}, scheme="https").text == "2"
        )


class TestHeaders:
    """Every header of a count answer."""

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_count_has_the_headers_of_the_contract(self, site, route):
        """No cache keeps it, any page reads it; and there are no others."""
        result = site.get(f"{route}?url=example.com")

        assert result.status_code == 200
        assert without(result.headers, "set-cookie") == {
            **CONTRACT,
            "content-type": TYPES[route],
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("headers", [{}, ORIGIN], ids=["image", "fetch"])
    @pytest.mark.parametrize(
        "target", [f"{route}?url=example.com" for route in ROUTES] + ROUTES
    )
    def test_head_has_the_headers_of_get(self, site, target, headers):
        """All but the cookie, on success and on error, and no body."""
        got = site.get(target, headers)
        head = site.ask("HEAD", target, headers)

        assert head.status == got.status
        assert head.headers == without(got.headers, "set-cookie")
        assert head.content == b""

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_page_that_reads_the_count_is_named(self, site, route):
        """With an Origin the answer is for it alone, cookies included."""
        result = site.get(f"{route}?url=example.com", ORIGIN)

        assert without(result.headers, "set-cookie") == {
            **CONTRACT,
            "access-control-allow-origin": "https://example.com",
            "access-control-allow-credentials": "true",
            "vary": "Origin",
            "content-type": TYPES[route],
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("origin", ["null", "file://", "\xe9", "a b"])
    def test_any_origin_may_read(self, site, origin):
        """What the browser sends is echoed as it is, and is never an error."""
        result = site.get("/count?url=example.com", {"Origin": origin})

        assert result.status_code == 200
        assert result.headers["access-control-allow-origin"] == origin

    @pytest.mark.parametrize("route", ROUTES)
    def test_options_says_what_can_be_done(self, site, route):
        """204 with Allow, also without a URL."""
        result = site.ask("OPTIONS", route)

        assert result.status_code == 204
        assert result.headers == {**CONTRACT, "allow": METHODS[route]}

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_preflight_is_allowed(self, site, route):
        """A page may send our methods, its own headers, and cookies."""
        asked = {
            **ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-a, x-b",
        }

        result = site.ask("OPTIONS", route, asked)

        assert result.status_code == 204
        assert result.headers == {
            **CONTRACT,
            "allow": METHODS[route],
            "access-control-allow-origin": "https://example.com",
            "access-control-allow-credentials": "true",
            "access-control-allow-methods": METHODS[route],
            "access-control-allow-headers": "x-a, x-b",
            "access-control-max-age": "86400",
            "vary": "Origin",
        }

    def test_a_preflight_without_headers_allows_none(self, site):
        """What was not asked for is not answered."""
        result = site.ask("OPTIONS", "/count", ORIGIN)

        assert "access-control-allow-headers" not in result.headers


class Case:
    """One error: how to cause it, and how it looks."""

    def __init__(
        self,
        method: str,
        query: str,
        status: str,
        title: str,
        reason: str,
        extra: Headers = MappingProxyType({}),
        away: bool = False,
    ) -> None:
        """Describe it; ``extra`` are the headers that only this error has."""
        self.method, self.query, self.status = method, query, status
        self.title, self.reason = title, reason
        self.extra, self.away = extra, away

    def cause(self, site: Site, route: str, headers: Any = None) -> testing.Result:
        """Make the request that fails."""
        site.server.connected = not self.away
        result = site.ask(self.method, route + self.query, headers)
        assert result.status == self.status
        return result

    def extra_headers(self, route: str) -> dict[str, str]:
        """Tell which headers are its own."""
        if self.method == "PUT":
            return {"allow": METHODS[route]}
        return dict(self.extra)


RETRY = {"retry-after": "1"}
CASES = [
    pytest.param(
        Case("GET", "?url=http://[", "400 Bad Request", "400 invalid URL", NOT_A_URL),
        id="400",
    ),
    pytest.param(
        Case(
            "PUT",
            "?url=a.com",
            "405 Method Not Allowed",
            "405 Method Not Allowed",
            NO_METHOD,
        ),
        id="405",
    ),
    pytest.param(
        Case(
            "GET", f"?url={LONGEST}a", "414 URI Too Long", "414 URL too long", TOO_LONG
        ),
        id="414",
    ),
    pytest.param(
        Case(
            "GET",
            "?url=a.com",
            "503 Service Unavailable",
            "503 unavailable",
            AWAY,
            RETRY,
            away=True,
        ),
        id="503",
    ),
]


@pytest.mark.parametrize("case", CASES)
class TestErrors:
    """Each error in each form."""

    @pytest.mark.parametrize("route", TEXTS)
    def test_a_text_route_answers_one_line(self, site, route, case):
        """The body is the reason; the headers are the contract's, and no others."""
        result = case.cause(site, route)

        assert result.text == f"{case.reason}\n"
        assert result.headers == {
            **CONTRACT,
            **case.extra_headers(route),
            "x-hits-reason": case.reason,
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("route", BADGES)
    @pytest.mark.parametrize("accept", ["image/*", "application/json", "text/html"])
    def test_a_badge_route_answers_a_badge(self, site, route, case, accept):
        """An image shows the title without its number, whatever is accepted."""
        result = case.cause(site, route, {"Accept": accept})

        assert shown(result) == case.title[4:]
        assert result.headers == {
            **CONTRACT,
            **case.extra_headers(route),
            "x-hits-reason": case.reason,
            "content-type": "image/svg+xml",
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_page_may_read_the_reason(self, site, route, case):
        """With an Origin the error is for it alone, and its reason is exposed."""
        result = case.cause(site, route, ORIGIN)

        assert result.headers["access-control-allow-origin"] == "https://example.com"
        assert result.headers["access-control-allow-credentials"] == "true"
        assert result.headers["access-control-expose-headers"] == "X-Hits-Reason"
        assert result.headers["vary"] == "Origin"

    @pytest.mark.parametrize(
        "accept",
        [
            "application/json",
            "application/problem+json",
            "text/plain;q=.5, application/*",
        ],
    )
    @pytest.mark.parametrize("route", TEXTS)
    def test_json_goes_to_who_asks_for_it(self, site, route, case, accept):
        """A client that prefers JSON gets a problem document."""
        result = case.cause(site, route, {"Accept": accept})

        assert result.headers["content-type"] == "application/problem+json"
        assert json.loads(result.text) == {
            "title": case.title,
            "status": int(case.status[:3]),
            "detail": case.reason,
        }

    @pytest.mark.parametrize(
        "accept",
        [
            "*/*",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/plain, application/json;q=0.9",
            "image/avif,image/webp,*/*",
            "",
            "/",
            ",;q=x",
            "\xe9",
        ],
    )
    @pytest.mark.parametrize("route", TEXTS)
    def test_json_goes_to_nobody_else(self, site, route, case, accept):
        """A client that takes JSON, but not rather, gets a line; so does nonsense."""
        result = case.cause(site, route, {"Accept": accept})

        assert result.text == f"{case.reason}\n"

    @pytest.mark.parametrize("route", ROUTES)
    def test_the_reason_is_one_line_of_ascii(self, site, route, case):
        """Any client can read the header."""
        reason = case.cause(site, route).headers["x-hits-reason"]

        assert reason.isascii()
        assert reason.isprintable()

    @pytest.mark.parametrize("route", ROUTES)
    def test_an_error_sets_no_cookie(self, site, route, case):
        """Who was not counted is not remembered."""
        assert "set-cookie" not in case.cause(site, route).headers


class TestOtherAddresses:
    """404, and errors of the page."""

    @pytest.mark.parametrize(
        "path",
        ["/none", "/count/", "/count/tag.png", "/Count", "/\xe9", "/static/x"],
    )
    def test_an_unknown_address_is_a_page(self, site, path):
        """404 as HTML in the page's design, with its security headers."""
        result = site.get(path)

        assert result.status_code == 404
        assert result.text.startswith("<!doctype html>")
        assert NOT_FOUND in result.text
        assert result.headers == {
            **{k: v for k, v in CONTRACT.items() if k not in OF_COUNTS},
            **{name.lower(): value for name, value in SECURITY_HEADERS.items()},
            "x-hits-reason": NOT_FOUND,
            "content-type": "text/html; charset=utf-8",
            "content-length": str(len(result.content)),
        }

    def test_an_unknown_address_is_json_for_who_asks(self, site):
        """A script gets a problem document."""
        result = site.get("/none", {"Accept": "application/json"})

        assert result.headers["content-type"] == "application/problem+json"
        assert result.json == {
            "title": "404 Not Found",
            "status": 404,
            "detail": NOT_FOUND,
        }

    def test_the_page_does_not_take_a_post(self, site):
        """405 as HTML, with what is allowed."""
        result = site.ask("POST", "/")

        assert result.status_code == 405
        assert result.headers["allow"] == "GET, HEAD, OPTIONS"
        assert NO_METHOD in result.text

    def test_the_page_is_there(self, site):
        """The root is HTML."""
        assert site.get("/").text.startswith("<!doctype html>")

    @pytest.mark.parametrize(
        ("method", "route"),
        [
            *product(["PUT", "PATCH", "DELETE", "TRACE"], [*ROUTES, *OTHERS]),
            *product(["POST"], [*READING, *OTHERS]),
        ],
    )
    def test_other_methods_are_refused(self, site, method, route):
        """405, and nothing is counted."""
        result = site.ask(method, f"{route}?url=example.com")

        assert result.status_code == 405
        assert "GET, HEAD" in result.headers["allow"]
        assert site.redis.keys("*") == []


class TestHealth:
    """What operators and load balancers ask."""

    @pytest.mark.parametrize(
        ("route", "body"), [("/healthz", "alive\n"), ("/readyz", "ready\n")]
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_healthy_service_says_so(self, site, method, route, body):
        """200 with one word, kept by no cache; HEAD without the word."""
        result = site.ask(method, route)

        assert result.status_code == 200
        assert result.text == (body if method == "GET" else "")
        assert result.headers == {
            **UNCACHED,
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(body)),
        }

    @pytest.mark.parametrize("route", ["/healthz", "/readyz"])
    def test_options_says_what_can_be_done(self, site, route):
        """Allow, without asking Redis."""
        site.server.connected = False

        result = site.ask("OPTIONS", route)

        assert (result.status_code, result.headers["allow"]) == (200, "GET, HEAD")

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_the_process_lives_without_redis(self, site, method):
        """Restarting us would not bring Redis back, so healthz does not ask it."""
        site.server.connected = False

        assert site.ask(method, "/healthz").status_code == 200

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_without_redis_the_service_is_not_ready(self, site, method):
        """503, so that a load balancer sends visitors elsewhere."""
        site.server.connected = False

        result = site.ask(method, "/readyz")

        assert result.status_code == 503
        assert result.headers["retry-after"] == "1"
        assert result.headers["x-hits-reason"] == AWAY
        assert result.text == (f"{AWAY}\n" if method == "GET" else "")

    def test_asking_leaves_nothing_that_stays(self, site):
        """Readiness is a write, for a full store answers reads; it is soon gone."""
        site.get("/readyz")

        (key,) = site.redis.keys("*")
        assert 0 < site.redis.pttl(key) <= 1000


class TestOutage:
    """Redis is away, or refuses."""

    @pytest.mark.parametrize("headers", [{}, {"Purpose": "prefetch"}])
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("route", ROUTES)
    def test_no_number_is_shown_while_redis_is_away(self, site, route, method, headers):
        """503 to try again; never a 0, nor any other number."""
        site.server.connected = False

        result = site.ask(method, f"{route}?url=example.com", headers)

        assert result.status_code == 503
        assert result.headers["retry-after"] == "1"
        if method == "GET":
            assert shown(result) in {"unavailable", f"{AWAY}\n"}

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_preflight_needs_no_redis(self, site, route):
        """OPTIONS is answered as ever."""
        site.server.connected = False

        assert site.ask("OPTIONS", route, ORIGIN).status_code == 204

    def test_a_visitor_with_a_cookie_sees_the_outage_too(self, site):
        """A token that cannot be looked up is no reason to show a number."""
        cookie = cookie_from(site.get("/count", PAGE))
        site.server.connected = False

        assert site.get("/count", {**PAGE, "Cookie": cookie}).status_code == 503

    def test_counting_goes_on_where_it_stopped(self, site):
        """When Redis is back, the next number follows the last acknowledged one."""
        site.get("/count", PAGE)
        site.server.connected = False
        site.get("/count", PAGE)
        site.server.connected = True

        assert site.get("/count", PAGE).text == "2"

    @pytest.mark.parametrize("route", ROUTES)
    def test_what_is_no_number_is_not_shown(self, site, route):
        """A key that somebody else uses is 503, not 0 and not 500."""
        site.redis.set(TOTAL, "not a number")

        assert site.get(f"{route}?url=example.com").status_code == 503
        assert site.get(f"{route}?url=example.org").status_code == 200

    def test_a_full_queue_is_refused(self, open_site):
        """With a queue of one, the second of two hits in one moment gets 503."""
        site = open_site(queue_limit=1)

        results = site.get_at_once(2, "/count", PAGE)

        assert sorted(result.status_code for result in results) == [200, 503]
        assert site.total() == 1


class TestSettings:
    """What settings change."""

    def test_a_template_draws_the_badge(self, open_site, tmp_path):
        """SVG_TEMPLATE is used for counts, filled in."""
        template = tmp_path / "badge.svg"
        template.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><title>{label}: {count}</title></svg>'
        )
        site = open_site(svg_template=template)

        result = site.get("/count/tag.svg?url=example.com")

        assert result.text == (
            '<svg xmlns="http://www.w3.org/2000/svg"><title>hits: 1</title></svg>'
        )

    def test_an_error_does_not_use_the_template(self, open_site, tmp_path):
        """A template is made for numbers; the reason needs the built-in badge."""
        template = tmp_path / "badge.svg"
        template.write_text('<svg xmlns="http://www.w3.org/2000/svg">{count}</svg>')

        result = open_site(svg_template=template).get("/count/tag.svg")

        assert shown(result) == "invalid URL"

    def test_a_template_without_the_count_stops_the_start(self, tmp_path):
        """The app is not made, and the message says what is missing."""
        template = tmp_path / "badge.svg"
        template.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        settings = Settings.load({"HITSVC_SVG_TEMPLATE": str(template)})

        with pytest.raises(SettingsError, match=r"badge\.svg.*\{count\}"):
            create_app(settings, redis=FakeAsyncRedis(server=FakeServer()))

    def test_the_label_stands_on_the_badge(self, open_site):
        """BADGE_LABEL is escaped and shown, on errors too."""
        site = open_site(badge_label="<Besuche>")

        for target in ("?url=example.com", ""):
            result = site.get(f"/count/tag.svg{target}")
            assert shown(result).startswith("<Besuche>: ")

    def test_the_prefix_starts_every_key(self, open_site):
        """KEY_PREFIX keeps two services apart in one Redis."""
        site = open_site(key_prefix="shop:")

        site.get("/count", PAGE)

        names = site.redis.keys("*")
        assert len(names) == 3
        assert all(name.startswith("shop:{example.com}") for name in names)

    def test_making_the_app_connects_to_nothing(self):
        """A Redis that is not there does not stop the app from being made."""
        create_app(Settings.load({"HITSVC_REDIS_URL": "redis://127.0.0.1:1"}))

    def test_the_memory_store_needs_no_client(self):
        """`memory` brings its own Redis."""
        app = create_app(Settings.load({"HITSVC_REDIS_URL": "memory"}))

        assert (
            testing.TestClient(serve(app)).simulate_get("/count", headers=PAGE).text
            == "1"
        )


class ClosingRedis(FakeAsyncRedis):
    """Remembers whether it was closed."""

    closed = False

    async def aclose(self, *args: Any, **kwargs: Any) -> None:
        """Close."""
        self.closed = True
        await super().aclose(*args, **kwargs)


def test_the_end_of_the_server_closes_the_connection():
    """The lifespan's shutdown closes the counter, and its Redis client with it."""
    redis = ClosingRedis(server=FakeServer())

    async def serve_once() -> None:
        app = create_app(Settings.load({}), redis=redis)
        async with testing.ASGIConductor(serve(app)) as conductor:
            await conductor.simulate_get("/count", headers=PAGE)
            assert redis.closed is False

    asyncio.run(serve_once())
    assert redis.closed is True


class Defective:
    """A resource with a defect, as none of ours should be."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type

    async def on_get(self, _req: falcon.asgi.Request, _resp: Any) -> None:
        """Fail."""
        raise ZeroDivisionError

    async def on_put(self, _req: falcon.asgi.Request, _resp: Any) -> None:
        """Fail with a title that is one word."""
        raise falcon.HTTPBadRequest(title="Nonsense")

    async def on_post(self, _req: falcon.asgi.Request, _resp: Any) -> None:
        """Fail as Falcon does, with a status and no more."""
        raise falcon.HTTPError(418)


class TestOurOwnDefects:
    """Errors that no request of a client can cause."""

    @pytest.fixture(name="client")
    def _client(self):
        app = falcon.asgi.App()
        routes = {
            "/count": Defective("text/plain"),
            "/count/tag.svg": Defective("image/svg+xml"),
        }
        serializer = ProblemSerializer(
            routes, routes, lambda text, _: text.encode(), lambda *texts: b"", {}
        )
        add_problems(app, serializer)
        for path, resource in routes.items():
            app.add_route(path, resource)
        return testing.TestClient(app)

    def test_a_defect_is_a_badge_too(self, client):
        """500 as an image, and the visitor learns nothing of the inside."""
        result = client.simulate_get("/count/tag.svg")

        assert result.status_code == 500
        assert result.text == "Internal Server Error"
        assert result.headers["x-hits-reason"] == (
            "something is wrong here; it has been logged"
        )

    def test_a_title_of_one_word_is_shown_whole(self, client):
        """What has no number before it loses nothing; the title is the reason too."""
        result = client.simulate_put("/count/tag.svg")

        assert result.text == result.headers["x-hits-reason"] == "Nonsense"

    def test_an_error_without_words_has_its_status(self, client):
        """The status line says what there is to say."""
        result = client.simulate_post("/count")

        assert result.text == "418 I'm a teapot\n"

"""Who is counted again: the anti-refresh cookie, and how it is set."""

import re

import pytest

from tests.support.contract import COUNTING, PAGE, READING, TOTAL
from tests.support.site import cookie_from, shown


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

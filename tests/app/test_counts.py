"""What is counted and what is shown, and for which page."""

import pytest

from tests.support.contract import (
    COUNTING,
    LONGEST,
    NO_URL,
    NOT_A_URL,
    PAGE,
    READING,
    ROUTES,
    TOO_LONG,
    TOTAL,
)
from tests.support.site import shown


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
            pytest.param({"X-Purpose": "preview"}, id="preview"),
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

    @pytest.mark.parametrize("purpose", ["prefetch;prerender", "other"])
    def test_another_purpose_counts(self, site, purpose):
        """What is on a page that is prerendered is asked for once only."""
        assert site.get("/count", {**PAGE, "Sec-Purpose": purpose}).text == "1"

    def test_routes_share_the_count_of_a_page(self, site):
        """Text and badge, counting and reading, show the same total."""
        answers = [site.get(f"{route}?url=example.com") for route in ROUTES]

        assert [shown(answer) for answer in answers] == list("123") + ["3"] * len(
            READING
        )

    def test_a_hit_is_kept_for_its_day_too(self, site):
        """One hit makes a total and one day's bucket, and neither expires."""
        site.get("/count?url=example.com", {"Sec-GPC": "1"})

        (year,) = site.redis.keys(f"{TOTAL}:*")
        assert list(site.redis.hgetall(year).values()) == ["1"]
        assert (site.redis.ttl(TOTAL), site.redis.ttl(year)) == (-1, -1)

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
            pytest.param("?URL=a.com", PAGE, "a.com", id="upper case"),
            pytest.param("?x=1&amp;url=a.com", {}, "a.com", id="&amp;"),
            pytest.param("/?url=a.com", {}, "a.com", id="a slash at the end"),
            pytest.param("?url=a.com/%B2%E2", {}, "a.com/%B2%E2", id="not UTF-8"),
            pytest.param("?url=a.com/%CA%D4", {}, "a.com/%CA%D4", id="nor this"),
            pytest.param("?x=1&url=a.com&y", {}, "a.com", id="others are ignored"),
            pytest.param("?url=https%3A%2F%2Fa.com%2Fx", {}, "a.com/x", id="encoded"),
            pytest.param("?url=https://a.com/x", {}, "a.com/x", id="not encoded"),
            pytest.param("?url=a.com/x,y", {}, "a.com/x,y", id="a comma is no list"),
            pytest.param("?url=a.com/b+c", {}, "a.com/b%20c", id="plus is a space"),
            pytest.param("?url=a.com/%C3%BC", {}, "a.com/%C3%BC", id="UTF-8"),
            pytest.param(
                "", {"Referer": "http://a.com/\xc3\xbc"}, "a.com/%C3%BC", id="raw UTF-8"
            ),
            pytest.param(
                "", {"Referer": "http://a.com/\xfc"}, "a.com/%FC", id="raw byte"
            ),
        ],
    )
    def test_request_is_for(self, site, target, headers, key):
        """The url parameter names the page, else the Referer does."""
        assert site.get(f"/count{target}", headers).text == "1"
        assert site.total(key) == 1

    @pytest.mark.parametrize("route", READING)
    @pytest.mark.parametrize("query", ["?url=", "?url", "?URL=", "?days=3&url="])
    def test_a_blank_look_up_is_not_of_the_page_that_asks(self, site, route, query):
        """The page at `/` would show its own number for an empty field."""
        assert site.get("/count", PAGE).text == "1"
        result = site.get(route + query, PAGE)

        assert result.status_code == 400
        assert result.headers["x-hits-reason"] == NO_URL
        assert site.get(route, PAGE).status_code == 200

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

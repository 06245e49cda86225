"""The statistics over HTTP."""

import csv
import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from hitsvc.counting import Day, Keys
from hitsvc.shell import SECURITY_HEADERS

NOTHING = "Nobody has been counted here yet."
ODD = [
    pytest.param("a.example/a%2Fb", id="escaped slash"),
    pytest.param("a.example/a//b", id="two slashes"),
    pytest.param("a.example/%C3%BC%22%3E%3Cscript%3E", id="markup"),
    pytest.param("a.example/'\"><svg/onload=alert(1)>", id="raw markup"),
    pytest.param("a.example/{{7*7}}", id="template"),
    pytest.param("[::1]:8000/a", id="IPv6"),
]


def put(site, key: str, hits: int, ago: int = 0) -> None:
    """Give a page hits of a day."""
    keys = Keys("hits:").page(key)
    day = Day.of(datetime.now(UTC).date() - timedelta(ago))
    site.redis.hincrby(keys.year(day.year), day.field, hits)
    site.redis.incrby(keys.total, hits)


def seen(page: str) -> str:
    """Return a page's text, without markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


class TestPage:
    """What it shows."""

    def test_it_shows_the_numbers(self, site):
        """Today, 7 days, 30 days, total."""
        for ago, hits in ((0, 5), (3, 20), (10, 300), (40, 4000)):
            put(site, "example.com/a", hits, ago)

        text = seen(site.get("/p/example.com/a").text)

        for words in ("Today 5", "7 days 25", "30 days 325", "Total 4,325"):
            assert words in text

    def test_its_address_is_that_of_the_page(self, site):
        """Linked, and not followed by search engines."""
        put(site, "example.com/a", 1)

        page = site.get("/p/example.com/a").text

        link = '<a href="https://example.com/a" rel="nofollow noopener">'
        assert f"<h1>{link}example.<wbr>com/<wbr>a</a></h1>" in page

    def test_it_is_written_as_its_readers_would(self, site):
        """Decoded where that is safe."""
        put(site, "xn--mnchen-3ya.example/stra%C3%9Fe", 1)

        page = site.get("/p?url=münchen.example/straße").text

        assert ">münchen.<wbr>example/<wbr>straße</a></h1>" in page

    @pytest.mark.parametrize(
        ("key", "scheme"),
        [
            ("localhost:80/a", "http"),
            ("127.0.0.1/a", "http"),
            ("a.localhost.example", "https"),
        ],
    )
    def test_a_page_of_this_computer_has_no_https(self, site, key, scheme):
        """Others have."""
        put(site, key, 1)

        assert f'<a href="{scheme}://{key}" rel' in site.get(f"/p/{key}").text

    def test_it_says_since_when(self, site):
        """The first day that has views."""
        put(site, "example.com", 1, 0)

        assert "First view" in site.get("/p/example.com").text

    def test_views_without_a_date_are_told(self, site):
        """Set by the operator, or from a time before days were kept."""
        put(site, "example.com", 1)
        site.redis.incrby("hits:{example.com}", 70)
        site.redis.set("hits:{example.com}:d:0", 30)

        text = seen(site.get("/p/example.com?period=all").text)

        assert "30 without a date" in text
        assert "Counted since before" in text
        assert "Before that 40" in text
        assert "Without a date 30" in text

    def test_a_page_whose_views_have_no_date_has_a_page(self, site):
        """With its total."""
        site.redis.set("hits:{example.com}", 70)
        site.redis.set("hits:{example.com}:d:0", 70)

        text = seen(site.get("/p/example.com").text)

        assert "No view has a date" in text
        assert "Total 70" in text

    def test_an_empty_page_offers_a_badge(self, site):
        """With its address in the form already."""
        page = site.get("/p/example.com/new").text

        assert NOTHING in page
        assert 'href="../../#url=example.com%2Fnew"' in page

    @pytest.mark.parametrize(
        ("period", "rows"),
        [
            ("7", 7),
            ("30", 30),
            ("90", 90),
            ("year", 53),
            ("all", 7),
            ("x", 30),
            ("", 30),
        ],
    )
    def test_periods_are_links(self, site, period, rows):
        """Each has its table; one that does not exist is as none."""
        put(site, "example.com", 1)

        page = site.get(f"/p/example.com?period={period}").text

        table = page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert table.count("<tr>") == rows
        assert page.count('class="chip"') == 5
        assert page.count('aria-current="true"') == 1

    def test_it_fits_the_budget(self, site):
        """30 KB as sent, the longest of them."""
        for ago in range(0, 4000, 3):
            put(site, "example.com", ago + 1, ago)
        gzip = {"Accept-Encoding": "gzip"}

        for period in ("90", "year", "all"):
            result = site.get(f"/p/example.com?period={period}", gzip)
            assert len(result.content) < 20_000

    def test_nothing_is_counted(self, site):
        """Nor written."""
        site.get("/p/example.com")
        site.get("/p?url=example.com&as=csv")

        assert site.redis.keys() == []


class TestAddress:
    """Which page is meant."""

    def test_an_address_leads_to_the_page_of_its_own(self, site):
        """By a relative step, with the period."""
        result = site.get("/p?url=https%3A%2F%2FExample.com%2Fa%2F&period=7")

        assert result.status_code == 303
        assert result.headers["location"] == "p/example.com/a?period=7"

    def test_the_way_there_is_not_somewhere_else(self, site):
        """Whatever the period says, the address stays below ours."""
        result = site.get("/p?url=example.com&period=7%26x%3D//evil.example%0d%0aA:b")

        location = result.headers["location"]
        assert location == "p/example.com?period=7%26x%3D//evil.example%0D%0AA%3Ab"

    @pytest.mark.parametrize("address", ODD)
    def test_an_odd_address_has_a_page_too(self, site, address):
        """Named by the query, which proxies leave alone; nothing of it runs."""
        site.ask("POST", f"/count?url={re.sub('[<>%+&#]', _escaped, address)}")

        result = site.get(f"/p?url={re.sub('[<>%+&#]', _escaped, address)}")

        assert result.status_code == 200
        assert "Today 1" in seen(result.text)
        assert "<svg/onload" not in result.text
        assert "<script>" not in result.text
        assert 'rel="canonical" href="p?url=' in result.text

    @pytest.mark.parametrize(
        "path",
        [
            "Example.com/a/",
            "https://example.com/a",
            "https:/example.com/a",
            "example.com/a?x=1",
        ],
    )
    def test_what_is_typed_is_understood(self, site, path):
        """Also what a proxy makes of two slashes."""
        put(site, "example.com/a", 7)

        page = site.get(f"/p/{path}").text

        assert "Total 7" in seen(page)
        assert 'rel="canonical"' in page

    def test_a_query_that_tells_pages_apart_does(self, open_site):
        """In the path's query, too."""
        site = open_site(query="p")
        put(site, "wp.example/?p=3", 7)

        assert "Total 7" in seen(site.get("/p/wp.example/?p=3&period=7").text)
        assert "Total 7" in seen(site.get("/p?url=wp.example/?p%3D3").text)

    def test_without_an_address_it_asks_for_one(self, site):
        """By a form that needs no script."""
        page = site.get("/p").text

        assert '<form action="p" method="get">' in page
        assert 'name="url"' in page

    @pytest.mark.parametrize(
        "path", ["/p/nothing", "/p?url=ftp://a.example", "/p/", "/p?url=a.b&url=c.d"]
    )
    def test_what_is_no_page_has_none(self, site, path):
        """The error says why."""
        result = site.get(path)

        assert result.status_code == 400
        assert result.headers["content-type"].startswith("text/html")

    def test_pages_of_other_sites_have_none(self, open_site):
        """If the operator counts some only."""
        site = open_site(sites="example.com")
        put(site, "other.example", 7)

        assert site.get("/p/other.example").status_code == 403
        assert site.get("/p?url=other.example").status_code == 403
        assert site.get("/p/example.com").status_code == 200

    def test_below_a_path(self, open_site):
        """All of it is there, too, and its links lead back."""
        site = open_site(base_path="/tools/p")
        put(site, "example.com/a", 7)

        for base in ("", "/tools/p"):
            page = site.get(f"{base}/p/example.com/a").text
            assert "Total 7" in seen(page)
            assert 'href="../../p/example.com/a?period=7"' in page
            assert site.get(f"{base}/p?url=example.com").headers["location"] == (
                "p/example.com"
            )


class TestHeaders:
    """How it is sent."""

    @pytest.mark.parametrize(
        "path", ["/p/example.com", "/p", "/p?url=example.com&as=csv"]
    )
    def test_it_may_be_kept_for_a_minute(self, site, path):
        """And is not listed by search engines; else as all pages."""
        headers = site.get(path).headers

        assert headers["cache-control"] == "public, max-age=60"
        for name, value in SECURITY_HEADERS.items():
            assert headers[name.lower()] == value

    def test_search_engines_do_not_list_it(self, site):
        """By header and in the page."""
        result = site.get("/p/example.com")

        assert result.headers["x-robots-tag"] == "noindex"
        assert 'name="robots" content="noindex' in result.text

    def test_head_is_as_get(self, site):
        """Without the body."""
        for path in ("/p", "/p/example.com", "/p?url=example.com"):
            got, head = site.get(path), site.ask("HEAD", path)
            assert head.status_code == got.status_code
            assert head.content == b""

    def test_without_redis_it_is_an_error(self, site):
        """No number is made up."""
        site.server.connected = False

        assert site.get("/p/example.com").status_code == 503


class TestCsv:
    """The days for a spreadsheet, as `hitsvc export` writes them."""

    def test_it_has_all_days_that_have_views(self, site):
        """And those without a date first."""
        put(site, "example.com/a,b", 3, 2)
        put(site, "example.com/a,b", 4, 0)
        site.redis.incrby("hits:{example.com/a,b}", 10)

        result = site.get("/p?url=example.com/a,b&as=csv")

        assert result.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(result.text.splitlines()))
        today = datetime.now(UTC).date()
        assert rows == [
            ["url", "day", "hits"],
            ["example.com/a,b", "", "10"],
            ["example.com/a,b", (today - timedelta(2)).isoformat(), "3"],
            ["example.com/a,b", today.isoformat(), "4"],
        ]

    def test_a_page_without_views_has_a_head(self, site):
        """And no rows."""
        assert site.get("/p/example.com?as=csv").text == "url,day,hits\n"


class TestDoor:
    """`HITSVC_STATS`."""

    HISTORIES = (
        *("/p", "/p/example.com", "/p?url=example.com", "/p?url=example.com&as=csv"),
        *("/graph.svg?url=example.com", "/nocount.json?url=example.com&days=7"),
    )

    @pytest.mark.parametrize("path", HISTORIES)
    @pytest.mark.parametrize(("stats", "status"), [("private", 403), ("off", 404)])
    def test_a_closed_one_hides_all_histories(self, open_site, path, stats, status):
        """With a sentence."""
        site = open_site(stats=stats)

        result = site.get(path)

        assert result.status_code == status
        assert result.headers["x-hits-reason"].startswith("Statistics are ")
        assert "max-age=60" not in result.headers["cache-control"]

    @pytest.mark.parametrize("stats", ["private", "off"])
    def test_totals_stay(self, open_site, stats):
        """Badges and numbers are what pages show."""
        site = open_site(stats=stats)

        assert site.get("/count?url=example.com").text == "1"
        assert site.get("/nocount.json?url=example.com").json["today"] == 1
        assert site.get("/nocount/tag.svg?url=example.com&show=week").status_code == 200

    @pytest.mark.parametrize(
        ("stats", "linked"), [("public", True), ("private", False)]
    )
    def test_the_bar_leads_there_if_it_is_open(self, open_site, stats, linked):
        """And not to a closed door."""
        page = open_site(stats=stats).get("/leave-me-out").text

        assert ('<a href="p">Statistics</a>' in page) is linked


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"

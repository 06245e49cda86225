"""Several fields of one header, over the whole app."""

import itertools

import pytest

from tests.support.contract import COUNTING, PAGE
from tests.support.site import cookie_from, shown

TWO_ORIGINS = [("Origin", "https://a.example"), ("Origin", "https://b.example")]


class TestCookieFields:
    """`Cookie`, as proxies pass the crumbs of HTTP/2 on."""

    @pytest.mark.parametrize("route", COUNTING)
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_ours_may_be_any_of_them(self, site, route, scheme):
        """First, last or between: a refresh is none the less one."""
        address = f"{route}?url=example.com"
        ours = cookie_from(site.get(address, scheme=scheme))

        for order in itertools.permutations([ours, "a=1", "b=2; c=3"]):
            headers = [("Cookie", crumb) for crumb in order]
            assert shown(site.get(address, headers, scheme=scheme)) == "1"
        assert site.total() == 1

    @pytest.mark.parametrize("others", [("a=1", "b=2"), ("", ""), (";", "=")])
    def test_without_ours_the_visit_counts(self, site, others):
        """However many others there are."""
        site.get("/count", PAGE)

        headers = [*PAGE.items(), *(("Cookie", other) for other in others)]
        assert site.get("/count", headers).text == "2"


class TestOrigins:
    """`Origin`, which no browser sends twice."""

    @pytest.mark.parametrize(
        "target", ["/count?url=example.com", "/count?url=ftp://x", "/count.json?url=/"]
    )
    def test_two_that_differ_are_as_none(self, site, target):
        """Neither an answer nor an error echoes one of them, or both as one."""
        result = site.get(target, TWO_ORIGINS)

        assert result.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in result.headers

    @pytest.mark.parametrize("target", ["/count?url=example.com", "/count?url=ftp://x"])
    def test_copies_are_as_one(self, site, target):
        """An answer and an error alike."""
        result = site.get(target, [TWO_ORIGINS[0], TWO_ORIGINS[0]])

        assert result.headers["access-control-allow-origin"] == "https://a.example"


def test_two_referers_that_differ_name_no_page(site):
    """Nothing is counted for a page that may not be the one."""
    result = site.get(
        "/count", [("Referer", "https://a.example"), ("Referer", "https://b.example")]
    )

    assert result.status_code == 400
    assert site.redis.keys("*") == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Accept", ("text/html;q=0.1", "application/json")),
        ("Accept", ("application/json", "text/html;q=0.1")),
    ],
)
def test_accept_goes_on_in_the_next_field(site, name, values):
    """An error takes the form that any of them likes best."""
    result = site.get("/nothing-here", [(name, value) for value in values])

    assert result.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("weak", ["", "W/"])
def test_tags_go_on_in_the_next_field(site, order, weak):
    """`If-None-Match`: the client has one of these."""
    tag = weak + site.get("/hits.js").headers["etag"]
    fields = [("If-None-Match", [tag, '"other"'][at]) for at in order]

    assert site.get("/hits.js", fields).status_code == 304


@pytest.mark.parametrize("order", [("br", "gzip"), ("gzip", "br")])
def test_codings_go_on_in_the_next_field(site, order):
    """`Accept-Encoding`: one of these is ours."""
    fields = [("Accept-Encoding", coding) for coding in order]

    assert site.get("/hits.js", fields).headers["content-encoding"] == "gzip"


def test_wanted_headers_go_on_in_the_next_field(site):
    """`Access-Control-Request-Headers`: all of them are allowed."""
    fields = [
        ("Origin", "https://a.example"),
        ("Access-Control-Request-Headers", "x-a"),
        ("Access-Control-Request-Headers", "x-b"),
    ]
    allowed = site.ask("OPTIONS", "/count", fields).headers[
        "access-control-allow-headers"
    ]

    assert [name.strip() for name in allowed.split(",")] == ["x-a", "x-b"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_image_proxy_may_name_itself_in_any_field(open_site, order):
    """`User-Agent`: what one of them says is enough."""
    site = open_site(sites="mine.example")
    agents = ["github-camo (876de43e)", "x"]
    fields = [("User-Agent", agents[at]) for at in order]

    assert site.get("/count/tag.svg?url=a.example", fields).status_code == 200


@pytest.mark.parametrize("agents", [("Bytespider", "x"), ("x", "Bytespider")])
def test_a_bot_may_name_itself_in_any_field(site, agents):
    """`User-Agent`: it does not count."""
    fields = [("User-Agent", agent) for agent in agents]

    assert site.get("/count?url=example.com", fields).text == "0"

"""Errors for what shows nothing but images: browsers' `<img>`, and image proxies."""

import pytest

from tests.support.contract import BADGES, LONGEST, NOT_FOUND, SVG_POLICY
from tests.support.site import Site, shown

CAMO = {"User-Agent": "github-camo (876de43e)"}
PROXIES = [
    CAMO,
    {"User-Agent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"},
    {"User-Agent": "anything", "Via": "1.1 Camo Asset Proxy 2.3.0"},
]
# What browsers send for an <img>, and proxies that ask for a few formats only.
WISHES = [
    pytest.param(
        "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        id="Chromium",
    ),
    pytest.param(
        "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
        id="Firefox",
    ),
    pytest.param(
        "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,"
        "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
        id="Safari",
    ),
    pytest.param("image/*", id="camo"),
    pytest.param("image/png,image/gif;q=0.9", id="old formats"),
]
# Method, what follows the address, the true status, the words on the badge.
ERRORS = [
    pytest.param("GET", "?url=http://[", 400, "invalid URL", id="400"),
    pytest.param("GET", "?url=evil.example", 403, "not counted here", id="403"),
    pytest.param("PUT", "?url=a.com", 405, "Method Not Allowed", id="405"),
    pytest.param("GET", f"?url={LONGEST}a", 414, "URL too long", id="414"),
    pytest.param("GET", "?url=a.com", 503, "unavailable", id="503"),
]


@pytest.fixture(name="refusing")
def _refusing(open_site) -> Site:
    """A site that does not count `evil.example`, and whose Redis is away."""
    site: Site = open_site(deny="evil.example")
    site.server.connected = False
    return site


@pytest.mark.parametrize(("method", "query", "status", "words"), ERRORS)
class TestBadges:
    """At the address of a badge."""

    @pytest.mark.parametrize("proxy", PROXIES)
    def test_an_image_proxy_gets_200(
        self, refusing, proxy, method, query, status, words
    ):
        """It shows a broken image for any other; what it would have been is told."""
        result = refusing.ask(method, f"/count/tag.svg{query}", proxy)

        assert (result.status_code, shown(result)) == (200, words)
        assert result.headers["x-hits-status"] == str(status)
        assert result.headers["cache-control"].startswith("no-cache, no-store")

    def test_everybody_else_gets_the_true_status(
        self, refusing, method, query, status, words
    ):
        """Browsers show the picture all the same, and programs need to know."""
        result = refusing.ask(method, f"/count/tag.svg{query}")

        assert (result.status_code, shown(result)) == (status, words)
        assert result.headers["x-hits-status"] == str(status)


@pytest.mark.parametrize("route", ["/nocount/tag.svg", "/graph.svg"])
def test_every_picture_is_shown_by_an_image_proxy(site, route):
    """Those that count nothing, too."""
    result = site.get(f"{route}?url=:", CAMO)

    assert (result.status_code, shown(result)) == (200, "invalid URL")


class TestWishes:
    """At other addresses: who asks for an image is shown one."""

    @pytest.mark.parametrize("wish", WISHES)
    @pytest.mark.parametrize("path", ["/cuont/tag.svg", "/count?url=:", "/static/none"])
    def test_who_wants_an_image_gets_one(self, site, path, wish):
        """A mistyped address in an `<img>` is a red badge, not a broken image."""
        result = site.get(path, {"Accept": wish})

        assert result.status_code in {400, 404}
        assert shown(result) in {"Not Found", "invalid URL"}
        assert SVG_POLICY.items() <= result.headers.items()

    def test_an_image_proxy_sees_it_too(self, site):
        """With 200."""
        result = site.get("/cuont/tag.svg", {"Accept": "image/*", **CAMO})

        assert (result.status_code, shown(result)) == (200, "Not Found")
        assert result.headers["x-hits-status"] == "404"
        assert result.headers["x-hits-reason"].startswith(NOT_FOUND)

    @pytest.mark.parametrize(
        "wish",
        [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
            "image/apng,*/*;q=0.8",
            "*/*",
            "",
            "image/svg+xml;q=0.1,text/html",
        ],
    )
    def test_who_opens_the_address_gets_a_page(self, site, wish):
        """A browser's address bar takes images too, but not rather."""
        result = site.get("/cuont/tag.svg", {"Accept": wish})

        assert result.text.startswith("<!doctype html>")

    def test_json_stays_json(self, site):
        """Nobody can show that address as an image when all is well."""
        result = site.get("/count.json?url=:", {"Accept": "image/*"})

        assert result.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("wish", ["*/*", "text/plain"])
    def test_what_is_no_picture_has_its_status(self, site, wish):
        """An image proxy that gets text as the error gets its status, too."""
        result = site.get("/count?url=:", {"Accept": wish, **CAMO})

        assert (result.status_code, result.headers["x-hits-status"]) == (400, "400")


@pytest.mark.parametrize("route", BADGES)
def test_a_count_has_no_such_header(site, route):
    """What is no error says nothing of errors."""
    assert "x-hits-status" not in site.get(f"{route}?url=example.com", CAMO).headers

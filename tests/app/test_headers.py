"""Every header of a count's answer, and what other origins may read."""

import pytest

from tests.support.contract import METHODS, ORIGIN, ROUTES, SVG_POLICY, TYPES, contract
from tests.support.site import Headers


def without(headers: Headers, *names: str) -> dict[str, str]:
    """Return headers without some."""
    return {name: value for name, value in headers.items() if name not in names}


class TestHeaders:
    """Every header of a count answer."""

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_count_has_the_headers_of_the_contract(self, site, route):
        """No cache keeps it, any page reads it; and there are no others."""
        result = site.get(f"{route}?url=example.com")

        assert result.status_code == 200
        assert without(result.headers, "set-cookie") == {
            **contract(route),
            "x-hits-page": "example.com",
            "content-type": TYPES[route],
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("origin", [{}, ORIGIN], ids=["image", "fetch"])
    @pytest.mark.parametrize(
        "target",
        [
            "/count/tag.svg?url=example.com",
            "/count/tag.svg?url=ftp:a",
            "/nocount/tag.svg",
            "/graph.svg?url=example.com",
            "/graph.svg",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
    def test_a_picture_may_not_act(self, site, method, target, origin):
        """Counts, charts and errors: opened by itself, each is a page of this origin."""
        result = site.ask(method, target, origin)

        assert result.headers["content-type"] == "image/svg+xml"
        assert SVG_POLICY.items() <= result.headers.items()

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
            **contract(route),
            "access-control-allow-origin": "https://example.com",
            "access-control-allow-credentials": "true",
            "vary": "Origin",
            "x-hits-page": "example.com",
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
        assert result.headers == {**contract(route), "allow": METHODS[route]}

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
            **contract(route),
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

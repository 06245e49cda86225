"""Each error in each form: a line, a badge, JSON or a page."""

import json
from itertools import product
from types import MappingProxyType
from typing import Any

import falcon
import falcon.asgi
import pytest
from falcon import testing

from hitsvc.answer.domain_errors import add_problems
from hitsvc.answer.pictures import SVG, ErrorPictures
from hitsvc.answer.problems import ProblemSerializer
from hitsvc.shell import SECURITY_HEADERS
from tests.support.contract import (
    AWAY,
    BADGES,
    CONTRACT,
    LONGEST,
    METHODS,
    NOT_A_URL,
    NOT_FOUND,
    OF_COUNTS,
    ORIGIN,
    OTHERS,
    READING,
    ROUTES,
    TEXTS,
    TOO_LONG,
    contract,
    no_method,
)
from tests.support.site import Headers, Site, shown


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
        self.title, self._reason = title, reason
        self.extra, self.away = extra, away

    def cause(self, site: Site, route: str, headers: Any = None) -> testing.Result:
        """Make the request that fails."""
        site.server.connected = not self.away
        result = site.ask(self.method, route + self.query, headers)
        assert result.status == self.status
        return result

    def reason(self, route: str) -> str:
        """Tell what it says: of a method, which others there are."""
        return no_method(route, "PUT") if self.method == "PUT" else self._reason

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
            no_method("/count", "PUT"),
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

        assert result.text == f"{case.reason(route)}\n"
        assert result.headers == {
            **contract(route),
            **case.extra_headers(route),
            "x-hits-reason": case.reason(route),
            "x-hits-status": case.status[:3],
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
            **contract(route),
            **case.extra_headers(route),
            "x-hits-reason": case.reason(route),
            "x-hits-status": case.status[:3],
            "content-type": "image/svg+xml",
            "content-length": str(len(result.content)),
        }

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_page_may_read_the_reason(self, site, route, case):
        """With an Origin the error is for it alone, and its reason is exposed."""
        result = case.cause(site, route, ORIGIN)

        assert result.headers["access-control-allow-origin"] == "https://example.com"
        assert result.headers["access-control-allow-credentials"] == "true"
        exposed = result.headers["access-control-expose-headers"]
        assert exposed == "X-Hits-Page, X-Hits-Reason, X-Hits-Status"
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
            "detail": case.reason(route),
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

        assert result.text == f"{case.reason(route)}\n"

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
        ["/none", "/none/x", "/nothing/x.webp", "/\xe9", "/static/x"],
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
            "x-hits-status": "404",
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

    def test_a_long_wish_is_not_read(self, site):
        """An `Accept` that no browser sends is as none: reading it takes long."""
        wish = "application/json" + ", a/b" * 200

        assert site.get("/none", {"Accept": wish}).text.startswith("<!doctype html>")

    def test_the_page_does_not_take_a_post(self, site):
        """405 as HTML, with what is allowed."""
        result = site.ask("POST", "/")

        assert result.status_code == 405
        assert result.headers["allow"] == "GET, HEAD, OPTIONS"
        assert no_method("/", "POST") in result.text

    def test_the_page_is_there(self, site):
        """The root is HTML."""
        assert site.get("/").text.startswith("<!doctype html>")

    @pytest.mark.parametrize(
        ("method", "route"),
        [
            *product(["PUT", "PATCH", "DELETE", "TRACE"], [*ROUTES, *OTHERS]),
            *product(["POST"], [r for r in READING if "POST" not in METHODS[r]]),
            *product(["POST"], OTHERS),
        ],
    )
    def test_other_methods_are_refused(self, site, method, route):
        """405, and nothing is counted."""
        result = site.ask(method, f"{route}?url=example.com")

        assert result.status_code == 405
        assert "GET, HEAD" in result.headers["allow"]
        assert site.redis.keys("*") == []


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
        pictures = ErrorPictures({SVG: lambda text, *_: text.encode()})
        serializer = ProblemSerializer(
            routes, routes, pictures, lambda *texts: b"", {}, lambda *asked: ""
        )
        add_problems(app, serializer, refuse=lambda site: None)
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

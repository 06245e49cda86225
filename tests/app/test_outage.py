"""The service without Redis, and what it says of its health."""

import pytest

from tests.support.contract import AWAY, ORIGIN, PAGE, ROUTES, TOTAL, UNCACHED
from tests.support.site import cookie_from, shown


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

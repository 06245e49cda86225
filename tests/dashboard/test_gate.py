"""Who is let in, over which line, and what others can see of it."""

from typing import Any

import pytest
from falcon import HTTPNotFound
from falcon.asgi import Request
from falcon.inspect import inspect_routes
from falcon.testing import create_scope

from hitsvc.access import Keyring, Sessions, Tokens
from hitsvc.app import create_app
from hitsvc.dashboard.gate import Gate
from hitsvc.request import TrustedProxies
from hitsvc.settings import Settings
from tests.dashboard.operating import LOCAL, READ, WRITE, Api, refusal

CALLS = [
    ("GET", "/pages", None),
    ("GET", "/pages/example.com/a", None),
    ("GET", "/pages?url=example.com/a", None),
    ("GET", "/sites", None),
]
CHANGES = [
    ("PUT", "/pages/example.com/a", {"total": 1}),
    ("PATCH", "/pages/example.com/a", {"total": 1}),
    ("POST", "/pages/example.com/a", {"add": 1}),
    ("DELETE", "/pages/example.com/a", None),
    ("PUT", "/pages?url=example.com/a", {"total": 1}),
    ("POST", "/undo/x", None),
]
ALL = [*CALLS, *CHANGES]
SOMEBODY = "203.0.113.5"


@pytest.mark.parametrize(("method", "target", "body"), ALL)
class TestTokens:
    """Bearer tokens."""

    def test_without_one_nothing_is_told(self, operated, method, target, body):
        """Whether there is such a page, say."""
        answer = operated.ask(method, f"/api/v1{target}", LOCAL)

        assert refusal(answer)[0] == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="hitsvc"'

    @pytest.mark.parametrize(
        "header",
        [
            f"Bearer {WRITE}x",
            f"Bearer {WRITE[:-1]}",
            "Bearer ",
            "Bearer",
            "Bearer é\xff",
            f"Basic {WRITE}",
            WRITE,
        ],
    )
    def test_a_wrong_one_is_none(self, operated, method, target, body, header):
        """However near."""
        headers = {**LOCAL, "Authorization": header}

        assert operated.ask(method, f"/api/v1{target}", headers).status_code == 401

    def test_two_are_none(self, operated, method, target, body):
        """Nobody knows which is meant."""
        headers = [
            *LOCAL.items(),
            *(("Authorization", f"Bearer {t}") for t in (WRITE, READ)),
        ]

        assert operated.ask(method, f"/api/v1{target}", headers).status_code == 401


@pytest.mark.parametrize(("method", "target", "body"), CHANGES)
def test_a_token_that_may_read_changes_nothing(operated, method, target, body):
    """It is told so."""
    answer = Api(operated, READ).ask(method, target, body)

    assert refusal(answer) == (403, "this token may read and change nothing")
    assert operated.total("example.com/a") == 10


@pytest.mark.parametrize(("method", "target", "body"), CALLS)
def test_a_token_that_may_read_reads(operated, method, target, body):
    """All that there is."""
    assert Api(operated, READ).ask(method, target, body).status_code == 200


class TestNoToken:
    """Without a token there is no operator's side."""

    @pytest.mark.parametrize(
        "path", ["/api/v1/pages", "/api/v1/sites", "/admin/", "/admin"]
    )
    def test_there_is_nothing(self, open_operated, path):
        """As at any address that is none."""
        site = open_operated(admin_token="", admin_read_token="")

        assert site.get(path, LOCAL).status_code == 404

    def test_a_memory_store_has_none(self):
        """Nobody else could reach it."""
        app = create_app(Settings(redis_url="memory", admin_token=WRITE))

        assert not [
            r for r in inspect_routes(app) if r.path.startswith(("/api", "/admin"))
        ]


LINES = [
    pytest.param({"Host": "127.0.0.1:8000"}, "127.0.0.1", "http", True, id="loopback"),
    pytest.param({"Host": "localhost"}, "::1", "http", True, id="by name"),
    pytest.param({"Host": "[::1]:8000"}, "::1", "http", True, id="IPv6"),
    pytest.param({"Host": "hits.localhost"}, "127.0.0.1", "http", True, id="below"),
    pytest.param({"Host": "127.0.0.1"}, None, "http", True, id="socket"),
    pytest.param({"Host": "127.0.0.1"}, "172.17.0.1", "http", True, id="container"),
    pytest.param({"Host": "hits.example"}, SOMEBODY, "https", True, id="https"),
    pytest.param(
        {"Host": "hits.example", "X-Forwarded-Proto": "https"},
        "127.0.0.1",
        "http",
        True,
        id="trusted proxy",
    ),
    pytest.param({"Host": "hits.example"}, SOMEBODY, "http", False, id="plain"),
    pytest.param(
        {"Host": "hits.example"}, "127.0.0.1", "http", False, id="proxied plain"
    ),
    pytest.param({"Host": "192.168.1.7:8000"}, "192.168.1.9", "http", False, id="LAN"),
    pytest.param({"Host": "127.0.0.1"}, SOMEBODY, "http", False, id="claimed"),
    pytest.param({"Host": "127.0.0.1"}, "nonsense", "http", False, id="no address"),
    pytest.param(
        {"Host": "127.0.0.1.evil.example"}, "127.0.0.1", "http", False, id="rebound"
    ),
    pytest.param(
        {"Host": "localhost.evil"}, "127.0.0.1", "http", False, id="rebound name"
    ),
    pytest.param(
        {"Host": "127.0.0.1", "X-Forwarded-For": "203.0.113.5"},
        "127.0.0.1",
        "http",
        False,
        id="a proxy on this computer",
    ),
    pytest.param(
        {"Host": "hits.example", "X-Forwarded-Proto": "https"},
        SOMEBODY,
        "http",
        False,
        id="claimed https",
    ),
    pytest.param(
        {"Host": "hits.example", "X-Forwarded-Proto": "http"},
        "127.0.0.1",
        "http",
        False,
        id="proxy says http",
    ),
]


@pytest.mark.parametrize(("headers", "peer", "scheme", "let_in"), LINES)
def test_nobody_may_listen(operated, headers, peer, scheme, let_in):
    """HTTPS, or this computer; a right token does not help."""
    headers = {**headers, "Authorization": f"Bearer {WRITE}"}
    answer = operated.get("/api/v1/pages", headers, peer=peer, scheme=scheme)

    assert answer.status_code == (200 if let_in else 403)
    assert let_in or "use https" in refusal(answer)[1]


class TestOthers:
    """Pages of other sites, and caches."""

    @pytest.mark.parametrize("token", [WRITE, "wrong"])
    def test_no_other_site_may_read_an_answer(self, operated, token):
        """Neither a good one nor a refusal."""
        headers = {**Api(operated, token).headers, "Origin": "https://evil.example"}

        for target in ("/pages", "/pages/example.com/x", "/pages?limit=x"):
            answer = operated.get(f"/api/v1{target}", headers)
            assert not [
                name for name in answer.headers if name.startswith("access-control")
            ]

    def test_a_preflight_allows_nothing(self, operated):
        """So browsers do not even send it."""
        headers = {
            **LOCAL,
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "DELETE",
        }
        answer = operated.ask("OPTIONS", "/api/v1/pages/example.com/a", headers)

        assert not [
            name for name in answer.headers if name.startswith("access-control")
        ]

    @pytest.mark.parametrize(("method", "target", "body"), ALL)
    def test_no_answer_is_kept(self, operated, method, target, body):
        """By anybody in between."""
        for token in (WRITE, "wrong"):
            answer = Api(operated, token).ask(method, target, body)
            assert "no-store" in answer.headers["cache-control"]
            assert answer.headers["x-content-type-options"] == "nosniff"


class TestPageKeys:
    """Nothing of it is reachable under the address of a page."""

    def test_counting_an_operators_address_is_counting_a_page(self, operated):
        """It is a page like any other."""
        answer = operated.get("/count?url=example.com/api/v1/pages")

        assert answer.text == "1"
        assert operated.total("example.com/api/v1/pages") == 1

    def test_below_a_path_it_is_there_too(self, open_operated):
        """Where a proxy leaves it on."""
        site = open_operated(base_path="/stats")
        headers = Api(site).headers
        site.get("/count?url=example.com/a")
        site.redis.set("hits:{example.com/stats/api/v1/pages/x}", 3)

        assert site.get("/stats/api/v1/pages/example.com/a", headers).json["total"] == 1
        nested = site.get(
            "/stats/api/v1/pages/example.com/stats/api/v1/pages/x", headers
        )
        assert nested.json["page"] == "example.com/stats/api/v1/pages/x"


def test_without_a_token_there_is_nothing():
    """Also if it was taken away while the service runs."""

    async def receive() -> Any:
        raise AssertionError

    nobody = Keyring(Tokens())
    gate = Gate(nobody, Sessions(nobody), TrustedProxies(""))

    with pytest.raises(HTTPNotFound):
        gate.see_line(Request(create_scope(), receive))

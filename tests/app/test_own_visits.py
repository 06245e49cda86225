"""Visits that are not counted: from addresses that the operator names, by a cookie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.errors import SettingsError
from hitsvc.request import Clients, OwnVisits, TrustedProxies, Visit
from hitsvc.settings import Settings
from tests.support.contract import COUNTING, TOTAL
from tests.support.site import cookie_from, shown

OUT = "/leave-me-out"
FROM_OURS = {"Sec-Fetch-Site": "same-origin"}
HOST = "hits.example"
OURS = "198.51.100.7"
PROXY = "192.0.2.1"


class TestIgnoredAddresses:
    """`HITSVC_IGNORE`."""

    @pytest.mark.parametrize("route", COUNTING)
    def test_such_a_visit_sees_the_number_and_does_not_raise_it(self, open_site, route):
        """It gets no cookie, and leaves nothing."""
        site = open_site(ignore=OURS)
        site.redis.set(TOTAL, 7)

        result = site.get(f"{route}?url=example.com", peer=OURS)

        assert shown(result) == "7"
        assert "set-cookie" not in result.headers
        assert site.redis.keys() == [TOTAL]
        assert shown(site.get(f"{route}?url=example.com", peer="198.51.100.8")) == "8"

    @pytest.mark.parametrize(
        ("ignore", "peer", "forwarded", "counted"),
        [
            pytest.param(OURS, OURS, None, "0", id="address"),
            pytest.param(OURS, f"::ffff:{OURS}", None, "0", id="mapped"),
            pytest.param("198.51.100.0/24", OURS, None, "0", id="network"),
            pytest.param("2001:db8::/48", "2001:db8::7", None, "0", id="IPv6"),
            pytest.param(f"10.0.0.1, {OURS} ,", OURS, None, "0", id="one of several"),
            pytest.param(" , ", OURS, None, "1", id="none"),
            pytest.param("198.51.100.8", OURS, None, "1", id="another address"),
            pytest.param(OURS, PROXY, OURS, "0", id="a proxy says so"),
            pytest.param(OURS, PROXY, f"1.2.3.4, {OURS}", "0", id="the nearest"),
            pytest.param(OURS, PROXY, f"{OURS}, 1.2.3.4", "1", id="invented"),
            pytest.param(OURS, "203.0.113.9", OURS, "1", id="a stranger says so"),
            pytest.param(PROXY, PROXY, "1.2.3.4", "1", id="others through a proxy"),
            pytest.param(PROXY, PROXY, "unknown", "1", id="somebody through a proxy"),
            pytest.param(PROXY, PROXY, None, "0", id="the proxy's host itself"),
            pytest.param("0.0.0.0/0,::/0", None, None, "1", id="unix socket"),
            pytest.param("0.0.0.0/0,::/0", "no address", None, "1", id="nonsense"),
        ],
    )
    def test_who_a_client_is(self, open_site, ignore, peer, forwarded, counted):
        """The peer, or whom a trusted proxy names."""
        site = open_site(
            ignore=ignore, forwarded_allow_ips=PROXY, client_header="X-Forwarded-For"
        )
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

        assert site.get("/count?url=example.com", headers, peer=peer).text == counted

    @pytest.mark.parametrize(
        "sign",
        ["Forwarded", "Via", "X-Forwarded-Proto", "X-Real-IP", "X-Forwarded-For"],
    )
    def test_what_comes_through_a_proxy_is_not_its_hosts(self, open_site, sign):
        """Whatever header shows it; else everybody would be left out."""
        site = open_site(ignore="127.0.0.1")

        assert site.get("/count?url=example.com", {sign: "x"}).text == "1"

    @given(st.ip_addresses(v=4), st.integers(8, 32))
    def test_a_network_is_all_that_is_in_it(self, address, bits):
        """And nothing else."""
        last = 32 - bits
        start = int(address) >> last << last
        own = OwnVisits(
            f"{type(address)(start)}/{bits}", Clients(TrustedProxies(PROXY))
        )
        for number, inside in (
            (start, True),
            (start + (1 << last) - 1, True),
            ((start + (1 << last)) % 2**32, False),
            ((start - 1) % 2**32, False),
        ):
            peer = str(type(address)(number))
            scope = {"client": (peer, 1), "headers": [], "scheme": "http"}
            sent = own.sent(Visit(scope, TrustedProxies(PROXY)))
            assert sent == inside or peer == PROXY

    @pytest.mark.parametrize("value", ["*", "here", "1.2.3", "1.2.3.4/33", "a.example"])
    def test_what_is_no_address_stops_the_start(self, value):
        """The message names the setting."""
        with pytest.raises(SettingsError, match="HITSVC_IGNORE"):
            Settings.load({"HITSVC_IGNORE": value})

    @pytest.mark.parametrize("agent", ["Bytespider", "Mozilla/5.0"])
    @pytest.mark.parametrize("bots", ["skip", "count"])
    def test_bots_are_another_matter(self, open_site, agent, bots):
        """Each of the two settings holds without the other."""
        site = open_site(ignore=OURS, bots=bots)
        headers = {"User-Agent": agent}

        assert site.get("/count?url=example.com", headers, peer=OURS).text == "0"
        skipped = agent == "Bytespider" and bots == "skip"
        assert site.get("/count?url=example.com", headers).text == str(int(not skipped))


class TestLeaveMeOut:
    """The page `/leave-me-out`, and its cookie."""

    @pytest.mark.parametrize("scheme", ["http", "https"])
    @pytest.mark.parametrize("route", COUNTING)
    def test_whoever_asks_is_not_counted_from_then_on(self, site, route, scheme):
        """Until they ask again; no script is needed for either."""
        counting = f"{route}?url=example.com"
        site.redis.set(TOTAL, 7)
        answer = site.ask("POST", f"{OUT}?off=1", FROM_OURS, scheme=scheme)
        cookie = cookie_from(answer)

        assert (answer.status_code, answer.headers["location"]) == (303, "leave-me-out")
        out = site.get(counting, {"Cookie": f"a=b; {cookie}"}, scheme=scheme)
        assert shown(out) == "7"
        assert "set-cookie" not in out.headers
        assert site.redis.keys() == [TOTAL]
        again = site.ask(
            "POST", f"{OUT}?off=0", {**FROM_OURS, "Cookie": cookie}, scheme=scheme
        )
        assert again.headers["set-cookie"].startswith(f"{cookie}; Max-Age=0;")

    @pytest.mark.parametrize(
        ("scheme", "cookie"),
        [
            (
                "https",
                "__Host-hits-off=1; Max-Age=34560000; Path=/; HttpOnly; Secure; "
                "SameSite=None",
            ),
            ("http", "hits-off=1; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax"),
        ],
    )
    def test_the_cookie_is_for_all_sites_that_embed_us(self, site, scheme, cookie):
        """So it is not partitioned; it lasts as long as browsers let it."""
        answer = site.ask("POST", f"{OUT}?off=1", FROM_OURS, scheme=scheme)

        assert answer.headers["set-cookie"] == cookie

    @pytest.mark.parametrize("value", ["", "0", "2", "11", "true"])
    def test_another_value_is_none(self, site, value):
        """Such a visit counts."""
        headers = {"Cookie": f"hits-off={value}"}

        assert site.get("/count?url=example.com", headers).text == "1"

    def test_over_https_only_a_secure_one_is_believed(self, site):
        """Anybody on the way could have set the other."""
        headers = {"Cookie": "hits-off=1"}

        assert site.get("/count?url=example.com", headers, scheme="https").text == "1"

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_the_page_says_how_it_is(self, site, method):
        """It is the same for all but for the cookie, and no cache keeps it."""
        counted = site.ask(method, OUT)
        left_out = site.ask(method, OUT, {"Cookie": "hits-off=1"})

        for page in (counted, left_out):
            assert page.status_code == 200
            assert "no-store" in page.headers["cache-control"]
            assert "form-action 'self'" in page.headers["content-security-policy"]
            assert page.headers["x-frame-options"] == "DENY"
        if method == "GET":
            assert 'action="?off=1"' in counted.text
            assert 'action="?off=0"' in left_out.text
            assert "plain HTTP" in counted.text
            assert "plain HTTP" not in site.ask(method, OUT, scheme="https").text

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="our page"),
            pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
            pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour"),
            pytest.param({"Origin": f"http://{HOST}"}, 303, id="over HTTP"),
            pytest.param({"Origin": f"https://{HOST}"}, 303, id="old browser"),
            pytest.param({"Origin": "https://evil.example"}, 403, id="old, another"),
            pytest.param({"Origin": f"https://{HOST}:1"}, 403, id="another port"),
            pytest.param({"Origin": "null"}, 403, id="a sandbox"),
            pytest.param({"Origin": "http://["}, 403, id="nonsense"),
            pytest.param(
                {"Sec-Fetch-Site": "cross-site", "Origin": f"https://{HOST}"},
                403,
                id="the browser knows better",
            ),
            pytest.param({}, 303, id="a program"),
        ],
    )
    def test_no_other_site_may_ask(self, site, headers, status):
        """It would have its visitors left out, everywhere."""
        answer = site.ask("POST", f"{OUT}?off=1", {"Host": "Hits.example", **headers})

        assert answer.status_code == status
        assert ("set-cookie" in answer.headers) == (status == 303)

    @pytest.mark.parametrize("query", ["", "?off=", "?off=perhaps"])
    def test_what_is_asked_must_be_said(self, site, query):
        """400, and nothing changes."""
        answer = site.ask("POST", OUT + query, FROM_OURS)

        assert answer.status_code == 400
        assert "set-cookie" not in answer.headers

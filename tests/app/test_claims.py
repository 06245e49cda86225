"""Refreshes without a cookie: `HITSVC_REFRESH`."""

import logging

import pytest

from tests.support.contract import COUNTING, TOTAL
from tests.support.site import cookie_from, shown

ADDRESS = "/count?url=example.com"
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101"}
ONE, ANOTHER = "198.41.7.9", "198.41.7.10"
PROXY = "192.0.2.1"


def claims(site) -> list[str]:
    """List the names of the claims."""
    return sorted(map(str, site.redis.keys("hits:*:c:*")))


@pytest.fixture(name="site", params=["claim", "both"])
def _site(request, open_site):
    """A service with claims."""
    return open_site(
        refresh=request.param,
        forwarded_allow_ips=PROXY,
        client_header="X-Forwarded-For",
    )


class TestWithoutACookie:
    """What a visitor who keeps no cookie is told by."""

    @pytest.mark.parametrize("route", COUNTING)
    def test_a_refresh_is_not_counted(self, site, route):
        """It sees the number, and gets no cookie; another's visit counts."""
        address = f"{route}?url=example.com"
        first = site.get(address, AGENT, peer=ONE)
        site.get(address, AGENT, peer=ANOTHER)
        again = site.get(address, AGENT, peer=ONE)

        assert [shown(answer) for answer in (first, again)] == ["1", "2"]
        assert "set-cookie" not in again.headers
        assert site.total() == 2

    def test_a_claim_lives_as_long_as_the_setting_says(self, open_site):
        """And is made once: a refresh does not prolong it."""
        site = open_site(refresh="claim", cookie_timeout=90)
        site.get(ADDRESS, AGENT, peer=ONE)
        (name,) = claims(site)

        assert name.startswith(f"{TOTAL}:c:")
        assert 89_000 < site.redis.pttl(name) <= 90_000
        site.redis.expire(name, 5)
        site.get(ADDRESS, AGENT, peer=ONE)
        assert claims(site) == [name]
        assert 0 < site.redis.ttl(name) <= 5

    def test_a_claim_that_has_expired_counts(self, site):
        """A view after the time is a view."""
        site.get(ADDRESS, AGENT, peer=ONE)
        site.redis.delete(*claims(site))

        assert site.get(ADDRESS, AGENT, peer=ONE).text == "2"

    @pytest.mark.parametrize(
        ("first", "second", "number"),
        [
            pytest.param((ONE, "a"), (ONE, "a"), "1", id="same"),
            pytest.param((ONE, "a"), (ONE, "b"), "2", id="another browser"),
            pytest.param((ONE, "a"), (ANOTHER, "a"), "2", id="another address"),
            pytest.param((ONE, ""), (ONE, ""), "1", id="no user agent"),
            pytest.param((ONE, "x" * 256 + "a"), (ONE, "x" * 256 + "b"), "1", id="cut"),
            pytest.param(
                (ONE, "x" * 255 + "a"), (ONE, "x" * 255 + "b"), "2", id="not cut"
            ),
            pytest.param(("::ffff:" + ONE, "a"), (ONE, "a"), "1", id="mapped"),
            pytest.param(
                ("2001:db8:1:2::1", "a"),
                ("2001:db8:1:2:ffff::2", "a"),
                "1",
                id="IPv6, one network",
            ),
            pytest.param(
                ("2001:db8:1:2::1", "a"), ("2001:db8:1:3::1", "a"), "2", id="IPv6, two"
            ),
        ],
    )
    def test_who_seems_to_be_the_same(self, site, first, second, number):
        """An address, of IPv6 its network, and the beginning of a user agent."""
        for peer, agent in (first, second):
            result = site.get(ADDRESS, {"User-Agent": agent}, peer=peer)

        assert result.text == number

    def test_each_page_has_its_own(self, site):
        """And no two claims of one visitor are alike."""
        for page in "ab":
            answer = site.get(f"/count?url={page}.example", AGENT, peer=ONE)
            assert answer.text == "1"

        assert len({name.rpartition(":")[2] for name in claims(site)}) == 2

    def test_it_is_known_through_a_proxy(self, site):
        """By the header that the operator names."""
        for client, number in ((ONE, "1"), (ONE, "1"), (ANOTHER, "2"), (PROXY, "3")):
            headers = {**AGENT, "X-Forwarded-For": f"1.2.3.4, {client}"}
            if client == PROXY:
                headers["X-Forwarded-For"] = client
            assert site.get(ADDRESS, headers, peer=PROXY).text == number

    def test_badges_that_load_together_are_one_view(self, site):
        """Total and today, header and footer: one of them counts, all show it."""
        site.redis.set(TOTAL, 7)
        headers = {**AGENT, "Referer": "http://example.com"}
        answers = site.get_at_once(5, "/count", headers, ONE)

        assert [answer.text for answer in answers] == ["8"] * 5

    @pytest.mark.parametrize("times", [1, 2])
    def test_global_privacy_control_makes_none(self, site, times):
        """Neither cookie nor claim: each view counts."""
        for _ in range(times):
            result = site.get(ADDRESS, {**AGENT, "Sec-GPC": "1"}, peer=ONE)

        assert result.text == str(times)
        assert claims(site) == site.tokens() == []


class TestWhoIsNotTold:
    """Visitors who cannot be told from others: each view counts."""

    @pytest.mark.parametrize(
        ("peer", "headers"),
        [
            pytest.param(None, {}, id="unix socket"),
            pytest.param("nowhere", {}, id="no address"),
            pytest.param(PROXY, {"X-Forwarded-For": ""}, id="a proxy names nobody"),
            pytest.param(PROXY, {"X-Forwarded-For": "unknown"}, id="a proxy hides it"),
            pytest.param(PROXY, {"Via": "1.1 x"}, id="another header of a proxy"),
            pytest.param(
                "10.0.0.1", {"Via": "1.1 x"}, id="a proxy that is not trusted"
            ),
            pytest.param(
                ONE, {"User-Agent": "github-camo (876de43e)"}, id="everybody's proxy"
            ),
        ],
    )
    def test_each_view_counts(self, site, peer, headers):
        """No claim is made for everybody."""
        views = [site.get(ADDRESS, {**AGENT, **headers}, peer=peer) for _ in "ab"]

        assert [view.text for view in views] == ["1", "2"]
        assert claims(site) == []

    def test_the_log_says_once_what_is_missing(self, open_site, caplog):
        """Behind a proxy, the header with the client; and no address is logged."""
        caplog.set_level(logging.DEBUG)
        site = open_site(refresh="claim")
        for _ in range(3):
            site.get(ADDRESS, {"X-Forwarded-For": ONE, "User-Agent": "agent-7"})

        (line,) = [text for text in caplog.messages if "HITSVC_REFRESH" in text]
        assert "HITSVC_CLIENT_HEADER" in line
        assert not any(ONE in text or "agent-7" in text for text in caplog.messages)

    def test_without_a_named_header_a_proxy_is_not_its_visitors(self, open_site):
        """Nobody knows whether it passes something on."""
        site = open_site(refresh="claim")

        assert [site.get(ADDRESS, AGENT).text for _ in "ab"] == ["1", "2"]

    @pytest.mark.parametrize("peer", ["127.0.0.2", "10.0.0.1", "fd00::1"])
    def test_a_private_peer_without_a_sign_of_a_proxy_is_a_visitor(self, site, peer):
        """As in an office, over plain HTTP."""
        assert [site.get(ADDRESS, AGENT, peer=peer).text for _ in "ab"] == ["1", "1"]

    @pytest.mark.parametrize("forwarded", [None, PROXY, f"{PROXY}, {PROXY}"])
    def test_a_proxys_host_may_visit_itself(self, site, forwarded):
        """All whom the header names are proxies, or it is not there."""
        headers = {**AGENT, "X-Forwarded-For": forwarded} if forwarded else AGENT

        assert [site.get(ADDRESS, headers, peer=PROXY).text for _ in "ab"] == ["1", "1"]


class TestBoth:
    """A cookie first, else a claim."""

    def test_a_cookie_is_enough(self, open_site):
        """Also from another address, where no claim is there."""
        site = open_site(refresh="both")
        cookie = {"Cookie": cookie_from(site.get(ADDRESS, AGENT, peer=ONE))}

        assert site.get(ADDRESS, {**AGENT, **cookie}, peer=ANOTHER).text == "1"
        assert len(claims(site)) == 1

    def test_a_dead_cookie_is_as_none(self, open_site):
        """Then the claim tells; without it the view counts, and there is a new cookie."""
        site = open_site(refresh="both")
        cookie = {"Cookie": cookie_from(site.get(ADDRESS, AGENT, peer=ONE))}
        site.redis.delete(*site.tokens())
        assert site.get(ADDRESS, {**AGENT, **cookie}, peer=ONE).text == "1"
        site.redis.delete(*claims(site))

        answer = site.get(ADDRESS, {**AGENT, **cookie}, peer=ONE)
        assert answer.text == "2"
        assert "set-cookie" in answer.headers


class TestModes:
    """What each value stores and sets."""

    @pytest.mark.parametrize(
        ("refresh", "cookies", "tokens", "made"),
        [
            ("cookie", True, 1, 0),
            ("claim", False, 0, 1),
            ("both", True, 1, 1),
            ("off", False, 0, 0),
        ],
    )
    @pytest.mark.parametrize("timeout", [60, 0])
    def test_a_first_view(self, open_site, refresh, cookies, tokens, made, timeout):
        """Nothing where the time of a refresh is 0."""
        site = open_site(refresh=refresh, cookie_timeout=timeout)
        answer = site.get(ADDRESS, AGENT, peer=ONE)

        assert ("set-cookie" in answer.headers) == (cookies and bool(timeout))
        assert len(site.tokens()) == tokens * bool(timeout)
        assert len(claims(site)) == made * bool(timeout)

    def test_off_counts_every_view(self, open_site):
        """Cookies from before are not believed."""
        site = open_site(refresh="off")
        headers = {"Cookie": "hits-a3e5291bae2acded=AAAAAAAAAAAA"}
        site.redis.set(f"{TOTAL}:t:AAAAAAAAAAAA", 1)

        assert [site.get(ADDRESS, headers, peer=ONE).text for _ in "ab"] == ["1", "2"]

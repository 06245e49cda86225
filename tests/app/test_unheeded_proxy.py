"""HTTPS that only somebody says there is whom nobody told us to believe."""

import logging

import pytest

HTTPS = {"X-Forwarded-Proto": "https"}
ADDRESS = "/count?url=example.com"
PRIVATE = [
    "10.0.0.1",
    "100.100.1.1",
    "127.0.0.2",
    "169.254.1.1",
    "172.18.0.1",
    "192.168.65.1",
    "::ffff:172.18.0.1",
    "fd00::1",
    "fe80::1%eth0",
]


@pytest.fixture(name="said")
def _said(caplog):
    """What the log says of it."""
    caplog.set_level(logging.WARNING)
    return lambda: [line for line in caplog.messages if "X-Forwarded" in line]


@pytest.mark.parametrize("peer", PRIVATE)
@pytest.mark.parametrize("value", ["https", "http, https", " HTTPS "])
def test_a_private_peer_is_told_once(open_site, said, peer, value):
    """With its address, whatever it is asked for, however often."""
    site = open_site(forwarded_allow_ips="10.9.9.9")
    for address in (ADDRESS, ADDRESS, "/nocount?url=example.com"):
        site.get(address, {"X-Forwarded-Proto": value}, peer=peer)

    (line,) = said()
    assert f"comes from {peer.removeprefix('::ffff:')}, which is not in" in line
    site.close()
    assert site.redis.get("hits:proxy") == peer.removeprefix("::ffff:")


@pytest.mark.parametrize(
    ("headers", "peer", "allowed"),
    [
        pytest.param(HTTPS, "172.18.0.1", "172.18.0.0/16", id="trusted"),
        pytest.param(HTTPS, "172.18.0.1", "*", id="all trusted"),
        pytest.param(HTTPS, None, "10.9.9.9", id="unix socket"),
        pytest.param(HTTPS, "198.41.7.9", "10.9.9.9", id="a visitor"),
        pytest.param(HTTPS, "203.0.113.9", "10.9.9.9", id="an example's address"),
        pytest.param(HTTPS, "2606:4700::1", "10.9.9.9", id="a visitor, IPv6"),
        pytest.param(HTTPS, "testserver", "10.9.9.9", id="no address"),
        pytest.param({}, "172.18.0.1", "10.9.9.9", id="says nothing"),
        pytest.param(
            {"X-Forwarded-Proto": "http"}, "172.18.0.1", "10.9.9.9", id="says HTTP"
        ),
        pytest.param(
            {"X-Forwarded-Proto": "https, http"}, "172.18.0.1", "10.9.9.9", id="so near"
        ),
    ],
)
def test_nobody_else_is(open_site, said, headers, peer, allowed):
    """No address of a visitor comes into the log or the store."""
    site = open_site(forwarded_allow_ips=allowed)
    site.get(ADDRESS, headers, peer=peer)

    assert said() == []
    site.close()
    assert site.redis.get("hits:proxy") is None


def test_it_is_not_believed(open_site):
    """The cookie is one for plain HTTP."""
    site = open_site(forwarded_allow_ips="10.9.9.9")

    cookie = site.get(ADDRESS, HTTPS, peer="172.18.0.1").headers["set-cookie"]

    assert cookie.startswith("hits-")
    assert "Secure" not in cookie

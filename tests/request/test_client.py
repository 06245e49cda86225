"""Who a client is, and which network a limit counts."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.request.client import Clients, TrustedProxies

PROXY = "10.0.0.1"
VISITOR = "198.41.7.9"


def scope(peer: str | None, *headers: tuple[str, str]) -> dict[str, object]:
    """Make an ASGI scope; header names as they are sent, values as text."""
    return {
        "client": peer and (peer, 4711),
        "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in headers],
    }


def clients(header: str = "X-Forwarded-For", allowed: str = "10.0.0.0/8") -> Clients:
    return Clients(TrustedProxies(allowed), header)


class TestTrustedProxies:
    """`TrustedProxies`."""

    @pytest.mark.parametrize(
        ("allowed", "host", "trusted"),
        [
            pytest.param("127.0.0.1", "127.0.0.1", True, id="address"),
            pytest.param("127.0.0.1", "127.0.0.2", False, id="the next address"),
            pytest.param("10.0.0.0/8", "10.255.255.255", True, id="last of a network"),
            pytest.param("10.0.0.0/8", "11.0.0.0", False, id="first after it"),
            pytest.param("::1", "::1", True, id="IPv6"),
            pytest.param("::1", "0:0:0:0:0:0:0:1", True, id="IPv6 written out"),
            pytest.param("fd00::/8", "fdff::1", True, id="IPv6 network"),
            pytest.param("fd00::/8", "10.0.0.1", False, id="another family"),
            pytest.param("10.0.0.0/8", "fd00::1", False, id="another family, too"),
            pytest.param("10.0.0.0/8", "::ffff:10.1.1.1", True, id="IPv4 as IPv6"),
            pytest.param("10.0.0.0/8", "::ffff:11.1.1.1", False, id="foreign as IPv6"),
            pytest.param(" ::1 , 127.0.0.1 ", "127.0.0.1", True, id="spaces in a list"),
            pytest.param("127.0.0.1,", "127.0.0.1", True, id="a comma at the end"),
            pytest.param(",", "127.0.0.1", False, id="nobody"),
            pytest.param("*", "203.0.113.9", True, id="all"),
            pytest.param("127.0.0.1, *", "203.0.113.9", True, id="all, in a list"),
            pytest.param("*", "testclient", True, id="all, names too"),
            pytest.param("127.0.0.1", "testclient", False, id="a name"),
        ],
    )
    def test_proxy_is_trusted(self, allowed, host, trusted):
        """Listed addresses and networks are trusted, and nobody else."""
        assert ((host, 1234) in TrustedProxies(allowed)) is trusted

    @pytest.mark.parametrize("client", [None, ("", 0)[:0]], ids=["None", "empty"])
    def test_a_unix_socket_is_trusted(self, client):
        """Only a proxy on this machine can use it."""
        assert client in TrustedProxies("127.0.0.1")

    @pytest.mark.parametrize("allowed", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33"])
    def test_what_is_no_address_is_refused(self, allowed):
        """A name, host bits and a wrong length are errors."""
        with pytest.raises(ValueError, match=r"does not appear|host bits"):
            TrustedProxies(allowed)


class TestAddress:
    """`Clients.address`."""

    @pytest.mark.parametrize(
        ("peer", "forwarded", "expected"),
        [
            pytest.param(VISITOR, None, VISITOR, id="no proxy"),
            pytest.param(
                VISITOR, "1.1.1.1", VISITOR, id="who is no proxy is not believed"
            ),
            pytest.param(PROXY, VISITOR, VISITOR, id="a proxy is"),
            pytest.param(
                PROXY, f"1.1.1.1, {VISITOR}", VISITOR, id="what it was sent is not"
            ),
            pytest.param(PROXY, f"{VISITOR}, 10.9.9.9", VISITOR, id="two proxies"),
            pytest.param(PROXY, f"{VISITOR}:4711", VISITOR, id="with a port"),
            pytest.param(
                PROXY, f"::ffff:{VISITOR}", VISITOR, id="IPv4 in IPv6 clothes"
            ),
            pytest.param(
                PROXY, "[2606:4700::1]:443", "2606:4700::1", id="IPv6 and port"
            ),
            pytest.param(PROXY, "2606:4700::1", "2606:4700::1", id="IPv6"),
            pytest.param(
                PROXY, f"{VISITOR}, unknown", None, id="a proxy that hides it"
            ),
            pytest.param(PROXY, f"{VISITOR},", None, id="an empty entry"),
            pytest.param(PROXY, "10.1.1.1, 10.9.9.9", None, id="nobody but proxies"),
            pytest.param(PROXY, None, None, id="a proxy that says nothing"),
            pytest.param(None, VISITOR, VISITOR, id="a unix socket"),
            pytest.param("testclient", None, None, id="no address"),
        ],
    )
    def test_the_client_is_found(self, peer, forwarded, expected):
        """From the right, past what is trusted, and no further."""
        headers = [("X-Forwarded-For", forwarded)] if forwarded is not None else []
        found = clients().address(scope(peer, *headers))
        assert found == (expected and ip_address(expected))

    def test_several_fields_are_one_list(self):
        """The last field is the nearest proxy's (RFC 9110, 5.3)."""
        fields = [("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-for", VISITOR)]
        assert clients().address(scope(PROXY, *fields)) == ip_address(VISITOR)

    def test_only_the_header_that_is_named_is_read(self):
        """A client may send all the others."""
        found = clients("CF-Connecting-IP").address(
            scope(PROXY, ("X-Forwarded-For", "1.1.1.1"), ("CF-Connecting-IP", VISITOR))
        )
        assert found == ip_address(VISITOR)

    def test_without_a_header_nobody_is_known_behind_a_proxy(self):
        """It is no reason to believe the first header that looks right."""
        assert clients("").address(scope(PROXY, ("X-Forwarded-For", VISITOR))) is None

    def test_where_every_peer_is_trusted_the_last_entry_is_the_client(self):
        """A star is for proxies whose addresses nobody knows; it makes no entry one."""
        found = clients(allowed="*").address(
            scope(VISITOR, ("X-Forwarded-For", f"1.1.1.1, {PROXY}"))
        )
        assert found == ip_address(PROXY)

    @given(st.text(st.characters(codec="latin-1")), st.ip_addresses())
    def test_what_a_client_wrote_is_never_its_address(self, written, address):
        """A trusted proxy appends what it sees, and that is found."""
        value = f"{written}, {address}"
        expected = getattr(address, "ipv4_mapped", None) or address
        found = clients(allowed="192.0.2.1").address(
            scope("192.0.2.1", ("X-Forwarded-For", value))
        )
        assert found == expected or str(expected) == "192.0.2.1"

    def test_a_long_list_costs_no_more_than_a_short_one(self):
        """Only so many entries from the right are looked at."""
        value = ", ".join([VISITOR, *[PROXY] * 5000])
        assert clients().address(scope(PROXY, ("X-Forwarded-For", value))) is None


class TestNetwork:
    """`Clients.network`."""

    @pytest.mark.parametrize(
        ("peer", "expected"),
        [
            pytest.param(VISITOR, "198.41.7.0/24", id="IPv4"),
            pytest.param("2606:4700:1:2::3", "2606:4700:1::/48", id="IPv6"),
            pytest.param("192.168.1.7", None, id="private: a proxy nobody told us of"),
            pytest.param("172.18.0.1", None, id="Docker's gateway"),
            pytest.param("127.0.0.1", None, id="this machine"),
            pytest.param("100.64.0.1", None, id="behind a carrier's NAT"),
            pytest.param("fe80::1", None, id="link-local"),
            pytest.param(PROXY, None, id="a proxy that names nobody"),
        ],
    )
    def test_a_limit_counts_networks_of_a_few_people(self, peer, expected):
        """What stands for everybody is nobody's network."""
        assert clients().network(scope(peer)) == expected

    def test_an_image_proxy_is_everybody(self):
        """All readers of all READMEs come from a few addresses."""
        asked = scope(VISITOR, ("User-Agent", "github-camo (876de43e)"))
        assert clients().network(asked) is None


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        pytest.param("198.41.7.9", "198.41.7.0/24", id="IPv4"),
        pytest.param("2a00:1450:4001::9", "2a00:1450:4001::/48", id="IPv6"),
        pytest.param("::ffff:198.41.7.9", "198.41.7.0/24", id="IPv4 on an IPv6 socket"),
        pytest.param("8.8.8.8", None, id="a trusted proxy"),
        pytest.param("10.1.2.3", None, id="a private address"),
        pytest.param("127.0.0.1", None, id="loopback"),
        pytest.param("fd00::1", None, id="a private IPv6 address"),
        pytest.param("100.64.0.1", None, id="behind a provider's NAT"),
        pytest.param(None, None, id="a unix socket"),
        pytest.param("no address", None, id="no address"),
    ],
)
def test_a_peer_has_a_network_before_it_says_anything(peer, network):
    """But for those that many people, or nobody knows who, come through."""
    proxies = TrustedProxies("8.8.8.0/24")

    assert proxies.network_of_peer(peer and (peer, 4711)) == network


def test_where_every_peer_is_trusted_none_has_a_network():
    """`*` says that all of them are proxies."""
    assert TrustedProxies("*").network_of_peer((VISITOR, 4711)) is None

"""The URL of a cluster, and what its nodes say about where slots are."""

import hiredis
import pytest
from redis.crc import key_slot

from hitsvc.counting import SLOTS, slot_of
from hitsvc.errors import SettingsError
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.layout import Layout, NotACluster, Redirect


class TestURL:
    """What it says."""

    @pytest.mark.parametrize(
        ("url", "seeds", "node"),
        [
            ("redis+cluster://h", [("h", 6379)], "redis://a:1/"),
            ("redis+cluster://h:7/", [("h", 7)], "redis://a:1/"),
            ("redis+cluster://h:7,i:8,h:7/0", [("h", 7), ("i", 8)], "redis://a:1/"),
            ("redis+cluster://[::1]:7", [("::1", 7)], "redis://a:1/"),
            ("redis+cluster://me:p%40@h/", [("h", 6379)], "redis://me:p%40@a:1/"),
            ("redis+cluster://:p@h?db=0", [("h", 6379)], "redis://:p@a:1/?db=0"),
            (
                "rediss+cluster://h,i?ssl_cert_reqs=none",
                [("h", 6379), ("i", 6379)],
                "rediss://a:1/?ssl_cert_reqs=none",
            ),
        ],
    )
    def test_parts(self, url, seeds, node):
        """Nodes, and how each is spoken to."""
        parsed = ClusterURL.parse(url)

        assert parsed is not None
        assert list(parsed.seeds) == seeds
        assert parsed.at(("a", 1)) == node

    @pytest.mark.parametrize(
        "url", ["redis://h", "redis+sentinel://h/s", "unix:///x", "memory"]
    )
    def test_others_are_none(self, url):
        """They are read elsewhere."""
        assert ClusterURL.parse(url) is None

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("redis+cluster://h/1", "database other than 0"),
            ("redis+cluster://h/x", "database other than 0"),
            ("redis+cluster://h?db=2", "database other than 0"),
            ("redis+cluster://", "node without a host"),
            ("redis+cluster://h,,i", "node without a host"),
            ("redis+cluster://h:x", "cannot be read"),
            ("redis+cluster://h:99999", "cannot be read"),
            ("redis+cluster://:se@cret@h/a@b", "cannot be read"),
            ("redis+cluster://:secret#x@h", "cannot be read"),
            ("redis+cluster://h?ssl_cert_reqs=none", "TLS options without TLS"),
            ("redis+cluster://h?passwort=secret", "unknown option"),
            ("redis+cluster://me@h", "a user and no password"),
            ("rediss+cluster://h?ssl_ca_certs=/no/such", "cannot be read"),
        ],
    )
    def test_a_malformed_one_is_refused(self, url, reason):
        """With what it looks like, and no part of a password."""
        with pytest.raises(SettingsError, match=reason) as caught:
            ClusterURL.parse(url)

        assert "secret" not in str(caught.value)
        assert "It is set with" in str(caught.value)


class TestSlots:
    """Which part of a cluster has a key."""

    @pytest.mark.parametrize(
        "name", ["", "a", "{a}", "x{a}y", "{}", "{}a{b}", "{a", "a}", "}{a}", "{é/}}"]
    )
    def test_they_are_those_of_redis(self, name):
        """Its client's, which its documents describe."""
        assert slot_of(name) == key_slot(name.encode())


class TestLayout:
    """The answer to ``CLUSTER SLOTS``, in the forms that versions have."""

    @pytest.mark.parametrize(
        ("node", "address"),
        [
            ([b"10.0.0.2", 7001], ("10.0.0.2", 7001)),
            ([b"10.0.0.2", 7001, b"id", []], ("10.0.0.2", 7001)),
            ([b"n.example", 7001, b"id", [b"ip", b"10.0.0.2"]], ("n.example", 7001)),
            ([None, 7001, b"id", []], ("asked", 7001)),
            ([b"", 7001], ("asked", 7001)),
            ([b"?", 7001, b"id", [b"ip", b"10.0.0.2"]], ("10.0.0.2", 7001)),
        ],
    )
    def test_a_node(self, node, address):
        """Its endpoint, or what stands for one."""
        replica = [b"10.0.0.3", 7002]

        layout = Layout.of([[0, 99, node, replica]], "asked")

        assert layout.primaries[99:101] == [address, None]
        assert layout.replicas == {address: [("10.0.0.3", 7002)]}

    def test_a_primary_may_have_many_ranges(self):
        """Each of its replicas is there once."""
        node, replica = [b"h", 1], [b"i", 2]

        layout = Layout.of([[0, 9, node, replica], [20, 29, node, replica]], "asked")

        assert [layout.primaries.index(None), layout.primaries[20]] == [10, ("h", 1)]
        assert layout.replicas == {("h", 1): [("i", 2)]}

    @pytest.mark.parametrize(
        "reply",
        [
            hiredis.ReplyError("ERR This instance has cluster support disabled"),
            b"OK",
            7,
            None,
            [[1]],
            [[0, 1]],
            [[0, 1, [b"h"]]],
            [[0, 1, [b"h", b"x"]]],
            [[0, 1, [b"?", 1, b"id"]]],
            [[0, 1, [b"?", 1, b"id", []]]],
            [["a", 1, [b"h", 1]]],
            [[0, 1, [b"\xff", 1]]],
        ],
    )
    def test_anything_else_is_none(self, reply):
        """And is not believed in part."""
        with pytest.raises(NotACluster):
            Layout.of(reply, "asked")


class TestRedirect:
    """Error replies that send a command on."""

    @pytest.mark.parametrize(
        ("said", "redirect"),
        [
            ("MOVED 5 10.0.0.2:7001", Redirect(5, ("10.0.0.2", 7001), False)),
            ("ASK 5 10.0.0.2:7001", Redirect(5, ("10.0.0.2", 7001), True)),
            ("MOVED 5 :7001", Redirect(5, ("asked", 7001), False)),
            ("MOVED 5 n.example:7001", Redirect(5, ("n.example", 7001), False)),
            ("MOVED 5 2001:db8::1:7001", Redirect(5, ("2001:db8::1", 7001), False)),
        ],
    )
    def test_is_read(self, said, redirect):
        """Without a host, the one that said it is meant."""
        assert Redirect.of(hiredis.ReplyError(said), "asked") == redirect

    @pytest.mark.parametrize(
        "said",
        [
            "MOVED",
            "MOVED 5",
            "MOVED x h:1",
            "MOVED 5 h",
            "MOVED 5 h:x",
            "MOVED 5 ?:7001",
            f"MOVED {SLOTS} h:1",
            "MOVED 5 h:1 more",
            "ASKING 5 h:1",
            "OOM",
            "",
        ],
    )
    def test_nothing_else_is_one(self, said):
        """It stays a refusal."""
        assert Redirect.of(hiredis.ReplyError(said), "asked") is None

    def test_a_reply_is_none(self):
        """Also one that looks like it."""
        assert Redirect.of(b"MOVED 5 h:1", "asked") is None

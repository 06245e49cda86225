"""Finding the primary: URLs, Sentinels that misbehave, and a real failover."""

import asyncio
from collections.abc import Iterator

import pytest

from hitsvc.cli.show import read_totals
from hitsvc.errors import SettingsError
from hitsvc.settings import Settings
from hitsvc.store.external import RedisAway, check_redis
from hitsvc.store.opening import open_backend
from hitsvc.store.primary import plain_url
from hitsvc.store.sentinel_url import SentinelURL
from hitsvc.store.url_spelling import redact
from hitsvc.store.wire import Wire
from tests.support.commands import free_port
from tests.support.processes import eventually, kill
from tests.support.scripted import Script, serving
from tests.support.sentinel import SERVICE, Watched, names, said
from tests.support.service import StartService
from tests.support.visitors import RefusedError


def parse(url: str) -> SentinelURL:
    """Read a URL that is known to be one of Sentinels."""
    parsed = SentinelURL.parse(url)
    assert parsed is not None
    return parsed


class TestURL:
    """What a Sentinel URL says."""

    @pytest.mark.parametrize(
        ("url", "service", "sentinels", "primary"),
        [
            pytest.param(
                "redis+sentinel://s1/counts",
                "counts",
                {"s1:26379": "redis://s1:26379?"},
                "redis://h:1/",
                id="least",
            ),
            pytest.param(
                "redis+sentinel://me:p%40ss@s1:1,s2:2,s3/counts/4?sentinel_username=w"
                "&sentinel_password=q%40&client_name=x",
                "counts",
                {
                    "s1:1": "redis://s1:1?username=w&password=q%40",
                    "s2:2": "redis://s2:2?username=w&password=q%40",
                    "s3:26379": "redis://s3:26379?username=w&password=q%40",
                },
                "redis://me:p%40ss@h:1/4?client_name=x",
                id="most",
            ),
            pytest.param(
                "rediss+sentinel://s1/my%20counts?ssl_ca_certs=/ca.pem",
                "my counts",
                {"s1:26379": "rediss://s1:26379?ssl_ca_certs=%2Fca.pem"},
                "rediss://h:1/?ssl_ca_certs=%2Fca.pem",
                id="TLS to all",
            ),
            pytest.param(
                "rediss+sentinel://s1/counts?sentinel_ssl=no&ssl_cert_reqs=none",
                "counts",
                {"s1:26379": "redis://s1:26379?"},
                "rediss://h:1/?ssl_cert_reqs=none",
                id="TLS to the primary alone",
            ),
            pytest.param(
                "redis+sentinel://[::1]:1/counts",
                "counts",
                {"[::1]:1": "redis://[::1]:1?"},
                "redis://h:1/",
                id="IPv6",
            ),
        ],
    )
    def test_is_taken_apart(self, url, service, sentinels, primary):
        """What is the Sentinels' goes to them, what is the primary's to it."""
        parsed = parse(url)

        assert parsed.service == service
        assert parsed.sentinels == sentinels
        assert parsed.at(("h", 1)) == primary

    def test_takes_an_ipv6_address(self):
        """In brackets, or its colons would end it."""
        assert parse("redis+sentinel://s/c").at(("::1", 6379)) == "redis://[::1]:6379/"

    @pytest.mark.parametrize("url", ["redis://h", "rediss://h/1", "unix:///s.sock"])
    def test_of_another_kind_is_left_alone(self, url):
        """Plain URLs are not for Sentinels."""
        assert SentinelURL.parse(url) is None
        assert isinstance(open_backend(url, 1), Wire)

    @pytest.mark.parametrize(
        ("rest", "reason"),
        [
            pytest.param("s1:26379", "names no service", id="no path"),
            pytest.param("s1:26379/", "names no service", id="empty path"),
            pytest.param("s1/counts/x", "database", id="database"),
            pytest.param("s1/counts/1/2", "database", id="longer path"),
            pytest.param("s1,,s2/counts", "without a host", id="empty host"),
            pytest.param("s1:x/counts", "cannot be read", id="port"),
            pytest.param(
                "s1/counts?sentinel_pass=x",
                "known are sentinel_password, ",
                id="option",
            ),
            pytest.param("s1/counts?sentinel_ssl=off", "sentinel_ssl", id="TLS"),
        ],
    )
    def test_malformed_is_refused(self, rest, reason):
        """Each with its reason, an example, and nothing that may be a password."""
        url = f"redis+sentinel://:hunter2@{rest}"
        for refuse in (lambda: open_backend(url, 1), lambda: check_redis(url)):
            with pytest.raises(SettingsError, match=reason) as caught:
                refuse()
            assert "looks like redis+sentinel://" in str(caught.value)
            assert "hunter2" not in str(caught.value)

    def test_wrong_options_are_refused(self):
        """As they are in a plain URL."""
        url = "rediss+sentinel://s1/counts"
        with pytest.raises(SettingsError, match="cannot be read"):
            open_backend(f"{url}?socket_timeout=x", 1)
        with pytest.raises(SettingsError, match="unknown option"):
            check_redis(f"{url}?ssl_nonsense=1")

    @pytest.mark.parametrize("scheme", ["redis+sentinel", "rediss+sentinel"])
    def test_is_a_setting(self, scheme):
        """Both schemes are."""
        url = f"{scheme}://s1:26379,s2:26379/counts/1"
        assert Settings.load({"HITSVC_REDIS_URL": url}).redis_url == url

    def test_is_shown_without_passwords(self):
        """Neither the primary's nor the Sentinels'."""
        url = "redis+sentinel://:p@s1:1,s2:2/counts?sentinel_password=q"
        assert redact(url) == (
            "redis+sentinel://:***@s1:1,s2:2/counts?sentinel_password=***"
        )


class TestStart:
    """What is told before the service starts."""

    def test_sentinels_that_are_away_may_come(self):
        """The service starts, and waits for them."""
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
        with pytest.raises(RedisAway, match=r"is not found: Sentinel .* be reached"):
            check_redis(f"redis+sentinel://{hosts}/counts")

    def test_no_sentinel_is_an_error(self, valkey):
        """A Redis' own address in such a URL stops the start."""
        url = f"redis+sentinel://:hunter2@127.0.0.1:{valkey.port}/counts"
        with pytest.raises(SettingsError, match="unknown command") as caught:
            check_redis(url)
        assert not isinstance(caught.value, RedisAway)
        assert "hunter2" not in str(caught.value)


@pytest.fixture(name="watched", scope="module")
def _watched() -> Iterator[Watched]:
    """A primary, its replica and their Sentinel, one for this module."""
    watched = Watched()
    yield watched
    watched.close()


@pytest.mark.service
class TestReal:
    """Real processes; the last test loses the primary."""

    def test_the_primary_is_found(self, watched: Watched) -> None:
        """The check before the start reaches it."""
        check_redis(watched.url)

    @pytest.mark.parametrize(
        ("wrong", "right", "reason"),
        [
            (f"/{SERVICE}", "/other", "no service named 'other'"),
            ("=watcher", "=wrong", "refused the connection: WRONGPASS"),
            ("?sentinel_password=watcher", "", "NOAUTH"),
            (":secret@", ":wrong@", "refuses the user or password"),
            (":secret@", "", "asks for a password"),
        ],
    )
    def test_a_wrong_url_stops_the_start(self, watched, wrong, right, reason):
        """One line says what is wrong."""
        with pytest.raises(SettingsError, match=reason) as caught:
            check_redis(watched.url.replace(wrong, right))
        assert not isinstance(caught.value, RedisAway)

    def test_hits_go_to_the_promoted_replica(
        self, watched: Watched, service: StartService
    ) -> None:
        """Counting goes on after the primary is killed, without a restart.

        Nothing that was acknowledged, and copied to the replica, is lost; no hit is
        counted twice.
        """
        hits = service(store=watched.url, workers=2)
        workers = hits.worker_pids
        assert [hits.count() for _ in range(20)] == list(range(1, 21))
        watched.in_step()

        kill(watched.primary.process.pid)
        attempts = 0

        def counted() -> int:
            nonlocal attempts
            attempts += 1
            try:
                return hits.count()
            except RefusedError as ex:
                if ex.status != 503:
                    raise
                return 0

        total = eventually(counted)
        # A hit that was answered 503 may have been counted, once.
        assert 20 < total <= 20 + attempts
        assert said(watched.replica, "ROLE")[0] == "master"
        assert hits.worker_pids == workers
        # `hitsvc show` finds it too.
        assert (
            read_totals(Settings(redis_url=watched.url), "example.com").total == total
        )


async def test_the_plain_url_is_the_primarys():
    """For a program that asks once; a plain one stays as it is."""
    async with serving(Script(names("10.0.0.3", 6379))) as url:
        watched = f"redis+sentinel://{url.partition('//')[2]}/counts/3"
        found = await asyncio.to_thread(plain_url, watched, 5)
    assert found == "redis://10.0.0.3:6379/3"
    assert plain_url("redis://h:1/2", 5) == "redis://h:1/2"

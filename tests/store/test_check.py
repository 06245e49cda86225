"""What a store says of itself, and what is made of it."""

from collections.abc import Sequence
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from hitsvc.counting.commands import words
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.store.check import FRESH_S, StoreCheck
from hitsvc.store.client_backend import ClientBackend
from hitsvc.store.description import MEMORY, describe
from hitsvc.store.opening import open_store_check
from tests.support.valkey import Valkey

GOOD = {
    "redis_version": "7.2.4",
    "server_name": "valkey",
    "valkey_version": "9.1.2",
    "maxmemory": "268435456",
    "maxmemory_policy": "volatile-ttl",
    "aof_enabled": "1",
    "aof_last_write_status": "ok",
    "rdb_last_bgsave_status": "ok",
    "loading": "0",
    "role": "master",
}


def _words(text: str) -> list[str]:
    return text.split()


class Store:
    """A backend that answers what it is told to."""

    def __init__(self, reply: object) -> None:
        self.reply = reply
        self.asked = 0
        self.closed = False

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        assert (list(words(commands)), expected) == ([["INFO"]], 1)
        self.asked += 1
        if isinstance(self.reply, CounterUnavailable):
            raise self.reply
        return [self.reply]

    def doubt(self) -> None: ...

    async def close(self) -> None:
        self.closed = True


class TestDescription:
    """From fields to warnings; pure."""

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({}, id="as it should be"),
            pytest.param({"maxmemory_policy": "volatile-lru"}, id="keys that expire"),
        ],
    )
    def test_a_good_store_gets_no_warning(self, change):
        """Nothing is said where nothing can be lost."""
        report = describe(GOOD | change)

        assert (report.warnings, report.unfit, report.note) == ((), "", "")

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            pytest.param(
                {"maxmemory_policy": "allkeys-lru", "maxmemory": "1000"},
                "forgets counters when its memory is full (maxmemory-policy "
                "allkeys-lru); set maxmemory-policy to volatile-ttl",
                id="eviction",
            ),
            pytest.param(
                {"maxmemory_policy": "noeviction"},
                "forgets no token when its memory is full",
                id="no eviction",
            ),
            pytest.param({"maxmemory": "0"}, "set maxmemory", id="no limit"),
            pytest.param({"role": "slave"}, "give the primary's address", id="replica"),
            pytest.param(
                {"role": "replica"}, "give the primary's address", id="Dragonfly's word"
            ),
            pytest.param(
                {"cache_mode": "cache", "maxmemory_policy": "eviction"},
                "start it without --cache_mode",
                id="Dragonfly as a cache",
            ),
            pytest.param({"loading": "1"}, "still loads its data", id="loading"),
            pytest.param({"aof_enabled": "0"}, "set appendonly to yes", id="no file"),
            pytest.param(
                {"aof_last_write_status": "err"},
                "cannot write its append-only file; look at its disk",
                id="file",
            ),
            pytest.param(
                {"rdb_last_bgsave_status": "err"}, "last snapshot failed", id="snapshot"
            ),
        ],
    )
    def test_what_can_lose_counts_is_one_warning(self, change, expected):
        """It says what is wrong and what to do."""
        (warning,) = describe(GOOD | change).warnings

        assert warning.startswith("the store")
        assert expected in warning

    def test_eviction_of_counters_is_told_before_there_is_a_limit(self):
        """It would begin with the limit that the other warning asks for."""
        change = {"maxmemory": "0", "maxmemory_policy": "allkeys-lfu"}
        first, second = describe(GOOD | change).warnings

        assert "once a maxmemory is set and its memory is full" in first
        assert "has no memory limit" in second

    def test_all_that_is_wrong_is_told(self):
        """One warning does not hide another."""
        change = {
            "role": "slave",
            "aof_enabled": "0",
            "maxmemory_policy": "allkeys-lru",
        }

        assert len(describe(GOOD | change).warnings) == 3

    @pytest.mark.parametrize(
        ("version", "is_unfit"),
        [("5.0.14", True), ("5.9", True), ("6.0.0", False), ("10.0", False)],
    )
    def test_an_old_redis_is_refused(self, version, is_unfit):
        """By its number, not by its letters."""
        report = describe({"redis_version": version})

        assert bool(report.unfit) == is_unfit
        assert not is_unfit or report.unfit == (
            f"Redis {version} is too old: hitsvc needs Redis 6.0 or later, or Valkey"
        )

    @pytest.mark.parametrize(
        ("info", "name"),
        [
            (GOOD, "Valkey 9.1.2, append-only file on"),
            ({"redis_version": "8.0.3"}, "Redis 8.0.3, append-only file unknown"),
            (
                {"server_name": "valkey", "redis_version": "7.2.4", "aof_enabled": "0"},
                "Valkey 7.2.4, append-only file off",
            ),
            ({"redis_version": "next"}, "Redis next, append-only file unknown"),
            ({}, "Redis (no version), append-only file unknown"),
            (
                {"redis_version": "8", "executable": "/opt/redis-8/redis-server"},
                "Redis 8, append-only file unknown",
            ),
        ],
    )
    def test_its_name_is_for_people(self, info, name):
        """Kind, version and mode, as far as they are known; no more is demanded."""
        report = describe(info)

        assert (report.name, report.unfit) == (name, "")

    @pytest.mark.parametrize(
        ("info", "name"),
        [
            ({"redis_version": "4.0.0", "kvrocks_version": "2.9.0"}, "Kvrocks 2.9.0"),
            ({"version": "2.0.4", "kvrocks_version": "2.0.4"}, "Kvrocks 2.0.4"),
            (
                {
                    "redis_version": "5.0",
                    "dragonfly_version": "df-v1.2",
                    "role": "master",
                },
                "Dragonfly df-v1.2",
            ),
            (
                {"redis_version": "0.0.0", "executable": "/usr/bin/keydb-server"},
                "KeyDB 0.0.0",
            ),
            (
                {"redis_version": "5.3.2", "executable": "/x/keydb-server"},
                "KeyDB 5.3.2",
            ),
            ({"redis_version": "5.3.2", "keydb_version": "6.3.4"}, "KeyDB 6.3.4"),
            ({"redis_version": "4.0.9", "valkey_version": "9.1.2"}, "Valkey 9.1.2"),
            ({"redis_version": "2.8.9", "server_name": "other"}, "Other 2.8.9"),
            ({"redis_version": "2.8.9", "executable": "/x/ardb-server"}, "Ardb 2.8.9"),
        ],
    )
    def test_another_program_is_not_judged_by_redis_versions(self, info, name):
        """The number that it gives as Redis' is not its own."""
        report = describe(info)

        assert report.name.startswith(name + ",")
        assert report.unfit == ""

    @pytest.mark.parametrize("version", ["5.0.14", "3.2"])
    def test_parts_of_redis_make_no_other_program_of_it(self, version):
        """Its compiler and its modules have versions too."""
        info = {"redis_version": version, "gcc_version": "12.2", "search_version": "8"}

        assert "too old" in describe(info).unfit

    @pytest.mark.parametrize(
        "sign",
        [
            {"cluster_enabled": "1"},
            {"redis_mode": "cluster"},
            {"server_mode": "cluster"},
        ],
    )
    @pytest.mark.parametrize("program", ["redis", "valkey", "kvrocks", "dragonfly"])
    def test_a_node_of_a_cluster_is_refused(self, sign, program):
        """Whatever program it is; the line says what to do."""
        report = describe(GOOD | {f"{program}_version": "9.9"} | sign)

        assert "node of a Redis Cluster" in report.unfit
        assert "redis+cluster://HOST:PORT" in report.unfit

    def test_a_store_that_is_no_cluster_says_so(self):
        """As each does."""
        info = {"cluster_enabled": "0", "redis_mode": "standalone"}

        assert describe(GOOD | info).unfit == ""


class TestAsking:
    """From a store to a report."""

    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(
                b"# Server\r\nredis_version:8.0.3\r\nrole:slave\r\n", id="raw"
            ),
            pytest.param("redis_version:8.0.3\nrole:slave", id="text"),
            pytest.param({"redis_version": "8.0.3", "role": "slave"}, id="parsed"),
        ],
    )
    async def test_an_answer_may_have_any_form(self, reply):
        """Each client has its own."""
        report = await StoreCheck(Store(reply)).report()

        assert report.name.startswith("Redis 8.0.3")
        assert len(report.warnings) == 1

    async def test_a_store_that_refuses_is_no_failure(self):
        """A managed one may forbid the question: there is a note, and no warning."""
        check = StoreCheck(Store(ValueError("NOPERM no INFO for you")))

        assert "NOPERM no INFO" in (await check.report()).note
        assert await check.warnings() == ()

    async def test_a_store_that_is_away_raises(self):
        """At the start that is another line."""
        with pytest.raises(CounterUnavailable):
            await StoreCheck(Store(CounterUnavailable("away"))).report()

    async def test_the_memory_store_is_no_store(self):
        """It warns of its end."""
        check = open_store_check("memory", 1)
        await check.close()

        assert await check.report() is MEMORY
        assert "memory only" in (await check.warnings())[0]

    async def test_a_client_may_stand_for_the_store(self):
        """Such as fakeredis, which knows no INFO."""
        check = open_store_check("memory", 1, FakeAsyncRedis())

        assert "INFO" in (await check.report()).note
        await check.close()

    async def test_a_clients_own_answer_is_understood(self, valkey_url):
        """redis-py makes a dictionary of it."""
        check = StoreCheck(ClientBackend(AsyncRedis.from_url(valkey_url), 1))
        try:
            assert (await check.report()).name.startswith("Valkey ")
        finally:
            await check.close()

    def test_a_malformed_url_is_a_wrong_setting(self):
        """As it is for the counter."""
        with pytest.raises(SettingsError):
            open_store_check("redis://h:port", 1)

    async def test_closing_closes_the_connection(self):
        """It is its own."""
        store = Store({})
        await StoreCheck(store).close()

        assert store.closed


class TestWarnings:
    """What `/readyz` shows."""

    async def test_an_answer_is_kept_for_some_seconds(self):
        """However often it is asked for; then the store is asked again."""
        now = [1000.0]
        store = Store(GOOD | {"role": "slave"})
        check = StoreCheck(store, lambda: now[0])
        first = await check.warnings()
        store.reply = GOOD
        now[0] += FRESH_S - 0.001

        assert len(first) == 1
        assert await check.warnings() == first
        assert store.asked == 1
        now[0] += 0.001
        assert await check.warnings() == ()
        assert store.asked == 2

    async def test_a_store_that_is_away_is_a_warning(self):
        """It does not raise; whether hits can be counted is another question."""
        check = StoreCheck(Store(CounterUnavailable("away")))

        assert await check.warnings() == (
            "the store does not say how it keeps data: away",
        )

    async def test_an_old_store_is_a_warning(self):
        """It was away at the start, or was changed since."""
        check = StoreCheck(Store({"redis_version": "5.0.1", "role": "slave"}))
        old, replica = await check.warnings()

        assert "too old" in old
        assert "replica" in replica


class TestRealStores:
    """Stores that can lose counts."""

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            pytest.param(["--appendonly", "yes"], "", id="good"),
            pytest.param([], "no append-only file", id="no file"),
            pytest.param(
                _words(
                    "--appendonly yes --maxmemory 100mb "
                    "--maxmemory-policy allkeys-random"
                ),
                "forgets counters",
                id="eviction",
            ),
            pytest.param(
                ["--appendonly", "yes", "--replicaof", "127.0.0.1", "1"],
                "replica",
                id="replica",
            ),
        ],
    )
    async def test_a_valkey_is_understood(self, options, expected):
        """Its own words are the ones we look for."""
        valkey = Valkey(
            "--maxmemory", "1gb", "--maxmemory-policy", "volatile-ttl", *options
        )
        check = open_store_check(f"redis://127.0.0.1:{valkey.port}", 1)
        try:
            report = await check.report()
            assert report.name.startswith("Valkey ")
            assert len(report.warnings) == bool(expected)
            assert expected in "".join(report.warnings)
        finally:
            await check.close()
            valkey.close()

    async def test_permissions_of_the_manual_suffice(self, valkey: Valkey):
        """INFO is among them; without it there is a note."""
        with Redis(port=valkey.port) as admin:
            admin.execute_command(*_words("ACL SETUSER f on >f -@all +ping +info"))
            may = open_store_check(f"redis://f:f@127.0.0.1:{valkey.port}", 1)
            report = await may.report()
            await may.close()
            admin.execute_command(*_words("ACL SETUSER f -info"))
            may_not = open_store_check(f"redis://f:f@127.0.0.1:{valkey.port}", 1)
            refused = await may_not.report()
            await may_not.close()
            admin.acl_deluser("f")

        assert not report.note
        assert "NOPERM" in refused.note

"""Programs that speak Redis' protocol are judged by what they can do.

What each says of itself and of wrong commands is as its documentation and source have it.
"""

import pytest

from hitsvc.errors import SettingsError
from hitsvc.store import check_redis
from hitsvc.store.abilities import NEEDED
from tests.support.imitation import imitation

REDIS = "# Server\nredis_version:8.0.3\nredis_mode:standalone\n"
VALKEY = (
    "# Server\nredis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.1.1\n"
    "valkey_release_stage:ga\nserver_mode:standalone\n"
)
DRAGONFLY = (
    "# Server\nredis_version:7.4.0\ndragonfly_version:df-v1.30.0\n"
    "redis_mode:standalone\narch_bits:64\nmaxmemory_policy:eviction\ncache_mode:store\n"
)
OLD_DRAGONFLY = DRAGONFLY.replace("redis_version:7.4.0\n", "")
KVROCKS = (
    "# Server\nversion:2.11.0\nkvrocks_version:2.11.0\nredis_version:4.0.0\n"
    "git_sha1:dccdc7a\nredis_mode:standalone\nkvrocks_mode:standalone\n"
)
KEYDB = (
    "# Server\nredis_version:6.3.4\nredis_mode:standalone\n"
    "executable:/usr/local/bin/keydb-server\n"
)
OLD_KEYDB = KEYDB.replace("6.3.4", "5.3.2")
GARNET = "# Server\r\ngarnet_version:1.0.40\nredis_version:5.0.0\n"
UPSTASH = "# Server\nupstash_version:1.11.4\nredis_version:5.0.9\n"

PROGRAMS = {
    "Redis": REDIS,
    "Valkey": VALKEY,
    "Dragonfly": DRAGONFLY,
    "Dragonfly without a Redis version": OLD_DRAGONFLY,
    "Kvrocks": KVROCKS,
    "KeyDB": KEYDB,
    "KeyDB of the time of Redis 5": OLD_KEYDB,
    "Garnet": GARNET,
    "Upstash": UPSTASH,
}
REFUSALS = [
    pytest.param("ERR unknown command '{}', with args beginning with: ", id="Redis"),
    pytest.param("ERR unknown command `{}`", id="Dragonfly"),
    pytest.param("ERR unknown command", id="Kvrocks"),
    pytest.param("ERR Command is not available: '{}'. See https://", id="Upstash"),
    pytest.param("ERR unsupported command '{}'", id="Envoy"),
]


@pytest.mark.parametrize("info", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize(
    "missing",
    ["ERR wrong number of arguments for '{}' command", "ERR wrong number of arguments"],
)
def test_whoever_knows_the_commands_is_taken(info, missing):
    """Whatever version of Redis it says that it is."""
    with imitation(info, missing=missing) as port:
        check_redis(f"redis://127.0.0.1:{port}")


@pytest.mark.parametrize("info", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_whoever_does_not_is_refused(info, refusal):
    """The line names what is missing, and the program."""
    unknown = {"HMGET", "ZREMRANGEBYRANK"}
    with (
        imitation(info, unknown=unknown, refusal=refusal) as port,
        pytest.raises(SettingsError) as caught,
    ):
        check_redis(f"redis://127.0.0.1:{port}")
    said = str(caught.value)
    assert "cannot be used: it does not know HMGET and ZREMRANGEBYRANK (" in said
    assert said.endswith("(It is set with --store or HITSVC_REDIS_URL.)")


@pytest.mark.parametrize("command", NEEDED)
def test_each_command_is_needed(command):
    """One that is renamed, as some do for safety, stops the start."""
    with (
        imitation(REDIS, unknown={command}) as port,
        pytest.raises(SettingsError, match=f"does not know {command} [(]Redis 8.0.3"),
    ):
        check_redis(f"redis://127.0.0.1:{port}")


def test_an_old_redis_is_told_its_age():
    """Of Redis itself the version is believed."""
    info = REDIS.replace("8.0.3", "5.0.14")
    with (
        imitation(info) as port,
        pytest.raises(SettingsError, match=r"Redis 5\.0\.14 is too old"),
    ):
        check_redis(f"redis://127.0.0.1:{port}")

"""Floods of invented pages: known pages are counted throughout, and it heals."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.clients import by_status, rush
from tests.faults.store import AofStore
from tests.support.processes import eventually
from tests.support.service import PATIENT, Service

pytestmark = pytest.mark.service

CLIENTS = 16
KNOWN = [f"/count?url=known.example/{number}" for number in range(20)]
NEXT_LOOK_S = 15.0
# So many pages with long names are more than so many bytes.
JUNK = 2_000
LIMIT = 6 << 20


def junk(numbers: range, padding: int = 1_800) -> Iterator[str]:
    """Invent pages with long names, and visit a known one after each."""
    for number in numbers:
        yield f"/count?url=junk{number}.example/{'x' * padding}"
        yield KNOWN[number % len(KNOWN)]


def of_known(answers: Counter[Any]) -> Counter[int]:
    """Count the answers to hits of known pages by their status."""
    return by_status(Counter({k: n for k, n in answers.items() if k[0] in KNOWN}))


def junk_keys(redis: Any) -> list[bytes]:
    """Find what the flood has left."""
    return list(redis.scan_iter("hits:{junk*", count=1_000))


@pytest.fixture(name="directory")
def _directory() -> Iterator[Path]:
    """A path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="flood-") as path:
        yield Path(path)


@pytest.fixture(name="store")
def _store(directory: Path) -> Iterator[AofStore]:
    """A small store with the settings of Compose's."""
    (directory / "store").mkdir()
    limits = ("--maxmemory", str(LIMIT), "--maxmemory-policy", "volatile-ttl")
    store = AofStore(directory / "store", "everysec", *limits)
    yield store
    store.close()


async def test_a_full_store_counts_known_pages_and_heals(directory, store):
    """No hit of a known page is refused, and new ones are taken when the junk is gone."""
    env = PATIENT | {"HITSVC_COOKIE_TIMEOUT": "0"}
    with (
        Service(directory / "service", store=store.url, env=env) as service,
        store.client() as redis,
    ):
        await rush(service.url, iter(KNOWN), CLIENTS)
        answers = await rush(service.url, junk(range(JUNK)), CLIENTS)
        assert of_known(answers).keys() == {200}
        assert answers[f"/count?url=junk{JUNK - 1}.example/{'x' * 1_800}", 503] == 1
        assert redis.info("stats")["evicted_keys"] == 0
        assert redis.info("memory")["used_memory"] < LIMIT

        redis.unlink(*junk_keys(redis))

        eventually(
            lambda: service.answers("/count?url=new.example/page"),
            within_s=NEXT_LOOK_S,
        )


async def test_a_loop_meets_the_limit_and_nobody_else_does(directory, store):
    """With the settings that nobody changed but one: known pages are always counted."""
    env = PATIENT | {"HITSVC_COOKIE_TIMEOUT": "0", "HITSVC_NEW_PAGES_IN_ALL": "300"}
    with Service(directory / "service", store=store.url, workers=1, env=env) as service:
        await rush(service.url, iter(KNOWN), CLIENTS)
        answers = await rush(service.url, junk(range(500), 10), CLIENTS)
        assert of_known(answers).keys() == {200}
        refused = sum(n for (_, status), n in answers.items() if status == 429)
        assert refused >= 500 - 300 - CLIENTS

"""`hitsvc repair`: what it finds, what it mends, and that it can be cut off anywhere."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Lost

from hitsvc.admin.adding_up import LOOKS
from hitsvc.admin.client import LOCK_S
from hitsvc.admin.locking import only_one
from hitsvc.admin.merging import Renamed
from hitsvc.admin.repair import EXAMPLES, Findings, Repair
from hitsvc.counting import Day, Keys
from hitsvc.counting.batch import Batch
from hitsvc.counting.commands import PageCommands, words
from hitsvc.counting.operations import Count
from hitsvc.errors import StoreError
from hitsvc.request import PLAIN, Identity
from tests.admin.imports import lasting
from tests.support.cut import CutClient

KEYS = Keys("hits:")
A, B = KEYS.page("a.example"), KEYS.page("b.example/x")
TODAY = Day.of(date(2026, 11, 25))


FOLDING = Identity("p", fold_www=True)


def repair(
    client: Any,
    identity: Identity = PLAIN,
    *,
    dry_run: bool = False,
    sleep: Callable[[float], None] = print,
) -> Findings:
    return Repair(client, KEYS, identity, dry_run=dry_run, sleep=sleep).run()


def everything(client: Any) -> dict[str, Any]:
    """Return all that a store holds."""
    read = {"string": client.get, "hash": client.hgetall, "set": client.smembers}
    return {name: read[client.type(name)](name) for name in lasting(client)}


def version_1(client: Any) -> None:
    """Fill a store as version 1.0 did, with one page that was hit by a kill."""
    client.set(A.total, 12)
    client.hset(
        A.version_1_days,
        mapping={"20251231": 3, "20260101": 4, "20281231": 5},
    )
    client.set(B.total, 9)
    client.hset(B.version_1_days, mapping={"20260301": 7})
    client.set(f"{A.token_prefix}abcdefghijkl", 1, ex=60)


MENDED = {
    A.total: "12",
    A.year(2025): {"365": "3"},
    A.year(2026): {"1": "4"},
    A.year(2028): {"366": "5"},
    f"{A.token_prefix}abcdefghijkl": "1",
    B.total: "9",
    B.year(2026): {"60": "7"},
    B.undated: "2",
    KEYS.sites: {"a.example", "b.example"},
    KEYS.pages("a.example"): {"a.example"},
    KEYS.pages("b.example"): {"b.example/x"},
}


class TestWhatItFinds:
    """Each kind, and what becomes of it."""

    def test_a_store_of_version_1_is_mended(self, client):
        """Days are moved, pages listed, and what no day has is undated."""
        version_1(client)
        assert repair(client) == Findings(
            pages=2, moved=2, unlisted=2, differences={"b.example/x": 2}
        )
        assert everything(client) == MENDED

    def test_there_is_nothing_left_to_find(self, client):
        """A second run finds the pages and nothing else."""
        version_1(client)
        repair(client)
        assert repair(client) == Findings(pages=2)

    def test_a_dry_run_finds_the_same_and_changes_nothing(self, client):
        """But for what only follows once days are moved."""
        version_1(client)
        before = everything(client)
        found = repair(client, dry_run=True)
        assert (found.pages, found.moved, found.unlisted) == (2, 2, 2)
        assert everything(client) == before

    def test_an_empty_store_has_nothing(self, client):
        """And stays empty."""
        assert repair(client) == Findings()
        assert everything(client) == {}

    def test_what_is_no_day_becomes_undated(self, client):
        """Nothing is lost because its name is odd."""
        client.set(A.total, 10)
        odd = {"20260229": 1, "20261301": 2, "2026": 3, "x": 4}
        client.hset(A.version_1_days, mapping=odd)
        repair(client)
        assert client.get(A.undated) == "10"

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(
                lambda c: c.hset(A.version_1_days, "20260102", "x"), id="number"
            ),
            pytest.param(lambda c: c.set(A.year(2026), "x"), id="another type"),
            pytest.param(lambda c: c.hset(A.undated, "x", 1), id="undated"),
        ],
    )
    def test_a_page_that_cannot_be_moved_is_named_and_left(self, client, spoil):
        """Wholly: no day of it is counted twice when it is tried again."""
        client.set(A.total, 9)
        client.hset(A.version_1_days, mapping={"20260101": 4, "odd": 5})
        spoil(client)
        before = client.hgetall(A.version_1_days)
        found = repair(client)
        assert any(line.startswith("a.example: ") for line in found.unreadable)
        assert client.hgetall(A.version_1_days) == before
        assert client.hget(A.year(2025), "1") is None

    def test_moved_days_are_added_to_those_that_are_there(self, client):
        """The new version may have counted before."""
        client.set(A.total, 5)
        client.hset(A.version_1_days, "20260101", 3)
        client.hset(A.year(2026), "1", 2)
        assert repair(client).differences == {}
        assert client.hgetall(A.year(2026)) == {"1": "5"}

    def test_pages_that_are_gone_leave_the_index(self, client):
        """And a site without pages leaves it; those of other pages stay."""
        client.set(A.total, 1)
        client.set(A.undated, 1)
        for page, site in (("a.example", "a.example"), ("b.example/x", "b.example")):
            client.sadd(KEYS.sites, site)
            client.sadd(KEYS.pages(site), page)
        assert repair(client).stale == 1
        assert client.smembers(KEYS.sites) == {"a.example"}
        assert client.smembers(KEYS.pages("a.example")) == {"a.example"}

    def test_days_that_are_ahead_are_made_even_too(self, client):
        """The total is what visitors have seen: it stays."""
        client.set(A.total, 5)
        client.hset(A.year(2026), "1", 7)
        assert repair(client).differences == {"a.example": -2}
        assert (client.get(A.total), client.get(A.undated)) == ("5", "-2")

    def test_other_prefixes_are_left_alone(self, client):
        """Two services may share a store."""
        client.set("other:{a.example}", 1)
        client.hset("other:{a.example}:days", "20260101", 1)
        assert repair(client) == Findings()


def folded(client: Any) -> None:
    """Fill a store with pages that other settings have told apart."""
    for page, hits in (("www.a.example", 3), ("a.example", 4), ("www.b.example/x", 5)):
        names = KEYS.page(page)
        client.set(names.total, hits)
        client.hset(names.year(2026), "1", hits - 1)
        client.set(names.undated, 1)
        client.sadd(KEYS.sites, page.partition("/")[0])
        client.sadd(KEYS.pages(page.partition("/")[0]), page)


MERGED = {
    A.total: "7",
    A.year(2026): {"1": "5"},
    A.undated: "2",
    B.total: "5",
    B.year(2026): {"1": "4"},
    B.undated: "1",
    KEYS.sites: {"a.example", "b.example"},
    KEYS.pages("a.example"): {"a.example"},
    KEYS.pages("b.example"): {"b.example/x"},
}


class TestOtherSettings:
    """Pages whose key is no key by the settings of now."""

    def test_they_are_added_to_the_page_that_they_are(self, client):
        """With their days, and out of the lists; a page that is not there is made."""
        folded(client)
        found = repair(client, FOLDING)
        assert (found.pages, found.merged) == (3, 2)
        assert sorted(found.renamed) == [
            Renamed("www.a.example", "a.example"),
            Renamed("www.b.example/x", "b.example/x"),
        ]
        assert everything(client) == MERGED
        assert repair(client, FOLDING) == Findings(pages=2)

    def test_parameters_of_before_no_longer_tell_pages_apart(self, client):
        """A setting that is taken back makes them one."""
        client.set(KEYS.page("a.example/?p=1").total, 2)
        client.set(KEYS.page("a.example/?q=1").total, 3)
        assert repair(client, FOLDING).merged == 1
        assert repair(client).merged == 1
        assert client.get(A.total) == "5"

    def test_a_dry_run_names_them_and_changes_nothing(self, client):
        """The same number, and each by both names."""
        folded(client)
        before = everything(client)
        assert repair(client, FOLDING, dry_run=True).merged == 2
        assert everything(client) == before

    def test_what_is_no_page_any_more_is_named_and_left(self, client):
        """Its hits are whose, nobody knows."""
        client.set(KEYS.page("12345").total, 1)
        client.set(KEYS.page("myblog/x").total, 1)
        found = repair(client)
        assert [line.partition(": ")[0] for line in sorted(found.no_pages)] == [
            "12345",
            "myblog/x",
        ]
        assert client.get(KEYS.page("myblog/x").total) == "1"

    def test_a_page_that_cannot_be_moved_is_named_and_left(self, client):
        """And stays in the lists."""
        folded(client)
        client.delete(A.undated)
        client.hset(A.undated, "x", 1)
        found = repair(client, FOLDING)
        assert any(line.startswith("www.a.example: ") for line in found.unreadable)
        assert client.get(KEYS.page("www.a.example").total) == "3"
        assert client.smembers(KEYS.pages("www.a.example")) == {"www.a.example"}

    def test_only_so_many_are_remembered(self, client):
        """All pages of a store may be others."""
        for number in range(EXAMPLES + 1):
            client.set(KEYS.page(f"www.a.example/{number}").total, 1)
        found = repair(client, FOLDING)
        assert (found.merged, len(found.renamed)) == (EXAMPLES + 1, EXAMPLES)


class TestWhileHitsArrive:
    """A total is written before its day."""

    def test_a_hit_on_its_way_is_no_difference(self, client):
        """The day follows a moment later."""
        client.set(A.total, 5)
        client.hset(A.year(2026), "1", 4)

        def arrive(_seconds: float) -> None:
            client.hset(A.year(2026), "1", 5)

        assert repair(client, sleep=arrive).differences == {}
        assert client.get(A.undated) is None

    def test_what_stays_is_told_from_what_is_on_its_way(self, client):
        """However busy the page is: the smallest difference is the lasting one."""
        client.set(A.total, 10)
        client.hset(A.year(2026), "1", 7)  # 1 is lost, 2 are on their way
        ahead = iter((5, 0, 3, 4, 1))

        def hit(_seconds: float) -> None:
            total = client.incrby(A.total, 10)
            client.hset(A.year(2026), "1", total - 1 - next(ahead))

        assert repair(client, sleep=hit).differences == {"a.example": 1}

    def test_it_looks_no_longer_than_it_must(self, client):
        """A store that adds up is looked at once."""
        waited: list[float] = []
        client.set(A.total, 1)
        client.hset(A.year(2026), "1", 1)
        repair(client, sleep=waited.append)
        assert waited == []
        client.incr(A.total)
        repair(client, sleep=waited.append)
        assert len(waited) == LOOKS - 1

    @pytest.mark.parametrize("executed", range(9))
    def test_a_batch_that_was_cut_is_named(self, client, executed):
        """Whatever of a batch was executed: no more than its hits stand apart."""
        pages = [
            PageCommands(key, KEYS.page(key), 12, 60)
            for key in ("a.example", "b.example/x")
        ]
        hits = [
            Count(pages[0], "t" * 12),
            Count(pages[0], None),
            Count(pages[1], "u" * 12),
        ]
        hits.append(Count(pages[1], None))
        batch = list(words(Batch(hits, TODAY).commands))
        for command in batch[:executed]:
            client.execute_command(*command)
        found = repair(client)
        raised = {command[1] for command in batch[:executed] if command[0] == "INCRBY"}
        dated = {
            c[1].rpartition(":d:")[0] for c in batch[:executed] if c[0] == "HINCRBY"
        }
        expected = {KEYS.parse(name)[0]: 2 for name in raised - dated}  # type: ignore[index]
        assert found.differences == expected
        assert repair(client).differences == {}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("fill", "mended"),
    [pytest.param(version_1, MENDED, id="1.0"), pytest.param(folded, MERGED, id="www")],
)
def test_it_can_be_cut_off_anywhere_and_run_again(client, fill, mended, after):
    """At every single command: what is mended in the end is the same."""
    for cut_at in count():
        client.flushall()
        fill(client)
        cut = CutClient(client, cut_at, after=after)
        try:
            repair(cut, FOLDING)
        except Lost:
            client.delete(KEYS.lock)  # it expires
            repair(client, FOLDING)
        else:
            break
        finally:
            client.delete(KEYS.lock)
        assert everything(client) == mended, cut_at
    assert cut_at > 20


def test_one_change_is_made_at_a_time(client):
    """The second is told why it has to wait, and the lock is free afterwards."""
    with only_one(client, KEYS):
        assert 0 < client.ttl(KEYS.lock) <= LOCK_S
        with pytest.raises(StoreError, match="another command"):
            repair(client)
    assert repair(client) == Findings()
    assert client.exists(KEYS.lock) == 0


def test_a_lost_lock_ends_the_work(client):
    """Somebody else may have begun."""
    client.set(A.total, 1)

    def lose(_seconds: float) -> None:
        client.delete(KEYS.lock)

    with pytest.raises(StoreError, match="run it again"):
        repair(client, sleep=lose)

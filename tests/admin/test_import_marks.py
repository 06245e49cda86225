"""Marks that imports leave at pages of a cluster: who needs them, and when they go."""

from itertools import count
from typing import Any

from redis.exceptions import ConnectionError as Lost

from hitsvc.admin.import_steps import KEPT_S
from hitsvc.admin.importers import Row
from hitsvc.admin.repair import Findings, Repair
from tests.admin.imports import KEYS, pages, run
from tests.support.cut import CutClient

ROWS = [Row(f"{site}.example/{n}", None, n + 1) for site in "ab" for n in range(3)]
UNDONE = "undo:abcdefghijklmnop"


def imported(client: Any, *, again: bool = False, name: str = "one") -> None:
    """Import all, three pages at a time."""
    run(client, ROWS, batch_rows=3, again=again, name=name)


def cut_off(client: Any, cut_at: int, name: str = "one") -> bool:
    """Import, and be killed before a command; tell whether that was so."""
    try:
        imported(CutClient(client, cut_at, after=False), name=name)
    except Lost:
        client.delete(KEYS.lock)  # it expires
        return True
    return False


def repair(client: Any, *, dry_run: bool = False) -> Findings:
    return Repair(client, KEYS, dry_run=dry_run, sleep=print).run()


def lasting_marks(client: Any) -> list[str]:
    """Name the marks that stay."""
    return [name for name in client.keys("*:m:*") if client.ttl(name) == -1]


def left_after_each_cut(client: Any) -> set[int]:
    """Cut an import off everywhere; return what numbers of marks were left."""
    numbers = set()
    for cut_at in count():
        client.flushall()
        if not cut_off(client, cut_at):
            break
        numbers.add(len(lasting_marks(client)))
    return numbers


def half_done(client: Any) -> None:
    """Import until a second batch has begun: its first pages are counted."""
    for cut_at in count():
        client.flushall()
        assert cut_off(client, cut_at)
        marks = lasting_marks(client)
        if marks and all("b.example" in name for name in marks):
            return


def moved_past(client: Any, name: str = "one") -> None:
    """Import until a first batch is counted, and its marks have not been let go."""
    for cut_at in count():
        client.flushall()
        assert cut_off(client, cut_at, name)
        if client.hget(KEYS.import_mark(name), "page") and lasting_marks(client):
            return


def test_no_more_than_a_batch_is_left(cluster_client):
    """However it was cut off."""
    assert left_after_each_cut(cluster_client) == {0, 3}


def test_whoever_goes_on_lets_all_of_them_go(cluster_client):
    """Those of the batch before it too, if that was cut off in its last step."""
    for cut_at in count():
        cluster_client.flushall()
        if not cut_off(cluster_client, cut_at):
            break
        imported(cluster_client)
        assert lasting_marks(cluster_client) == [], cut_at
    assert cut_at > 10


def test_a_dry_run_lets_none_go(cluster_client):
    moved_past(cluster_client)
    run(cluster_client, ROWS, batch_rows=3, dry_run=True)

    assert len(lasting_marks(cluster_client)) == 3


class TestRepair:
    """It tells those that nobody needs from the others."""

    def test_it_keeps_what_an_import_needs_that_may_go_on(self, cluster_client):
        """Without them it would count these pages again."""
        half_done(cluster_client)
        found = repair(cluster_client)
        kept = lasting_marks(cluster_client)
        imported(cluster_client)

        assert (found.needed_marks, found.needless_marks) == (3, 0)
        assert len(kept) == 3
        assert cluster_client.get(KEYS.page("b.example/2").total) == "3"

    def test_it_lets_those_go_that_the_import_is_past(self, cluster_client):
        moved_past(cluster_client)
        found = repair(cluster_client)

        assert (found.needed_marks, found.needless_marks) == (0, 3)
        assert lasting_marks(cluster_client) == []
        ttls = {cluster_client.ttl(name) for name in cluster_client.keys("*:m:*")}
        assert max(ttls) in range(KEPT_S - 60, KEPT_S + 1)
        assert repair(cluster_client).needless_marks == 0

    def test_it_lets_those_go_that_an_import_anew_has_left(self, cluster_client):
        """With --again the pages are counted once more, with marks of their own."""
        half_done(cluster_client)
        imported(cluster_client, again=True)
        found = repair(cluster_client)

        assert (found.needed_marks, found.needless_marks) == (0, 3)

    def test_it_keeps_those_of_an_import_whose_own_mark_is_gone(self, cluster_client):
        """It would begin from its first page."""
        half_done(cluster_client)
        cluster_client.delete(KEYS.import_mark("one"))

        assert repair(cluster_client).needed_marks == 3

    def test_it_keeps_those_of_a_life_that_it_does_not_know(self, cluster_client):
        half_done(cluster_client)
        cluster_client.hset(KEYS.import_mark("one"), "life", -1)

        assert repair(cluster_client).needed_marks == 3

    def test_an_undo_that_is_gone_cannot_go_on(self, cluster_client):
        moved_past(cluster_client, UNDONE)
        cluster_client.hdel(KEYS.import_mark(UNDONE), "page")
        number = UNDONE.removeprefix("undo:")
        cluster_client.set(KEYS.undo(number), "what it would put back")
        before = repair(cluster_client)
        cluster_client.delete(KEYS.undo(number))
        after = repair(cluster_client)

        assert (before.needed_marks, before.needless_marks) == (3, 0)
        assert (after.needed_marks, after.needless_marks) == (0, 3)

    def test_a_dry_run_only_counts_them(self, cluster_client):
        moved_past(cluster_client)

        assert repair(cluster_client, dry_run=True).needless_marks == 3
        assert len(lasting_marks(cluster_client)) == 3

    def test_marks_of_moves_are_none_of_imports(self, cluster_client):
        """Whoever changes anything next ends those."""
        mark = KEYS.page("a.example").step("0123456789abcdef")
        cluster_client.set(mark, "taken")
        cluster_client.set(f"{mark}:d:2026", "taken")

        assert repair(cluster_client) == Findings()

    def test_counts_stay(self, cluster_client):
        half_done(cluster_client)
        before = pages(cluster_client)
        repair(cluster_client)

        assert pages(cluster_client) == before

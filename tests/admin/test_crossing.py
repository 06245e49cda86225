"""Moves between slots: cut off at every step, overtaken, refused, and ended by others."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError

from hitsvc.admin import Changes, Export, Removal, Repair
from hitsvc.admin.importers import MAX_HITS, Row
from hitsvc.counting import Day, Keys, slot_of
from hitsvc.errors import ChangeRefused, HitsError, StoreError
from tests.admin.imports import adds_up, pages, run
from tests.support.cut import CutClient, PausedClient
from tests.support.saves import Kept
from tests.support.stored import put_day, today

KEYS = Keys("hits:")
OLD, NEW = "a.example/x", "b.example"
OTHER = "c.example"


def move(client: Any, old: str = OLD, new: str = NEW) -> Any:
    return Changes(client, KEYS, sleep=lambda seconds: None).move(old, new)


def fill(client: Any) -> None:
    """Give one page 10 hits of two days and -1 without, the other 3, and list them."""
    client.flushall()
    put_day(client, OLD, Day.of(today().date), 7)
    put_day(client, OLD, today(400), 4)
    client.set(KEYS.page(OLD).undated, -1)
    put_day(client, NEW, today(), 3)
    for page, total in ((OLD, 10), (NEW, 3)):
        client.set(KEYS.page(page).total, total)
        client.sadd(KEYS.sites, page.partition("/")[0])
        client.sadd(KEYS.pages(page.partition("/")[0]), page)


def moved(client: Any) -> Any:
    """Return what a store has after the move."""
    fill(client)
    move(client)
    return pages(client)


NEXT: dict[str, Callable[[Any], object]] = {
    "set": lambda client: Changes(client, KEYS).set(OTHER, 1),
    "delete": lambda client: Removal(client, KEYS, sleep=lambda s: None).delete(
        [OTHER], Kept()
    ),
    "import": lambda client: run(client, [Row(OTHER, None, 1)]),
    "repair": lambda client: Repair(client, KEYS, sleep=lambda s: None).run(),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", list(NEXT))
def test_whoever_changes_something_next_ends_it(cluster_client, name, after):
    """Cut off at any command: nothing has happened, or all of it will have."""
    fill(cluster_client)
    untouched = pages(cluster_client)
    whole = moved(cluster_client)
    totals = {KEYS.page(page).total for page in (OLD, NEW)}
    seen = set()
    for cut_at in count():
        fill(cluster_client)
        try:
            move(CutClient(cluster_client, cut_at, after=after))
        except Lost:
            cluster_client.delete(KEYS.lock)  # it expires
        else:
            break
        NEXT[name](cluster_client)
        found = {name: cluster_client.get(name) for name in totals}
        assert found in [
            {n: done.get(n) for n in totals} for done in (untouched, whole)
        ]
        adds_up(cluster_client)
        assert not cluster_client.exists(KEYS.move)
        seen.add(str(found))
    assert cut_at > 20
    assert len(seen) == 2


@pytest.mark.parametrize("then", ["move", "set"])
def test_whoever_is_overtaken_moves_nothing_again(cluster_client, then):
    """Stopped at any command, until its lock has expired and another has ended its move."""
    fill(cluster_client)
    for pause_at in count():
        fill(cluster_client)

        def meanwhile() -> None:
            cluster_client.delete(KEYS.lock)  # it has expired
            with suppress(ChangeRefused):
                if then == "move":
                    move(cluster_client)
                else:
                    Changes(cluster_client, KEYS).set(OTHER, 1)
            # It is visited again.
            cluster_client.incr(KEYS.page(OLD).total)
            cluster_client.hincrby(KEYS.page(OLD).year(today().year), today().field, 1)

        paused = PausedClient(cluster_client, pause_at, meanwhile)
        with suppress(HitsError, RedisError):
            move(paused)
        # What the stopped one has written into its record goes on with the next.
        Changes(cluster_client, KEYS).set(OTHER, 1)
        totals = [int(cluster_client.get(KEYS.page(p).total) or 0) for p in (OLD, NEW)]
        assert sum(totals) == 13 + paused.paused, (pause_at, totals)
        assert totals[0] in {0, 1}
        adds_up(cluster_client)
        if not paused.paused:
            break
    assert pause_at > 20


def spoil(client: Any) -> None:
    client.set(KEYS.page(NEW).year(today(800).year), "text")


def fill_up(client: Any) -> None:
    client.set(KEYS.page(NEW).total, MAX_HITS)
    client.set(KEYS.page(NEW).undated, MAX_HITS - 3)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("hinder", [spoil, fill_up])
def test_what_the_other_page_cannot_take_goes_back(cluster_client, hinder, after):
    """Also where that is cut off."""
    for cut_at in count():
        fill(cluster_client)
        hinder(cluster_client)
        before = pages(cluster_client)
        with pytest.raises((Lost, ChangeRefused)) as caught:
            move(CutClient(cluster_client, cut_at, after=after))
        if caught.type is not Lost:
            break
        cluster_client.delete(KEYS.lock)
        Repair(cluster_client, KEYS, sleep=lambda seconds: None).run()
        assert pages(cluster_client) == before, cut_at
    assert pages(cluster_client) == before
    assert not cluster_client.exists(KEYS.move)
    assert cut_at > 20


def cut_off_after_taking(client: Any) -> None:
    """Leave a page's hits on their way."""
    for cut_at in count():
        fill(client)
        with suppress(Lost):
            move(CutClient(client, cut_at, after=True))
        client.delete(KEYS.lock)
        if not client.exists(KEYS.page(OLD).total):
            return


def test_hits_on_their_way_are_in_no_export(cluster_client):
    """It says so, and what to do."""
    cut_off_after_taking(cluster_client)
    with pytest.raises(StoreError, match="hitsvc repair ends it"):
        list(Export(cluster_client, KEYS).rows(today().date))
    Repair(cluster_client, KEYS, sleep=lambda seconds: None).run()
    rows = list(Export(cluster_client, KEYS).rows(today().date))
    assert sum(row.hits for row in rows) == 13
    assert {row.url for row in rows} == {NEW}


def test_what_was_taken_is_not_forgotten_when_it_cannot_be_read(cluster_client):
    """Every change says so until it is mended."""
    cut_off_after_taking(cluster_client)
    (aside,) = (n for n in cluster_client.keys("hits:{*}:m:*") if ":d:" not in n)
    kept = cluster_client.get(aside)
    cluster_client.set(aside, "text")
    with pytest.raises(ChangeRefused, match="no count"):
        Changes(cluster_client, KEYS).set(OTHER, 1)
    cluster_client.set(aside, kept)
    Changes(cluster_client, KEYS).set(OTHER, 1)
    assert cluster_client.get(KEYS.page(NEW).total) == "13"


def test_what_is_left_of_a_move_expires(cluster_client):
    """Two marks, for a week."""
    moved(cluster_client)
    marks = cluster_client.keys("hits:{*}:m:*")
    assert len(marks) == 2
    assert all(600_000 < cluster_client.ttl(name) <= 604_800 for name in marks)


def test_two_moves_do_not_mix(cluster_client):
    """The record is one's own."""
    fill(cluster_client)

    class Overtaking:
        def __getattr__(self, name: str) -> Any:
            return getattr(cluster_client, name)

        def set(self, *words: Any, **how: Any) -> Any:
            if words[0] == KEYS.move:
                cluster_client.set(KEYS.move, '["1", "x.example", "y.example"]')
            return cluster_client.set(*words, **how)

    with pytest.raises(StoreError, match="another command moves"):
        move(Overtaking())
    move(cluster_client)
    assert cluster_client.get(KEYS.page(NEW).total) == "13"


def test_pages_of_one_slot_are_moved_by_one_script(cluster_client):
    """As in a store that is alone."""
    same = next(
        page
        for page in (f"d.example/{n}" for n in count())
        if slot_of(KEYS.page(page).total) == slot_of(KEYS.page(OLD).total)
    )
    fill(cluster_client)
    assert move(cluster_client, OLD, same) == (10, 0)
    assert cluster_client.keys("hits:{*}:m:*") == []

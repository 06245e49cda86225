"""Moves take visitors along: to another node too, cut off, refused, or ended late."""

from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Lost

from hitsvc.admin import Changes, Repair
from hitsvc.admin.importers import MAX_HITS
from hitsvc.counting import Day, Keys
from hitsvc.errors import ChangeRefused
from tests.support.cut import CutClient
from tests.support.stored import put_day, today

KEYS = Keys("hits:")
OLD, NEW, OTHER = "a.example/x", "b.example", "c.example"
TODAY, YESTERDAY, LONG_AGO = today(), today(1), Day.named("2026-5")


def move(client: Any) -> None:
    Changes(client, KEYS, sleep=lambda seconds: None).move(OLD, NEW)


def see(client: Any, page: str, day: Day, *who: str) -> None:
    """Let people come, and list what has them."""
    client.pfadd(KEYS.page(page).sketch(day.name), *who)
    client.sadd(KEYS.open_days, day.name)
    client.sadd(KEYS.open_sketches(day.name), KEYS.page(page).total)


def close(client: Any, page: str, day: Day, visitors: int) -> None:
    """Say how many came on a day that is over."""
    client.hset(KEYS.page(page).visitors(day.year), day.field, visitors)


def fill(client: Any) -> None:
    """Give two pages hits, and visitors of long ago, and of today: ann saw both."""
    client.flushall()
    for page in (OLD, NEW):
        put_day(client, page, TODAY, 5)
        client.set(KEYS.page(page).total, 5)
        client.sadd(KEYS.sites, page.partition("/")[0])
        client.sadd(KEYS.pages(page.partition("/")[0]), page)
        close(client, page, LONG_AGO, 3)
    see(client, OLD, TODAY, "ann", "bob")
    see(client, NEW, TODAY, "ann")


def visitors(client: Any, page: str) -> dict[str, int]:
    """Return what a page has: numbers by day, and the sketches of today and yesterday."""
    names = KEYS.page(page)
    found = {
        f"{year}-{field}": int(number)
        for year in {LONG_AGO.year, TODAY.year, YESTERDAY.year}
        for field, number in client.hgetall(names.visitors(year)).items()
        if field.isdigit()
    }
    for day in (TODAY, YESTERDAY):
        if number := client.pfcount(names.sketch(day.name)):
            listed = client.smembers(KEYS.open_sketches(day.name))
            assert names.total in listed
            assert day.name in client.smembers(KEYS.open_days)
            found[f"sketch {day.name}"] = number
    return found


def left(client: Any) -> list[str]:
    """Name what is on its way."""
    return [n for n in client.keys("hits:{*}:m:*") if not client.ttl(n) > 0]


MOVED = {LONG_AGO.name: 6, f"sketch {TODAY.name}": 2}


def test_visitors_go_along(client):
    """Of days that are over, both numbers; of today, who saw both is one."""
    fill(client)
    move(client)
    assert visitors(client, NEW) == MOVED
    assert visitors(client, OLD) == {}
    assert left(client) == []


def test_visitors_go_along_to_a_page_that_has_none(client):
    """It gets its own."""
    fill(client)
    client.unlink(*client.keys(f"hits:{{{NEW}}}:v:*"))
    move(client)
    assert visitors(client, NEW) == {LONG_AGO.name: 3, f"sketch {TODAY.name}": 2}


@pytest.mark.parametrize("page", [OLD, NEW])
def test_a_day_that_one_page_has_closed_is_one_number(client, page):
    """No sketch replaces the number later."""
    fill(client)
    close(client, page, YESTERDAY, 7)
    see(client, NEW if page == OLD else OLD, YESTERDAY, "ann", "bob")
    move(client)
    assert visitors(client, NEW) == MOVED | {YESTERDAY.name: 9}


def test_a_sum_of_before_is_not_believed(client):
    """Its number of fields is another."""
    fill(client)
    name = KEYS.page(NEW).visitors(LONG_AGO.year)
    client.hset(name, "sum", "3/2")
    move(client)
    assert client.hlen(name) > 2


def test_a_move_that_is_cut_off_is_ended_with_its_visitors(cluster_client):
    """At any command: by whoever changes something next."""
    fill(cluster_client)
    before = {page: visitors(cluster_client, page) for page in (OLD, NEW)}
    seen = set()
    for cut_at in count():
        fill(cluster_client)
        try:
            move(CutClient(cluster_client, cut_at, after=True))
        except Lost:
            cluster_client.delete(KEYS.lock)  # it expires
        else:
            break
        Changes(cluster_client, KEYS).set(OTHER, 1)
        found = {page: visitors(cluster_client, page) for page in (OLD, NEW)}
        assert found in (before, {OLD: {}, NEW: MOVED}), cut_at
        assert left(cluster_client) == []
        seen.add(str(found))
    assert len(seen) == 2


def test_what_goes_back_goes_with_its_visitors(cluster_client):
    """Those who came meanwhile are there, too."""
    fill(cluster_client)
    cluster_client.set(KEYS.page(NEW).total, MAX_HITS)
    cluster_client.set(KEYS.page(NEW).undated, MAX_HITS - 5)
    before = visitors(cluster_client, OLD)
    for cut_at in count():
        with pytest.raises((Lost, ChangeRefused)) as caught:
            move(CutClient(cluster_client, cut_at, after=True))
        if caught.type is not Lost:
            break
        cluster_client.delete(KEYS.lock)
        Repair(cluster_client, KEYS, sleep=lambda seconds: None).run()
        assert visitors(cluster_client, OLD) == before, cut_at
    assert visitors(cluster_client, OLD) == before
    assert left(cluster_client) == []


def cut_off_after_taking(client: Any) -> str:
    """Leave a page's visitors on their way, and return where they are."""
    for cut_at in count():
        fill(client)
        with suppress(Lost):
            move(CutClient(client, cut_at, after=True))
        client.delete(KEYS.lock)
        if not client.exists(KEYS.page(OLD).total):
            break
    (aside,) = client.keys("hits:{*}:m:*:v")
    return str(aside)


def test_a_move_that_is_ended_long_after_makes_numbers_of_its_sketches(cluster_client):
    """Nobody would close that day any more."""
    aside = cut_off_after_taking(cluster_client)
    cluster_client.pfadd(f"{aside}:{LONG_AGO.year}-9", "ann", "bob", "eve")
    cluster_client.sadd(aside, f"{LONG_AGO.year}-9")
    Changes(cluster_client, KEYS).set(OTHER, 1)
    assert visitors(cluster_client, NEW) == MOVED | {f"{LONG_AGO.year}-9": 3}
    assert left(cluster_client) == []


def test_who_came_meanwhile_stays(cluster_client):
    """To a page that is on its way and begins anew."""
    cut_off_after_taking(cluster_client)
    cluster_client.incr(KEYS.page(OLD).total)
    see(cluster_client, OLD, TODAY, "eve")
    Changes(cluster_client, KEYS).set(OTHER, 1)
    assert visitors(cluster_client, OLD) == {f"sketch {TODAY.name}": 1}
    assert visitors(cluster_client, NEW) == MOVED


@pytest.mark.parametrize("name", [f"v:{LONG_AGO.year}", f"v:{TODAY.name}"])
@pytest.mark.parametrize("page", [OLD, NEW])
def test_what_is_no_visitors_is_refused(client, page, name):
    """Before anything is changed."""
    fill(client)
    key = f"{KEYS.page(page).total}:{name}"
    client.delete(key)
    client.set(key, "x")
    with pytest.raises(ChangeRefused, match="holds"):
        move(client)
    assert client.get(key) == "x"
    assert client.get(KEYS.page(OLD).total) == "5"
    assert left(client) == []

"""Sums of sites: what they add up, and for how long they are kept."""

from datetime import date
from typing import Any

import pytest

from hitsvc.admin import Numbers, Sums
from hitsvc.admin.numbers import KEPT, MIN_AGE_S, SiteSums
from hitsvc.counting import Day, Keys
from tests.support.stored import put_day

KEYS = Keys("hits:")
SITE = "a.example"
TODAY = date(2026, 1, 3)  # the windows reach into the year before


class Clock:
    """A time that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def sums(client: Any, clock: Any = None, **more: Any) -> Sums:
    return Sums(
        client, KEYS, today=lambda: Day.of(TODAY), clock=clock or Clock(), **more
    )


def put(client: Any, page: str, total: int, **days: int) -> None:
    client.sadd(KEYS.pages(SITE), page)
    client.sadd(KEYS.sites, SITE)
    client.set(KEYS.page(page).total, total)
    for ago, hits in days.items():
        day = date.fromordinal(TODAY.toordinal() - int(ago[1:]))
        put_day(client, page, Day.of(day), hits)


def test_windows_reach_over_the_new_year(client):
    """Today, 7 and 30 days; no more."""
    put(client, SITE, 100, _0=1, _6=2, _7=4, _29=8, _30=16)
    put(client, f"{SITE}/x", 5, _0=3)
    client.sadd(KEYS.pages(SITE), f"{SITE}/gone")
    found = sums(client).site(SITE)
    assert (found.pages, found.sums) == (2, Numbers(SITE, 105, (4, 6, 18)))
    assert sums(client).top([SITE], 1) == [Numbers(SITE, 100, (1, 3, 15))]
    assert sums(client).top([SITE], 1, order=1)[0].page == f"{SITE}/x"
    assert sums(client).top([SITE], 9, order=2, windows=(1, 31))[0].lately[1] == 31
    assert list(sums(client).sites()) == [found]


def test_sums_are_kept_for_a_while(client):
    """Then they are computed anew."""
    clock = Clock()
    put(client, SITE, 1)
    first = sums(client, clock).site(SITE)
    client.set(KEYS.page(SITE).total, 2)
    clock.now += MIN_AGE_S - 1
    assert sums(client, clock).site(SITE) == first
    clock.now += 1
    assert sums(client, clock).site(SITE).sums.total == 2
    assert client.ttl(KEYS.sums(SITE)) > 0


def test_one_process_computes_and_others_wait_or_take_what_is_kept(client):
    """Nobody computes twice at once."""
    put(client, SITE, 1)
    lock = client.lock(f"{KEYS.sums(SITE)}:lock", timeout=60)
    assert lock.acquire(blocking=False)
    waited = []

    def release(seconds: float) -> None:
        waited.append(seconds)
        lock.release()

    first = sums(client, sleep=release).site(SITE)
    assert len(waited) == 1
    assert lock.acquire(blocking=False)
    late = Clock()
    late.now += 11
    assert sums(client, late, sleep=pytest.fail).site(SITE) == first


def test_large_sites_are_kept_longer():
    """A hundredth of a core at most."""
    numbers = Numbers(SITE, 0, (0, 0, 0))
    assert SiteSums(0, "", 5_000, numbers, []).max_age_s == MIN_AGE_S
    assert SiteSums(0, "", 1_000_000, numbers, []).max_age_s == pytest.approx(1800)


def test_a_longer_top_than_is_kept(client):
    """Is computed, not cut."""
    for number in range(KEPT + 9):
        put(client, f"{SITE}/{number}", number + 1)
    assert len(sums(client).top([SITE], KEPT + 5)) == KEPT + 5


def test_a_lock_that_has_expired_is_nobody_elses_loss(client):
    """Who took too long leaves the lock of the next one alone."""
    put(client, SITE, 1)
    name = f"{KEYS.sums(SITE)}:lock"

    def late() -> float:
        client.set(name, "the next one's")
        return 0.0

    assert sums(client, late).site(SITE).pages == 1
    assert client.get(name) == "the next one's"

"""The sums of all sites: what they add up, and who computes them."""

import io
import json
import subprocess
from datetime import date
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from hitsvc.admin import Numbers, Overviews, summing, summing_command, summing_order
from hitsvc.admin.numbers import MIN_AGE_S
from hitsvc.admin.overview import Overview
from hitsvc.counting import Day, Keys
from tests.support.stored import put_day

KEYS = Keys("hits:")
TODAY = date(2026, 1, 3)


class Clock:
    """A time that a test sets, or that goes on by itself."""

    now, step = 1_000.0, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(name="clock")
def _clock():
    return Clock()


def overviews(client: Any, clock: Any, **more: Any) -> Overviews:
    return Overviews(client, KEYS, today=lambda: Day.of(TODAY), clock=clock, **more)


def put(client: Any, page: str, total: int, **days: int) -> None:
    site = page.partition("/")[0]
    client.sadd(KEYS.pages(site), page)
    client.sadd(KEYS.sites, site)
    client.set(KEYS.page(page).total, total)
    for ago, hits in days.items():
        day = date.fromordinal(TODAY.toordinal() - int(ago[1:]))
        put_day(client, page, Day.of(day), hits)


def test_it_adds_up_all_sites(client, clock):
    """With the days, the top sites and the top pages of each order."""
    put(client, "a.example", 100, _0=1, _6=2, _29=8)
    put(client, "a.example/x", 5, _0=3)
    put(client, "b.example", 40, _6=16)

    made = overviews(client, clock).refresh()
    assert made is not None

    assert (made.at, made.day, made.sites, made.pages) == (1_000, "2026-01-03", 2, 3)
    assert made.sums == Numbers("", 145, (4, 22, 30))
    assert made.days == [8, *(0,) * 22, 18, *(0,) * 5, 4]
    assert [n.page for n in made.top_sites[0]] == ["a.example", "b.example"]
    assert [n.page for n in made.top_sites[2]] == ["b.example", "a.example"]
    assert [n.page for n in made.top_pages[1]] == [
        "a.example/x",
        "a.example",
        "b.example",
    ]
    assert Overview.of(made.written()) == made
    assert overviews(client, clock).kept() == made


def test_it_keeps_the_sums_of_each_site(client, clock):
    """Which others show, too."""
    put(client, "a.example", 100, _0=1)
    overviews(client, clock).refresh()

    assert client.get(KEYS.sums("a.example"))


def test_a_fresh_one_is_not_made_again(client, clock):
    """Until it is old."""
    ours = overviews(client, clock)
    assert ours.refresh()
    clock.now += MIN_AGE_S - 1
    assert ours.refresh() is None
    clock.now += 1
    assert ours.refresh()


def test_one_of_yesterday_is_none(client, clock):
    """Its today is another."""
    overviews(client, clock).refresh()

    tomorrow = Overviews(
        client, KEYS, today=lambda: Day.of(date(2026, 1, 4)), clock=clock
    )
    assert tomorrow.kept() is None


def test_two_do_not_make_it(client, clock):
    """The second has nothing to do; then the lock is free again."""
    lock = client.lock("hits:jobs:sums:lock", timeout=60)
    lock.acquire()
    assert overviews(client, clock).refresh() is None
    lock.release()
    assert overviews(client, clock).refresh()
    clock.now += 60
    assert overviews(client, clock).refresh()


def test_it_holds_the_lock_and_rests(client, clock):
    """However long it takes."""
    clock.step = 20.0
    rests: list[float] = []
    for number in range(3):
        put(client, f"{number}.example", 1)

    assert overviews(client, clock, rest=rests.append).refresh()

    assert len(rests) == 3
    assert all(rest > 0 for rest in rests)


def test_a_lock_that_has_expired_is_no_error(client, clock):
    """What was computed is right."""
    put(client, "a.example", 1)

    def lose(_worked_s: float) -> None:
        client.delete("hits:jobs:sums:lock")

    assert overviews(client, clock, rest=lose).refresh()


def test_large_stores_are_added_up_seldom(client, clock):
    """A page takes a hundredth of its share of the store."""
    made = overviews(client, clock).refresh()
    assert made is not None

    assert made.max_age_s == MIN_AGE_S
    assert made._replace(pages=100_000).max_age_s == pytest.approx(180)


def test_what_took_long_is_made_seldom(client, clock):
    """Nobody keeps more than a tenth of a core busy by looking at it."""
    worked = iter([10.0, 17.0])
    put(client, "a.example", 1)
    made = overviews(client, clock, cpu_clock=lambda: next(worked)).refresh()
    assert made is not None

    assert made.cpu_s == 7.0
    assert made.max_age_s == 70.0
    clock.now += 69
    assert overviews(client, clock).refresh() is None
    clock.now += 2
    assert overviews(client, clock).refresh()


class TestProcess:
    """What computes it."""

    def test_it_is_told_the_store_by_its_input(self, valkey_client, valkey_url):
        """And leaves the overview there."""
        put(valkey_client, "a.example", 7)

        done = subprocess.run(  # noqa: S603 - our own program
            summing_command(),
            input=summing_order(valkey_url, "hits:"),
            text=True,
            timeout=30,
            check=False,
        )

        assert done.returncode == 0
        assert json.loads(valkey_client.get(KEYS.overview))[3] == 1

    def test_a_store_that_is_away_is_an_exit_code(self):
        """Whoever looks at the page is told by the store itself."""

        def gone(_url: str) -> Any:
            raise RedisConnectionError

        assert summing(io.StringIO(summing_order("x", "hits:")), gone) == 1

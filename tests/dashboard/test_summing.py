"""Having sums computed: by one process, for whoever asks."""

import asyncio
import threading
from errno import ENOMEM

import pytest

from hitsvc.admin import Overviews, Summing, SummingProcess, summing_order
from tests.dashboard.operating import Browser
from tests.support.stored import KEYS


class Work:
    """Something that goes on until it is told to end."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = threading.Event()

    def __call__(self) -> None:
        self.begun += 1
        assert self.ended.wait(30)


class Clock:
    """A time that goes on only when work is done."""

    def __init__(self, work_s: float = 0.0) -> None:
        self.now = 1_000.0
        self.work_s = work_s
        self.begun = 0

    def __call__(self) -> float:
        return self.now

    def work(self) -> None:
        self.begun += 1
        self.now += self.work_s


async def test_whoever_asks_meanwhile_has_the_same():
    """One at a time; then another."""
    work, clock = Work(), Clock()
    summing = Summing(work, work.ended.set, clock=clock)
    first = summing.begin()
    assert summing.begin() is first
    await summing.close()
    assert work.begun == 1
    clock.now += 1
    second = summing.begin()
    await second
    assert second is not first


@pytest.mark.parametrize(
    ("work_s", "rest_s"), [(0.0, 1.0), (0.1, 1.0), (2.0, 18.0), (100.0, 60.0)]
)
async def test_it_rests_longer_than_it_works(work_s, rest_s):
    """Who reloads a page again and again starts nothing meanwhile."""
    clock = Clock(work_s)
    summing = Summing(clock.work, clock=clock)
    first = summing.begin()
    await first
    clock.now += rest_s - 0.01
    assert summing.begin() is first
    await summing.wait()
    assert clock.begun == 1
    clock.now += 0.02
    await summing.begin()
    assert clock.begun == 2


async def test_it_rests_after_a_failure_too():
    """What cannot be started now cannot be started in a moment."""
    clock = Clock()

    def fail() -> None:
        clock.work()
        raise OSError(ENOMEM, "no memory")

    summing = Summing(fail, clock=clock)
    with pytest.raises(OSError, match="no memory"):
        await summing.begin()
    with pytest.raises(OSError, match="no memory"):
        await summing.begin()
    assert clock.begun == 1


async def test_nobody_waits_for_ever():
    """It goes on, and who asks again may have it."""
    work = Work()
    summing = Summing(work, work.ended.set, patience_s=0.01)
    await summing.wait()
    assert not work.ended.is_set()
    await summing.close()


async def test_where_nothing_goes_on_nothing_is_ended():
    """A service that nobody has asked stops at once."""
    await Summing(lambda: None).close()
    SummingProcess("").end()


async def test_the_process_leaves_the_sums_in_the_store(valkey_client, valkey_url):
    """And can be ended before it is done."""
    valkey_client.sadd(KEYS.sites, "example.com")
    valkey_client.sadd(KEYS.pages("example.com"), "example.com")
    valkey_client.set(KEYS.page("example.com").total, 7)
    process = SummingProcess(summing_order(valkey_url, "hits:"))

    await asyncio.to_thread(process)

    overview = Overviews(valkey_client, KEYS).kept()
    assert overview is not None
    assert overview.sums.total == 7
    process.end()


def test_who_has_many_views_is_past_the_first(operated):
    """The sums say so, and the page asks no more whether one has come."""
    operated.redis.set(KEYS.page("example.com/a").total, 1_000)
    browser = Browser(operated).signed_in()
    browser.get("")
    operated.settle()

    text = browser.get("").text

    assert "All views" in text
    assert 'http-equiv="refresh"' not in text

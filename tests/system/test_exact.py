"""Exactness of the whole service: many clients, several workers, and kills."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from redis import Redis

from hitsvc.serve.datadir import running_socket
from tests.support.load import Tally, hit
from tests.support.processes import eventually
from tests.support.service import Service
from tests.support.stored import day_hits

pytestmark = pytest.mark.service

PAGE = "example.com/page"


def stored(service: Service) -> tuple[int, int]:
    """Return what the store holds of the page: its total, and the sum of its days."""
    with Redis(unix_socket_path=str(running_socket(service.data_dir))) as redis:
        total = redis.get(f"hits:{{{PAGE}}}")
        return int(total or 0), day_hits(redis, PAGE)


async def test_every_hit_gets_its_own_number(service):
    """40 clients x 50 hits over 2 workers are answered exactly 1 ... 2000."""
    running = service(workers=2)
    tally = Tally()
    await hit(running.url, PAGE, clients=40, hits=50, tally=tally)
    assert sorted(tally.acknowledged) == list(range(1, 2001))
    assert stored(running) == (2000, 2000)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda service: service.process.terminate(), id="clean stop"),
        pytest.param(lambda service: kill(service.arbiter_pid), id="killed arbiter"),
        pytest.param(lambda service: kill(service.pid), id="killed keeper"),
    ],
)
async def test_restart_is_exact(service, harm):
    """Whatever ends the service during load, the next start goes on exactly."""
    running = service(workers=2)
    tally = await load_with(running, lambda: harm(running))
    running.process.wait(timeout=20)
    running.start_again()
    eventually(running.answers, within_s=20)
    check(running, tally)


async def test_killed_worker_is_exact(service):
    """Kill -9 of a worker: the other goes on, a new one joins, every sum is right."""
    running = service(workers=2)
    check(running, await load_with(running, lambda: kill(running.worker_pids[0])))


async def test_killed_store_is_exact(service):
    """Kill -9 of Valkey: hits are refused until it is back, and none is lost."""
    running = service(workers=2)
    tally = await load_with(running, lambda: kill(running.valkey_pid))
    eventually(lambda: running.answers("/readyz"), within_s=20)
    check(running, tally)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def load_with(service: Service, harm: Callable[[], None]) -> Tally:
    """Hit the page, do harm in the middle, and go on for a while."""
    tally = Tally()
    load = asyncio.create_task(
        hit(service.url, PAGE, clients=16, hits=200, tally=tally)
    )
    while len(tally.acknowledged) < 500:
        await asyncio.sleep(0.001)
    harm()
    done, _ = await asyncio.wait([load], timeout=3)
    if not done:  # nothing listens any more
        tally.stop.set()
    await load
    return tally


def check(service: Service, tally: Tally) -> None:
    """Hold the promise: acknowledged <= stored <= attempted, and no number twice."""
    total, days = stored(service)
    assert len(tally.acknowledged) <= total <= tally.attempted
    assert len(tally.acknowledged) <= days <= tally.attempted
    assert len(set(tally.acknowledged)) == len(tally.acknowledged)
    assert service.count(PAGE) == total + 1

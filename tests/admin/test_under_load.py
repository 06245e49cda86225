"""Changes while visitors come, on a real store: nobody else's count is touched."""

import asyncio
from typing import Any

import pytest

from hitsvc.admin import Changes, Reader, Removal, open_client
from hitsvc.admin.importers import Row
from hitsvc.admin.importing import Mode
from hitsvc.counter import HitCounter
from hitsvc.counting import Keys
from hitsvc.errors import CounterUnavailable
from hitsvc.store import open_backend
from tests.admin.imports import UNTIL
from tests.admin.imports import run as imported
from tests.support.saves import Kept

KEYS = Keys("hits:")
TOUCHED = [f"touched.example/{number}" for number in range(4)]
OTHERS = [f"other.example/{number}" for number in range(4)]


class Visitors:
    """Count what they were told."""

    def __init__(self) -> None:
        self.attempted = dict.fromkeys(TOUCHED + OTHERS, 0)
        self.acknowledged = dict.fromkeys(TOUCHED + OTHERS, 0)
        self.over = False

    async def visit(self, counter: HitCounter, page: str) -> None:
        while not self.over:
            self.attempted[page] += 1
            try:
                await counter.hit(page, None, remember=False)
            except CounterUnavailable:
                continue
            self.acknowledged[page] += 1


IMPORTED = [Row(page, day, 3) for page in TOUCHED for day in (None, UNTIL)]
MODES: tuple[Mode, ...] = ("add", "max", "replace")


def change(client: Any) -> None:
    """Do everything that an operator can, a few times."""
    changes, removal = Changes(client, KEYS), Removal(client, KEYS)
    for total, mode in enumerate(MODES):
        assert imported(client, IMPORTED, mode=mode, name=mode).rows == len(IMPORTED)
        changes.set(TOUCHED[0], total)
        changes.add(TOUCHED[1], 5)
        changes.move(TOUCHED[2], TOUCHED[0])
        removal.reset([TOUCHED[1]], Kept())
        removal.delete([TOUCHED[0], TOUCHED[3]], Kept())


@pytest.mark.parametrize("clients", [8])
async def test_others_count_on_and_the_changed_add_up(
    valkey_url: str, clients: int
) -> None:
    """Acknowledged <= stored <= attempted; and days and undated are the total."""
    counter = HitCounter(
        open_backend(valkey_url, 5.0),
        key_prefix="hits:",
        token_ttl_s=0,
        token_length=12,
        queue_limit=10_000,
    )
    visitors = Visitors()
    tasks = [
        asyncio.create_task(visitors.visit(counter, page))
        for page in (TOUCHED + OTHERS) * (clients // 4)
    ]
    with open_client(valkey_url) as client:
        while not all(visitors.acknowledged.values()):
            await asyncio.sleep(0)
        await asyncio.to_thread(change, client)
        visitors.over = True
        await asyncio.gather(*tasks)
        await counter.close()
        reader = Reader(client, KEYS)
        for page, held in reader.contents(OTHERS):
            assert visitors.acknowledged[page] <= held.total
            assert held.total <= visitors.attempted[page]
        for page, held in reader.contents(TOUCHED + OTHERS):
            assert held.total == held.undated + sum(held.days.values()), page
        listed = {p for site in reader.sites() for p in reader.pages(site)}
        assert {page.page for page in reader.totals(TOUCHED)} <= listed

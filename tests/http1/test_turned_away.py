"""What those get to read for whom there is no room."""

import asyncio
from functools import partial
from typing import Any

import pytest

from hitsvc.http1.date import DateField
from hitsvc.http1.limit import ConnectionLimit
from hitsvc.http1.limited_protocol import LimitedProtocol
from hitsvc.http1.turned_away import MOST_LINGERING
from tests.support.sockets import GET, Gate, Site, on_uvloop, statuses, until

BIG = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000


async def full(site: Any, gate: Gate) -> None:
    """Take the only place."""
    client = await site.connect()
    client.send(GET)
    await until(lambda: gate.entered)


def site_of(gate: Gate) -> tuple[Site, ConnectionLimit]:
    """Make a site with one place."""
    limit = ConnectionLimit(1)
    return Site(gate, http=partial(LimitedProtocol, limit)), limit


@pytest.mark.parametrize("request_", [GET, BIG], ids=["short", "long"])
def test_each_reads_the_answer(request_):
    """Though it is sending when it comes; none sees a reset."""

    @on_uvloop
    async def check():
        gate = Gate()
        site, limit = site_of(gate)
        async with site:
            await full(site, gate)
            for _ in range(20):
                client = await site.connect()
                client.send(request_)
                data = await client.rest()
                assert statuses(data) == [503]
                assert b"\r\nretry-after: 1\r\n" in data
                assert b"\r\ncache-control: no-store\r\n" in data
                await client.close()
            await until(lambda: not limit.lingering)
            gate.open.set()

    check()


@on_uvloop
async def test_only_so_many_linger():
    """Others are closed at once, and all are gone after a second."""
    gate = Gate()
    site, limit = site_of(gate)
    async with site:
        await full(site, gate)
        clients = [await site.connect() for _ in range(MOST_LINGERING + 5)]
        for client in clients:
            assert statuses(await client.rest()) == [503]
        assert len(limit.lingering) == MOST_LINGERING
        while limit.lingering:
            await asyncio.sleep(0.05)
        gate.open.set()


@on_uvloop
async def test_the_answer_tells_the_date():
    """As all do where somebody tells the time."""
    date = DateField()
    date.tick(0.0)
    gate = Gate()
    http = partial(LimitedProtocol, ConnectionLimit(0), date=date)
    async with Site(gate, http=http) as site:
        data = await (await site.connect()).rest()
        assert b"\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" in data

"""A proxy that is not believed: told once, and written down for `hitsvc doctor`."""

import asyncio
import logging
import os

from fakeredis import FakeAsyncRedis, FakeServer

from hitsvc.counting.keys import Keys
from hitsvc.counting.once import Once
from hitsvc.counting.unheeded import KEPT_S, UnheededProxy
from hitsvc.store.client_backend import ClientBackend


def opened(is_first=lambda: True) -> tuple[UnheededProxy, FakeAsyncRedis]:
    """Make one, and the store that it writes to."""
    redis = FakeAsyncRedis(server=FakeServer(), decode_responses=True)
    backend = ClientBackend(redis, 5)
    return UnheededProxy(Keys("hits:"), backend.execute, is_first), redis


async def test_the_first_is_told_and_kept(caplog):
    """With its address and the setting; others are not told."""
    proxy, redis = opened()
    with caplog.at_level(logging.WARNING):
        for address in ("172.18.0.1", "172.18.0.1", "10.0.0.1"):
            proxy.add(address)
    await proxy.close()

    (line,) = caplog.messages
    assert "172.18.0.1, which is not in HITSVC_FORWARDED_ALLOW_IPS" in line
    assert await redis.get("hits:proxy") == "172.18.0.1"
    assert 0 < await redis.ttl("hits:proxy") <= KEPT_S


async def test_another_process_has_told_it(caplog):
    """Then this one says nothing, and need not write."""
    proxy, redis = opened(lambda: False)
    with caplog.at_level(logging.WARNING):
        proxy.add("172.18.0.1")
    await proxy.close()

    assert caplog.messages == []
    assert await redis.keys() == []


async def test_a_store_that_is_away_does_no_harm(caplog):
    """The log has it."""
    proxy, redis = opened()
    redis.connection_pool.connection_kwargs["server"].connected = False
    with caplog.at_level(logging.WARNING):
        proxy.add("172.18.0.1")
        await asyncio.sleep(0)
    await proxy.close()

    assert len(caplog.messages) == 1


def test_of_several_processes_one_is_the_first():
    """Whichever asks first, be it after a fork."""
    is_first = Once()
    asked, answer = os.pipe()
    child = os.fork()
    if not child:
        os.write(answer, b"%d" % is_first())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(asked, 1) == b"1"
    assert [is_first(), is_first()] == [False, False]

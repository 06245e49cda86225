"""Stores for the operator's commands: fakeredis, a real Valkey, and a real cluster."""

from collections.abc import Iterator
from typing import Any

import pytest
from fakeredis import FakeRedis

from hitsvc.admin import open_client


@pytest.fixture(name="client", params=["fakeredis", "valkey", "cluster"])
def _client(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of an empty store, of any kind."""
    if request.param == "fakeredis":
        client: Any = FakeRedis(decode_responses=True)
    elif request.param == "cluster":
        yield request.getfixturevalue("cluster_client")
        return
    else:
        client = open_client(request.getfixturevalue("valkey_url"))
    yield client
    client.close()


@pytest.fixture(name="valkey_client")
def _valkey_client(valkey_url: str) -> Iterator[Any]:
    """A client of an empty, real Valkey."""
    with open_client(valkey_url) as client:
        yield client

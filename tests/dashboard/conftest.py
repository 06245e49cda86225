"""A service with an operator's tokens, and its operator."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hitsvc.admin import open_client
from tests.dashboard.operating import READ, WRITE, Api, OpenOperated, fill
from tests.support.service import PATIENT
from tests.support.site import Site


@pytest.fixture(name="open_operated")
def _open_operated() -> Iterator[OpenOperated]:
    """Open services with tokens, and close them after the test."""
    with asyncio.Runner() as runner, ExitStack() as stack:

        def open_operated(**settings: Any) -> Site:
            tokens = {"admin_token": WRITE, "admin_read_token": READ}
            given = {
                f"HITSVC_{name.upper()}": str(value)
                for name, value in (tokens | settings).items()
            }
            site = Site(runner, PATIENT | given)
            stack.callback(site.close)
            return site

        yield open_operated


@pytest.fixture(name="operated")
def _operated(open_operated: OpenOperated) -> Site:
    """One with two pages: 10 hits, 3 of them today and 2 without a date, and 5."""
    site = open_operated()
    fill(site)
    return site


@pytest.fixture(name="valkey_client")
def _valkey_client(valkey_url: str) -> Iterator[Any]:
    """A client of an empty, real Valkey."""
    with open_client(valkey_url) as client:
        yield client


@pytest.fixture(name="api")
def _api(operated: Site) -> Api:
    """A program of the operator's."""
    return Api(operated)

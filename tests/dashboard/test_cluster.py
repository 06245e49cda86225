"""The operator's side of a service whose store is a cluster: what holds of one Redis."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from hitsvc.access import Operator
from tests.dashboard.operating import WRITE, Browser, fill
from tests.dashboard.test_api import TestChanges, TestLists, TestReading, TestUndo
from tests.support.cluster import Cluster
from tests.support.service import PATIENT
from tests.support.site import Site

__all__ = ["TestChanges", "TestLists", "TestReading", "TestUndo"]


class OnCluster(Site):
    """A service that has its store by its settings alone."""

    def __init__(self, runner: asyncio.Runner, url: str, client: Any) -> None:
        variables = {"HITSVC_REDIS_URL": url, "HITSVC_ADMIN_TOKEN": WRITE}
        super().__init__(runner, PATIENT | variables, own_redis=False)
        self.redis = client

    def _operator(self, settings: Any) -> Operator:
        return super()._operator(settings)._replace(store=None)


@pytest.fixture(name="operated")
def _operated(six_nodes: Cluster, cluster_client: Any) -> Iterator[Site]:
    """One with two pages; see `fill`."""
    with asyncio.Runner() as runner:
        site = OnCluster(runner, six_nodes.url, cluster_client)
        fill(site)
        yield site
        site.close()


def test_people_see_pages_and_what_could_be_wrong(operated):
    """And may change them."""
    browser = Browser(operated).signed_in()

    assert "Change it" in browser.text("page?url=example.com/a")
    assert "Nothing can be changed here" not in browser.text("")
    assert "of counters, without a limit" in browser.text("settings")

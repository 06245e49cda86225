"""Errors that visitors are answered with, through the app and the express lane."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from falcon import testing

from hitsvc.app import create_app
from hitsvc.metrics import Board, Rows, Tally, render
from hitsvc.settings import Settings
from tests.support.samples import samples_of
from tests.support.site import serve


class Watched:
    """A service in this process whose numbers are kept."""

    def __init__(self, runner: asyncio.Runner, express: bool) -> None:
        """Start it, with few waiting hits and new pages allowed."""
        self.server = FakeServer()
        self._board = Board(1)
        environ = {
            "HITSVC_DENY": "denied.example",
            "HITSVC_NEW_PAGES_IN_ALL": "2",
            "HITSVC_QUEUE_LIMIT": "3",
        }
        app = create_app(
            Settings.load(environ),
            redis=FakeAsyncRedis(server=self.server),
            tally=Tally(self._board.row(Rows(self._board).take() or 0)),
        )
        self._run = runner.run
        self._conductor = testing.ASGIConductor(serve(app, express=express))
        self._run(self._conductor.__aenter__())

    def get(self, *targets: str) -> list[int]:
        """Ask for all of these at once; return the statuses."""

        async def ask() -> list[Any]:
            get = self._conductor.simulate_get
            answers = [
                get(t.split("?")[0], query_string=t.split("?")[1]) for t in targets
            ]
            return await asyncio.gather(*answers)

        return [answer.status_code for answer in self._run(ask())]

    def numbers(self, name: str) -> dict[str, float]:
        """Return the values of a family that are not 0, by their labels."""
        samples = samples_of(render(self._board))
        return {
            sample.partition("=")[2].rstrip("}"): number
            for sample, number in samples.items()
            if sample.startswith(name) and number
        }

    def close(self) -> None:
        """Stop it."""
        self._run(self._conductor.__aexit__(None, None, None))


@pytest.fixture(name="site", params=["app", "express"])
def _site(request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A service without the express lane, and with it."""
    with asyncio.Runner() as runner:
        site = Watched(runner, request.param == "express")
        yield site
        site.close()


@pytest.mark.parametrize("route", ["/count", "/count/tag.svg", "/count.json"])
@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("ftp://example.com/", "url"),
        ("", "url"),
        (f"http://example.com/{'a' * 3000}", "url"),
        ("http://denied.example/", "site"),
    ],
)
def test_what_cannot_be_counted(site, route, url, kind):
    """Once each, on every way of asking."""
    site.get(f"{route}?url={url}")

    assert site.numbers("hitsvc_errors_total") == {kind: 1}
    assert site.numbers("hitsvc_hits_total") == {}


@pytest.mark.parametrize("route", ["/count", "/nocount/tag.svg", "/nocount.json"])
def test_a_store_that_is_away(site, route):
    """An error for each who asked."""
    site.server.connected = False

    site.get(f"{route}?url=http://a.example/")
    site.get(f"{route}?url=http://b.example/")

    assert site.numbers("hitsvc_errors_total") == {"unavailable": 2}


def test_too_many_new_pages(site):
    """Those that were counted, and those that were not, are told apart."""
    statuses = [
        site.get(f"/count?url=http://example.com/{number}")[0] for number in range(5)
    ]

    refused = statuses.count(429)
    assert refused
    assert site.numbers("hitsvc_errors_total") == {"new_pages": refused}
    assert site.numbers("hitsvc_hits_total") == {"counted": 5 - refused}


def test_too_many_at_once(site):
    """Who cannot wait is busy's; nobody is counted twice or not at all."""
    statuses = site.get(*["/count?url=http://example.com/"] * 12)

    refused = statuses.count(503)
    assert refused
    assert site.numbers("hitsvc_errors_total") == {"busy": refused}
    assert site.numbers("hitsvc_hits_total") == {"counted": 12 - refused}


def test_hits_are_no_errors(site):
    """Nothing is counted as one that is none."""
    assert site.get("/count?url=http://example.com/") == [200]
    assert site.numbers("hitsvc_errors_total") == {}

"""The price of new pages: people never meet it, loops always do."""

import logging
from dataclasses import replace

import pytest

from hitsvc.request.client import Clients, TrustedProxies
from hitsvc.request.new_pages import (
    MAX_TOLD_APART,
    WINDOW_S,
    NewPageLimits,
    NewPages,
)

NONE = NewPageLimits()


def scope(peer: str = "198.41.7.9") -> dict[str, object]:
    return {"client": (peer, 1), "headers": []}


class Minute:
    """New pages under some limits, and the time."""

    def __init__(self, **limits: int) -> None:
        self.now = 0.0
        self.pages = NewPages(
            replace(NONE, **limits), Clients(TrustedProxies("")), lambda: self.now
        )

    def make(
        self, number: int, site: str = "a.example", peer: str = "198.41.7.9"
    ) -> None:
        for _ in range(number):
            self.pages.made(site, scope(peer))

    def admits(self, site: str = "a.example", peer: str = "198.41.7.9") -> bool:
        return self.pages.admit(site, scope(peer))


@pytest.mark.parametrize("limit", ["by_client", "by_site", "in_all"])
def test_so_many_pages_and_no_more(limit):
    """The last one that is allowed is the last."""
    minute = Minute(**{limit: 3})
    minute.make(2)
    assert (minute.pages.active, minute.admits()) == (False, True)
    minute.make(1)
    assert (minute.pages.active, minute.admits()) == (True, False)


@pytest.mark.parametrize(
    ("limit", "site", "peer", "admitted"),
    [
        ("by_client", "b.example", "198.41.7.200", False),
        ("by_client", "a.example", "198.41.8.1", True),
        ("by_site", "a.example", "8.8.8.8", False),
        ("by_site", "b.example", "198.41.7.9", True),
        ("in_all", "b.example", "8.8.8.8", False),
    ],
)
def test_only_those_over_a_limit_are_refused(limit, site, peer, admitted):
    """A client is its network, whatever the site; a site is one, whoever asks."""
    minute = Minute(**{limit: 3})
    minute.make(3)
    assert minute.admits(site, peer) is admitted


@pytest.mark.parametrize("limit", ["by_client", "by_site", "in_all"])
def test_the_next_minute_is_another(limit):
    """Nothing is carried over."""
    minute = Minute(**{limit: 1})
    minute.make(1)
    minute.now += WINDOW_S - 0.1
    assert not minute.admits()
    minute.now += 0.1
    assert minute.admits()
    assert not minute.pages.active


def test_without_limits_nobody_is_refused():
    """0 is no limit."""
    minute = Minute()
    minute.make(10_000)
    assert not minute.pages.active


def test_a_proxys_clients_are_not_one_client():
    """Where all come from a private address, the other limits hold, and the log says so."""
    minute = Minute(by_client=1)
    minute.make(10, peer="172.18.0.1")
    assert minute.admits(peer="172.18.0.1")


def test_the_log_says_once_that_clients_are_not_told_apart(caplog):
    """Not for each new page."""
    caplog.set_level(logging.INFO)
    minute = Minute(by_client=1)
    minute.make(3, peer="172.18.0.1")
    (record,) = caplog.records
    assert "HITSVC_CLIENT_HEADER" in record.message


def test_a_flood_is_logged_once_a_minute(caplog):
    """With the site that it is about."""
    minute = Minute(by_site=2)
    minute.make(9)
    (record,) = caplog.records
    assert "a.example" in record.message
    minute.now += WINDOW_S
    minute.make(9)
    assert len(caplog.records) == 2


def test_many_networks_do_not_fill_our_memory():
    """What is not told apart any more still counts in all."""
    minute = Minute(by_site=2, in_all=MAX_TOLD_APART + 100)
    for n in range(MAX_TOLD_APART + 99):
        minute.make(1, site=f"{n}.example")
    assert minute.admits("new.example")
    minute.make(2, site="new.example")
    assert not minute.admits("new.example")

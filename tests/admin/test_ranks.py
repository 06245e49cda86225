"""The order of all pages: any part of it is what sorting all of them would give."""

import random
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hitsvc.admin import BY_ADDRESS, Numbers, Overviews, Ranks, Wish
from hitsvc.admin.rank_fields import ADDRESSES, NUMBERS, unpack_numbers
from hitsvc.admin.ranking import Ranking
from hitsvc.counting import Day, Keys, site_of

KEYS = Keys("hits:")
TODAY = Day.of(date(2026, 1, 3))
# In the order of their bytes, one stands between another's front page and its posts.
SITES = ("a.example", "b.example", "b.example-x.org", "b.example:8080", "z.example")
ORDERS = (BY_ADDRESS, 0, 1, 2, 3)
TEXTS = ("", "POST/1", "b.example", "https://b.example/post/12/", "café", "nowhere")


def numbers() -> dict[str, Numbers]:
    """Invent pages, more than stand in one piece, many of them with the same numbers."""
    draw = random.Random(7)  # noqa: S311 - the same pages each time
    found = {}
    for site in SITES:
        pages = 1 if site == "z.example" else 300
        for number in range(pages):
            page = f"{site}/post/{number}" if number else site
            lately = tuple(draw.choice([0, 0, 0, 1, 2, 900]) for _ in range(3))
            found[page] = Numbers(page, draw.randrange(50), lately)
    found["a.example/caf%C3%A9"] = Numbers("a.example/caf%C3%A9", 2**53, (1, 1, 1))
    return found


PAGES = numbers()


def rank(client: Any, pages: dict[str, Numbers], at: float = 1_000.0) -> None:
    ranking = Ranking(client, KEYS, at, TODAY.date.isoformat())
    by_site: dict[str, list[Numbers]] = {}
    for page in sorted(pages):
        by_site.setdefault(site_of(page), []).append(pages[page])
    for site in sorted(by_site):
        for start in range(0, len(by_site[site]), 100):
            ranking.add(site, by_site[site][start : start + 100])
    ranking.close(60)


def ranks(client: Any) -> Ranks:
    return Ranks(client, KEYS, lambda: TODAY)


def sorted_pages(wish: Wish) -> list[str]:
    """Sort all of them."""
    text = wish.text.removeprefix("https://").rstrip("/").casefold()
    text = {"café": "caf%c3%a9"}.get(text, text)
    pages = [p for p in PAGES if text in p.casefold()]
    pages = [p for p in pages if wish.site in {"", site_of(p)}]
    pages.sort(key=lambda page: (site_of(page), page))
    if wish.order == BY_ADDRESS:
        return pages if wish.up else pages[::-1]
    pages.sort(key=lambda page: PAGES[page].by(wish.order), reverse=True)
    return pages[::-1] if wish.up else pages


@pytest.fixture(name="ranked")
def _ranked(client: Any) -> Ranks:
    assert ADDRESSES < len(PAGES) > NUMBERS
    rank(client, PAGES)
    return ranks(client)


def wishes() -> Iterator[Wish]:
    for order in ORDERS:
        for up in (False, True):
            for site in ("", "b.example", "z.example", "none.example"):
                for text in TEXTS:
                    yield Wish(order, up, site, text)


def test_every_part_is_that_of_all_pages_sorted(ranked):
    """By each number and by address, both ways, of a site or all, with a text or not."""
    for wish in wishes():
        wanted = sorted_pages(wish)
        for start in (0, 3, len(wanted) // 2, max(0, len(wanted) - 7), len(wanted)):
            part = ranked.part(wish._replace(start=start, size=10))
            assert part == (wanted[start : start + 10], len(wanted), 1_000.0), wish


def test_a_list_goes_on_to_its_end_over_all_pieces(ranked):
    """Nothing twice, nothing left out; however large the part."""
    for up in (False, True):
        wish = Wish(0, up, size=97)
        found: list[str] = []
        while part := ranked.part(wish._replace(start=len(found))).pages:
            found += part
        assert found == sorted_pages(wish)


def test_what_is_no_page_of_its_site_is_not_in_it(client):
    """Somebody's own entry in the list: it would be found in the wrong place."""
    strange = {"a.example": 1, "b.example/x": 2, "a.example/a\nb": 3, "a.example/b": 4}
    ranking = Ranking(client, KEYS, 1.0, TODAY.date.isoformat())
    ranking.add("a.example", [Numbers(p, n, (0, 0, 0)) for p, n in strange.items()])
    ranking.close(60)

    part = ranks(client).part(Wish(0, up=False))

    assert part is not None
    assert part.pages == ["a.example/b", "a.example"]


def test_of_nothing_there_is_an_empty_order(client):
    """Whatever is asked for."""
    rank(client, {})

    for wish in wishes():
        assert ranks(client).part(wish) == ([], 0, 1_000.0)


def test_until_one_is_made_there_is_none(client):
    """Nor is there one of yesterday, nor what has just expired."""
    assert not ranks(client).are_kept()
    assert ranks(client).part(Wish(0, up=False)) is None
    rank(client, PAGES)
    assert ranks(client).are_kept()
    tomorrow = Ranks(client, KEYS, lambda: Day.of(date(2026, 1, 4)))
    assert not tomorrow.are_kept()
    assert tomorrow.part(Wish(0, up=False)) is None
    client.delete(KEYS.ranks_of("1000.000000"))
    assert not ranks(client).are_kept()
    assert ranks(client).part(Wish(0, up=False)) is None


def test_everything_of_it_expires(client):
    """The one before at once, but for who is reading it."""
    rank(client, PAGES, at=1.0)
    rank(client, PAGES, at=2.0)

    assert 0 < client.ttl(KEYS.ranks) <= 60
    assert 60 < client.ttl(KEYS.ranks_of("2.000000")) <= 120
    assert 0 < client.ttl(KEYS.ranks_of("1.000000")) <= 60


def test_a_page_takes_little(client):
    """Less than a tenth of what the page itself takes."""
    rank(client, PAGES)

    kept = client.hgetall(KEYS.ranks_of("1000.000000"))

    assert sum(map(len, kept.values())) < 30 * len(PAGES)


def test_pages_are_put_in_order_where_they_are_added_up(client):
    """And again if only the order has gone."""
    client.sadd(KEYS.sites, "a.example")
    for number, page in enumerate(("a.example/1", "a.example/2", "a.example/3")):
        client.sadd(KEYS.pages("a.example"), page)
        client.set(KEYS.page(page).total, number)
    overviews = Overviews(client, KEYS, today=lambda: TODAY, clock=lambda: 1_000.0)
    assert overviews.refresh()
    assert overviews.refresh() is None
    client.delete(KEYS.ranks)
    assert overviews.refresh()

    part = ranks(client).part(Wish(0, up=False, size=2))

    assert part == (["a.example/3", "a.example/2"], 3, 1_000.0)


def test_numbers_are_read_as_they_were_written():
    """Low byte first, on any machine."""
    assert list(unpack_numbers("AQAAAAABAAA=")) == [1, 256]
    assert array("I").itemsize == 4

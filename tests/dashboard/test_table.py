"""``/admin/pages``: all pages, in any order, with a text in them, part by part."""

import re
from html import unescape
from typing import Any

import pytest
from redis.exceptions import NoPermissionError

from tests.dashboard.operating import Browser, OpenOperated
from tests.support.site import Site
from tests.support.stored import KEYS, put_day, today

A, B, C = "example.com/a", "example.com/b", "example.com/c"
HOLDS_THE_LOCK = "hits:jobs:sums:lock"


@pytest.fixture(name="browser")
def _browser(operated: Site) -> Browser:
    """The operator's, signed in; pages have been added up."""
    browser = Browser(operated).signed_in()
    browser.get("pages")
    operated.settle()
    return browser


@pytest.fixture(name="large")
def _large(open_operated: OpenOperated) -> Browser:
    """One of a site with 130 pages, of which 30 were seen today."""
    site = open_operated()
    for number in range(130):
        page = f"big.example/{number:03}"
        site.redis.set(KEYS.page(page).total, number + 1)
        site.redis.sadd(KEYS.pages("big.example"), page)
        if number < 30:
            put_day(site.redis, page, today(), 1)
    site.redis.sadd(KEYS.sites, "big.example")
    browser = Browser(site).signed_in()
    browser.get("pages")
    site.settle()
    return browser


def link(browser: Browser, path: str, word: str) -> str:
    """Return where a link of a page leads; empty if there is none."""
    text = browser.get(path).text
    found = re.search(rf'admin/(pages\?[^"]*)">{word}</a>', text)
    return unescape(found[1]) if found else ""


def pages(browser: Browser, path: str) -> list[str]:
    return [row[0] for row in browser.rows(path)]


def every(browser: Browser, path: str) -> list[str]:
    """Follow a list to its end."""
    found = []
    while path:
        found += pages(browser, path)
        path = link(browser, path, "Go on")
    return found


def test_pages_are_sorted_by_what_is_asked(browser):
    """With their numbers of now."""
    browser.site.redis.incr(KEYS.page(B).total)

    assert browser.rows("pages?sort=total") == [
        [A, "3", "3", "8", "10"],
        [B, "0", "5", "5", "6"],
    ]
    assert pages(browser, "pages?sort=last_7_days") == [B, A]
    assert pages(browser, "pages?sort=last_7_days&direction=up") == [A, B]
    assert pages(browser, "pages?sort=page&direction=down") == [B, A]
    assert pages(browser, "pages?sort=today&site=example.com") == [A, B]


@pytest.mark.parametrize(
    "query", ["sort=nonsense", "direction=sideways", "from=x", f"from={'1' * 10}"]
)
def test_what_makes_no_sense_is_left_out(browser, query):
    """An address that somebody has cut off shows the usual."""
    assert pages(browser, f"pages?{query}") == [A, B]


def test_a_heading_sorts_and_turns(browser):
    """Also without a script; it says which way it is."""
    assert 'aria-sort="descending"' in browser.get("pages?sort=total").text
    turned = link(browser, "pages?sort=total&q=example", "total")
    assert turned == "pages?q=example&sort=total&direction=up"
    assert 'aria-sort="ascending"' in browser.get(turned).text
    assert link(browser, turned, "total").endswith("direction=down")
    assert link(browser, turned, "today") == "pages?q=example&sort=today"
    assert link(browser, "pages?sort=page", "page").endswith("direction=down")


@pytest.mark.parametrize("typed", ["COM/B", "https://example.com/b/", "b "])
def test_pages_are_found_by_a_part_of_their_address(browser, typed):
    """In small or capital letters, or pasted."""
    assert pages(browser, f"pages?q={typed}") == [B]


def test_where_none_is_found_that_is_said(browser):
    """With where to find what is too new for the order."""
    browser.site.redis.set(KEYS.page(C).total, 7)
    browser.site.redis.sadd(KEYS.pages("example.com"), C)

    assert "There is no such page." in browser.text(f"pages?q={C}")
    unordered = link(browser, f"pages?q={C}", "in the list without an order")
    assert pages(browser, unordered) == [C]
    assert link(browser, unordered, "Put them in order")


def test_a_search_keeps_the_order(browser):
    """The form carries it."""
    text = browser.get("pages?sort=total&direction=up").text

    assert '<input type="hidden" name="sort" value="total">' in text
    assert '<input type="hidden" name="direction" value="up">' in text


def test_long_lists_go_on_to_their_end(large):
    """Twenty at a time, in any order, or in none."""
    wanted = [f"big.example/{number:03}" for number in range(130)]

    assert every(large, "pages?sort=total") == wanted[::-1]
    assert every(large, "pages?sort=total&direction=up") == wanted
    assert every(large, "pages?sort=page") == wanted
    assert every(large, "pages?sort=today") == wanted
    assert every(large, "pages?sort=total&q=%2F09") == wanted[90:100][::-1]
    assert sorted(every(large, "pages?all=1")) == wanted


def test_a_list_can_be_walked_both_ways(large):
    """The address says where one is."""
    first, middle = "pages?sort=page", "pages?sort=page&from=60"

    assert "1 to 20 of 130" in large.text(first)
    assert link(large, first, "Back") == link(large, first, "First") == ""
    assert "61 to 80 of 130" in large.text(middle)
    assert link(large, middle, "Back") == "pages?sort=page&from=40"
    assert link(large, middle, "First") == first
    last = link(large, middle, "Last")
    assert "121 to 130 of 130" in large.text(last)
    assert link(large, last, "Go on") == link(large, last, "Last") == ""


def test_a_part_without_pages_says_why(large):
    """The list has become shorter, or its pages have gone."""
    assert "The list ends before this part." in large.text("pages?from=500")
    for number in range(120, 130):
        large.site.redis.delete(KEYS.page(f"big.example/{number:03}").total)
    assert "pages of this part are gone" in large.text("pages?sort=page&from=120")


def test_until_they_are_added_up_the_page_asks_again(open_operated):
    """Meanwhile there is the list without an order."""
    site = open_operated()
    site.redis.set(HOLDS_THE_LOCK, "somebody does it")
    site.redis.set(KEYS.page(A).total, 7)
    site.redis.sadd(KEYS.sites, "example.com")
    site.redis.sadd(KEYS.pages("example.com"), A)
    browser = Browser(site).signed_in()

    text = browser.get("pages").text
    assert "being added up" in text
    assert 'http-equiv="refresh"' in text
    unordered = link(browser, "pages", "in a list without an order")
    assert pages(browser, unordered) == [A]


def test_without_a_right_to_write_pages_come_in_no_order(operated):
    """And can be looked for."""
    operated.refuse_scripts(NoPermissionError("NOPERM"))
    browser = Browser(operated).signed_in()

    assert sorted(pages(browser, "pages")) == [A, B]
    assert pages(browser, "pages?q=com/b") == [B]
    assert "cannot be put in order" in browser.text("pages")


def ask(browser: Browser, what: str, chosen: list[str]) -> Any:
    return browser.post("change", do=what, page=chosen)


@pytest.mark.parametrize("what", ["delete", "reset"])
def test_chosen_pages_are_changed_together(browser, what):
    """By a button each."""
    assert f'<button name="do" value="{what}">' in browser.get("pages").text

    done = browser.confirm(ask(browser, what, [A, B]))

    assert "2 pages: 15 hits" in done.text

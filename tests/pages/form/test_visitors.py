"""The form where visitors are counted: it offers to show them."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.service import PATIENT, Service
from tests.support.visitors import visit

pytestmark = pytest.mark.browser


@pytest.fixture(name="counting", scope="module")
def _counting(tmp_path_factory):
    """A service that counts visitors, and has seen one twice."""
    # The tester's own address is that of a visitor, and of no proxy.
    more = {"HITSVC_VISITORS": "on", "HITSVC_FORWARDED_ALLOW_IPS": "192.0.2.1"}
    env = PATIENT | more
    with Service(tmp_path_factory.mktemp("visitors"), env=env) as service:
        for _ in range(2):
            visit(service.url, "/count.json?url=example.com/post")
        yield service


def test_a_badge_of_visitors_is_offered_drawn_and_coded(context, counting):
    """With what it shows in its alternative text."""
    page = context.new_page()
    page.goto(f"{counting.url}/#url=example.com/post&show=visitors")
    expect(page.get_by_alt_text("Preview of the badge: visitors: 1")).to_be_visible()
    code = page.locator("#code")
    expect(code).to_have_value(re.compile(r"^\[!\[Visitors\]\(.*show=visitors\)"))
    page.get_by_label("Visitors today / all").check()
    page.get_by_label("Script", exact=True).check()
    expect(code).to_have_value(
        re.compile('<span data-hits="visitors-today"></span> / <span data-hits="visit')
    )


def test_where_none_are_counted_none_are_offered(page):
    """And a link that wants them restores the rest."""
    assert page.locator("[name=show]").count() == 6
    page.goto(page.url + "#url=example.com/post&show=visitors&style=plastic")
    expect(page.locator("[name=show]:checked")).to_have_value("total")
    expect(page.locator("[name=style]:checked")).to_have_value("plastic")

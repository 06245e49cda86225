"""Names of pages on a phone, in a real Chromium."""

from typing import Any

import pytest

from tests.dashboard.test_walk import PATIENT_MS, code_for
from tests.support.service import StartService

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)

pytestmark = pytest.mark.browser

NAME = (
    "example.com/notes/letters-to-nobody_in.particular/of-the-year?page=twelve&part=two"
)
# Where the lines of an element's text end, each as the character before.
LINE_ENDS = """(element) => {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = []; let last = null, top = null;
  while (walk.nextNode()) for (let i = 0; i < walk.currentNode.length; i++) {
    const range = document.createRange();
    range.setStart(walk.currentNode, i); range.setEnd(walk.currentNode, i + 1);
    const box = range.getBoundingClientRect();
    if (top !== null && box.top > top + 4) found.push(last);
    top = box.top; last = range.toString();
  }
  return found;
}"""
SELECTED = """(element) => {
  getSelection().selectAllChildren(element);
  return getSelection().toString();
}"""


@pytest.mark.parametrize("list_of", ["pages", "pages?all=1"])
def test_a_name_is_broken_behind_its_marks_and_copied_whole(
    browser: Any, service: StartService, list_of: str
) -> None:
    """No word of it has to be."""
    running = service(env={"HITSVC_QUERY": "page,part"})
    running.count(NAME.replace("&", "%26"))
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{running.url}/admin/?code={code_for(running)}")
    link = page.get_by_role("link", name=NAME, exact=True).first
    sync_api.expect(link).to_be_visible(timeout=PATIENT_MS)
    page.goto(f"{running.url}/admin/{list_of}")
    ends = link.evaluate(LINE_ENDS)
    copied = link.evaluate(SELECTED)
    context.close()

    assert len(ends) >= 2
    assert set(ends) <= set("/-._?&=")
    assert copied == NAME

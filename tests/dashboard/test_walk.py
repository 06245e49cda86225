"""The dashboard in a real Chromium: from the first start to a change that is undone."""

from pathlib import Path
from typing import Any

import pytest

from hitsvc.access import TOKEN_FILE, Keyring, Sessions, TokenFile, Tokens
from tests.pages.test_accessibility import severe
from tests.support.service import Service, StartService

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

pytestmark = pytest.mark.browser

PAGE = "example.com/post"
# The sums of the whole store are ten seconds old at most, and made by another process.
PATIENT_MS = 30_000


def code_for(service: Service) -> str:
    """Make what `hitsvc token` prints."""
    token = TokenFile(service.data_dir / TOKEN_FILE).read()
    return Sessions(Keyring(Tokens(token))).new_code()


def note(page: Any, asked: Any) -> None:
    """Keep a request that has failed; one that a reload has cut off has not."""
    if asked.failure != "net::ERR_ABORTED":
        page.problems.append(asked.url)


@pytest.fixture(
    name="walker",
    params=["script", pytest.param("no script", marks=pytest.mark.long)],
)
def _walker(browser, request):
    context = browser.new_context(java_script_enabled=request.param == "script")
    page = context.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("requestfailed", lambda asked: note(page, asked))
    yield page
    context.close()


def change(page: Any, button: str, yes: str) -> None:
    page.get_by_role("button", name=f"{button} …", exact=True).click()
    page.get_by_role("button", name=yes).click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()


def test_from_the_first_start_to_a_change_that_is_undone(
    walker: Any, service: StartService
) -> None:
    """With and without scripts; nothing is asked of another host, and nothing fails."""
    running = service()
    asked = []
    walker.on("request", lambda request: asked.append(request.url))
    walker.goto(f"{running.url}/admin/?code={code_for(running)}")
    expect(walker.get_by_text("Waiting for the first view")).to_be_visible()
    running.count(PAGE)
    link = walker.get_by_role("link", name=PAGE).first
    expect(walker.get_by_text("The first view has come")).to_be_visible(
        timeout=PATIENT_MS
    )

    link.click()
    walker.get_by_label("Set the total to").fill("20,000")
    change(walker, "Set", "Yes, set")
    assert running.get(f"/nocount?url={PAGE}") == "20000"
    walker.get_by_role("button", name="Undo").click()
    expect(walker.get_by_text(f"-19,999 hits of {PAGE}")).to_be_visible()
    assert running.get(f"/nocount?url={PAGE}") == "1"

    walker.goto(f"{running.url}/admin/page?url={PAGE}")
    walker.get_by_label("Move all hits").fill("example.com/new")
    change(walker, "Move", "Yes, move")
    assert running.get("/nocount?url=example.com/new") == "1"

    walker.goto(f"{running.url}/admin/pages?all=1")
    walker.get_by_role("checkbox", name="example.com/new").check()
    change(walker, "Delete the chosen pages", "Yes, delete")
    assert running.get("/nocount?url=example.com/new") == "0"
    walker.get_by_role("button", name="Undo").click()
    expect(walker.get_by_text("put back 1 hit of example.com/new")).to_be_visible()
    assert running.get("/nocount?url=example.com/new") == "1"

    walker.get_by_role("button", name="Sign out").click()
    expect(walker.get_by_label("The operator's token")).to_be_visible()
    assert walker.problems == []
    assert all(url.startswith(running.url) for url in asked)


def go_to(page: Any, what: Any) -> None:
    """Press Tab until something has the focus, which must be seen wherever it is."""
    expect(what).to_be_visible()  # and the page that it is on is there
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        )
        if what.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(what)


def test_pages_are_removed_and_put_back_by_keys_alone(
    browser: Any, service: StartService
) -> None:
    """From signing in to the undo, on a phone's width and without scripts."""
    running = service()
    for name in ("one", "two", "three"):
        running.count(f"example.com/{name}")
    token = TokenFile(running.data_dir / TOKEN_FILE).read()
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(f"{running.url}/admin/")
    go_to(page, page.get_by_label("The operator's token"))
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    go_to(page, page.get_by_role("link", name="Pages", exact=True))
    page.keyboard.press("Enter")
    # The page loads itself again until pages are in order.
    by_address = page.get_by_role("columnheader", name="page").get_by_role("link")
    expect(by_address).to_be_visible(timeout=PATIENT_MS)
    go_to(page, by_address)
    page.keyboard.press("Enter")
    expect(page.locator("[aria-sort=ascending]")).to_have_text("page▲")
    for name in ("one", "two"):
        go_to(page, page.get_by_role("checkbox", name=f"example.com/{name}"))
        page.keyboard.press("Space")
    for button in ("Delete the chosen pages …", "Yes, delete"):
        go_to(page, page.get_by_role("button", name=button))
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert running.get("/nocount?url=example.com/one") == "0"
    go_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("put back 2 hits of 2 pages")).to_be_visible()
    assert running.get("/nocount?url=example.com/one") == "1"
    context.close()


@pytest.mark.parametrize(
    "scheme", ["light", pytest.param("dark", marks=pytest.mark.long)]
)
def test_nothing_severe_stands_on_any_page(
    browser: Any, service: StartService, node_modules: Path, scheme: str
) -> None:
    """For those who hear it, or see little; nor is one wider than a small phone."""
    running = service(env={"HITSVC_SITES": "example.com"})
    for number in range(3):
        running.count(f"example.com/{'long-' * 20}{number}")
    # The pages' own policy keeps axe out, as it should.
    context = browser.new_context(
        color_scheme=scheme, bypass_csp=True, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    found = {}
    page.goto(f"{running.url}/admin/")
    found["sign-in"] = severe(page, node_modules)
    page.goto(f"{running.url}/admin/?code={code_for(running)}")
    expect(page.get_by_text("Views of the last 30 days")).to_be_visible(
        timeout=PATIENT_MS
    )
    address = f"page?url=example.com/{'long-' * 20}1"
    for name in ("", "pages", "pages?all=1", address, "settings"):
        page.goto(f"{running.url}/admin/{name}")
        found[name] = severe(page, node_modules)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, name
    page.goto(f"{running.url}/admin/{address}")
    page.get_by_role("button", name="Delete …", exact=True).click()
    found["confirm"] = severe(page, node_modules)
    page.get_by_role("button", name="Yes, delete").click()
    found["done"] = severe(page, node_modules)
    context.close()

    assert not any(found.values()), found

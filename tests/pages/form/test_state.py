"""What is set in the form: kept in the page's address, and taken from it."""

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK,
    LOOK_UP,
    ODD_URL,
    PREVIEW,
    copied,
    expect,
    fill_look,
    parameters,
)
from tests.support.service import PATIENT

pytestmark = pytest.mark.browser

FIELDS = "form => Object.fromEntries(new FormData(form))"


class TestState:
    """The form's state in the fragment of the page's address."""

    def test_a_link_restores_the_form(self, page, context, url):
        """Every field, choice and code is as it was where the link was copied."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)
        page.get_by_label("Do not count").check()
        link = copied(page, "link")
        made = page.locator("#html").input_value()

        other = context.new_page()
        other.goto(link)

        expect(other.get_by_alt_text(PREVIEW)).to_be_visible()
        assert other.locator("#html").input_value() == made
        assert other.locator("#form").evaluate(FIELDS) == {"url": url, **LOOK}
        expect(other.get_by_label("Do not count")).to_be_checked()

    def test_the_address_bar_follows_the_form(self, page, service_url):
        """A bookmark is a link; the odd address is in it whole."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        page.wait_for_url("**/#url=*")

        assert page.url == page.get_by_role("textbox", name="Link").input_value()
        page.reload()
        expect(page.get_by_label(ADDRESS)).to_have_value(ODD_URL)

        page.get_by_label(ADDRESS).fill("")
        page.wait_for_url(f"{service_url}/")

    def test_a_new_fragment_changes_the_form(self, page, url):
        """What the other link does not name goes back to the default."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)

        page.evaluate("location.hash = '#url=example.org&color=red'")

        expect(page.get_by_label(ADDRESS)).to_have_value("example.org")
        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": "example.org", "color": "red"}

    @pytest.mark.parametrize(
        "fragment",
        [
            pytest.param("style=neon&show=all&format=&mode=x", id="unknown values"),
            pytest.param("constructor=1&length=2&submit=3&=4", id="unknown names"),
            pytest.param("url", id="anchor"),
            pytest.param("%=%&%E0%A4%A=", id="bad escapes"),
        ],
    )
    def test_a_bad_fragment_is_as_none(self, context, service_url, fragment):
        """A link that somebody broke opens the page as it is."""
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))

        page.goto(f"{service_url}/#{fragment}")
        page.get_by_label(ADDRESS).fill("example.org")

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": "example.org"}
        assert errors == []

    def test_the_look_can_be_reset_alone(self, page, url):
        """The address stays, and so does the picture of its history."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()
        fill_look(page)

        page.get_by_role("button", name="Reset the look").click()

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url}
        expect(page.locator("#graph")).to_be_visible()

    def test_the_operators_label_is_the_default(self, page, service, url):
        """Where the service says "visits", so does the field, and the code does not."""
        page.goto(service(env={**PATIENT, "HITSVC_BADGE_LABEL": "visits"}).url)
        page.get_by_label(ADDRESS).fill(url)
        expect(page.locator("#label")).to_have_value("visits")

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url}
        page.locator("#label").fill("hits")
        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url, "label": "hits"}


def test_a_value_that_says_nothing_is_seen(page, url):
    """It is named beside the preview, which is drawn without it, until it is right."""
    page.get_by_label(ADDRESS).fill(url)
    for name, value in {"base": "-1", "color": "reddish"}.items():
        page.locator(f"[name={name}]").fill(value)

    problem = page.locator("#problem")
    expect(problem).to_contain_text("Left out, as it says nothing:")
    expect(problem).to_contain_text("Start at")
    expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
    assert page.locator("[name=base]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=label]").get_attribute("aria-invalid") == "false"

    page.locator("[name=base]").fill("12")
    page.locator("[name=color]").fill("red")
    expect(problem).to_have_text("")

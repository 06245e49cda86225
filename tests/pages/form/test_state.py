"""What is set in the form: kept in the page's address, and taken from it."""

import re

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK,
    ODD_URL,
    PREVIEW,
    code_of,
    copied,
    expect,
    fill_look,
    image_of,
    open_looks,
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
        page.get_by_label("Only show the number").check()
        link = copied(page, "link")
        made = code_of(page, "html")

        other = context.new_page()
        other.goto(link)

        expect(other.get_by_alt_text(PREVIEW)).to_be_visible()
        assert code_of(other, "html") == made
        assert other.locator("#form").evaluate(FIELDS) == {"url": url, **LOOK}
        expect(other.get_by_label("Only show the number")).to_be_checked()

    def test_the_address_bar_follows_the_form(self, page, service_url):
        """A bookmark is a link; the odd address is in it whole."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        page.wait_for_url("**/#url=*")

        assert page.url == code_of(page, "link")
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
        assert image_of(page) == {"url": "example.org", "color": "red"}

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

        assert image_of(page) == {"url": "example.org"}
        assert errors == []

    def test_the_look_can_be_reset_alone(self, page, url):
        """The address stays."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)

        page.get_by_role("button", name="Reset the look").click()

        assert image_of(page) == {"url": url}

    def test_the_operators_label_is_the_default(self, page, service, url):
        """Where the service says "visits", so does the field, and the code does not."""
        page.goto(service(env={**PATIENT, "HITSVC_BADGE_LABEL": "visits"}).url)
        page.get_by_label(ADDRESS).fill(url)
        expect(page.locator("#label")).to_have_value("visits")

        assert image_of(page) == {"url": url}
        open_looks(page)
        page.locator("#label").fill("hits")
        assert image_of(page) == {"url": url, "label": "hits"}


def test_a_value_that_says_nothing_is_seen(page, url):
    """It is marked, and what is used instead is said, until it is right."""
    page.get_by_label(ADDRESS).fill(url)
    open_looks(page)
    for name, value in {"base": "-1", "color": "reddish", "logo": "nothing"}.items():
        page.locator(f"[name={name}]").fill(value)

    problem = page.locator("#problem")
    expect(problem).to_have_text(
        "Left out, as it says nothing: Colour, Start at, Logo."
    )
    expect(page.locator("#color-hint")).to_have_text("No such colour: blue is used.")
    expect(page.locator("#logo-hint")).to_have_text("No such logo: none is shown.")
    expect(page.locator("#base-hint")).to_have_text("No whole number: 0 is used.")
    expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
    assert page.locator("[name=base]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=label]").get_attribute("aria-invalid") == "false"

    for name, value in {"base": "12", "color": "red", "logo": ""}.items():
        page.locator(f"[name={name}]").fill(value)
    expect(problem).to_have_text("")
    expect(page.locator("#base-hint")).to_have_text(
        "Added to the total that this badge shows."
    )


def test_looks_are_folded_unless_the_link_has_one(page, context, service_url):
    """What changes nothing need not be seen."""
    expect(page.locator("#label")).to_be_hidden()

    other = context.new_page()
    other.goto(f"{service_url}/#url=example.com&color=red")

    expect(other.locator("#label")).to_be_visible()


def test_styles_are_shown_as_the_badge_would_be(page, service_url, url):
    """With the number, the label and the colours that are chosen."""
    page.get_by_label(ADDRESS).fill(url)
    open_looks(page)
    page.locator("#label").fill("views")

    for style in ("flat", "flat-square", "plastic", "for-the-badge", "social"):
        picture = page.locator(f"[data-style={style}]")
        expect(picture).to_have_attribute("src", re.compile("^nocount/.*label=views"))
        assert f"style={style}" in picture.get_attribute("src")
        assert picture.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )


def test_a_logo_is_found_by_its_picture(page, url):
    """By a part of its name; a choice puts the pictures away."""
    page.get_by_label(ADDRESS).fill(url)
    open_looks(page)
    page.locator("#logo").fill("git")

    found = page.get_by_role("group", name="Logos found")
    button = found.get_by_role("button", name="github", exact=True)
    expect(found.get_by_role("button").first).to_have_text("git")
    assert button.locator("img").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    button.click()

    expect(page.locator("#logo")).to_have_value("github")
    expect(found.get_by_role("button")).to_have_count(0)
    assert image_of(page) == {"url": url, "logo": "github"}

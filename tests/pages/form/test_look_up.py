"""The badge, and the line that says what counts, as an address is typed."""

import re

import pytest

from tests.support.form import (
    ADDRESS,
    PREVIEW,
    ask,
    count_of,
    expect,
    open_looks,
    url_in,
)

pytestmark = pytest.mark.browser


@pytest.fixture(name="says")
def _says(page):
    return page.locator("#says")


class TestPreview:
    """The badge that shows while the address is typed."""

    def test_it_appears_and_does_not_count(self, page, service_url, url):
        """The preview is a real badge, and leaves the number alone."""
        preview = page.get_by_alt_text(PREVIEW)
        expect(preview).to_be_hidden()

        with page.expect_response(re.compile(r"/nocount/tag\.svg\?")) as info:
            page.get_by_label(ADDRESS).fill(url)
        expect(preview).to_be_visible()

        assert url_in(info.value.url) == [url]
        assert preview.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        assert count_of(service_url, url) == 0

    def test_it_is_shown_on_white_and_on_dark(self, page, url):
        """And told in words once."""
        page.get_by_label(ADDRESS).fill(url)
        expect(page.get_by_alt_text(f"{PREVIEW}: hits: 0")).to_be_visible()

        both = page.locator("#preview, #preview-dark")
        colours = both.evaluate_all(
            "images => images.map((image) => [image.src.slice(0, 18), image.alt === '',"
            " getComputedStyle(image.parentElement).backgroundColor])"
        )

        assert colours == [
            ["data:image/svg+xml", False, "rgb(255, 255, 255)"],
            ["data:image/svg+xml", True, "rgb(13, 17, 23)"],
        ]

    def test_it_asks_once_typing_pauses(self, page, url):
        """Quick typing makes one request, not one for each key."""
        requested = []
        page.on("request", lambda request: requested.append(request.url))

        page.get_by_label(ADDRESS).evaluate(
            "(input, url) => { for (const letter of url) {"
            "input.value += letter;"
            "input.dispatchEvent(new Event('input', { bubbles: true })); } }",
            url,
        )
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()

        previews = [address for address in requested if "/nocount/" in address]
        assert [url_in(address) for address in previews] == [[url]]


class TestLine:
    """What counts, and how often it was seen."""

    def test_it_shows_the_number(self, page, says, service_url, url):
        """A page with one counted view has one view, and its statistics are linked."""
        assert ask(service_url, "/count", url).status == 200

        page.get_by_label(ADDRESS).fill(url)

        key = url.removeprefix("https://")
        expect(says).to_have_text(f"Counts as {key} · 1 view, 1 today · Statistics →")
        says.get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(key)
        assert count_of(service_url, url) == 1

    def test_a_page_never_seen_has_none(self, page, says, url):
        """An address nobody embedded has no views, which is no error."""
        page.get_by_label(ADDRESS).fill(url)

        expect(says).to_contain_text("0 views, 0 today")

    def test_the_base_of_a_badge_is_none_of_it(self, page, says, url):
        """It was never counted."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.locator("#base").fill("1000")
        expect(page.get_by_alt_text(f"{PREVIEW}: hits: 1000")).to_be_visible()

        expect(says).to_contain_text("0 views, 0 today")

    def test_it_says_what_does_not_tell_pages_apart(self, page, says):
        """Many a newcomer's pages differ behind the question mark."""
        page.get_by_label(ADDRESS).fill("https://wp.example/?p=3")
        expect(says).to_contain_text("Counts as wp.example")

        expect(says).to_contain_text("What follows “?” does not count")

    def test_it_says_what_is_special_about_a_readme(self, page, says):
        """And where that is explained."""
        page.get_by_label(ADDRESS).fill("https://github.com/a/b")

        expect(says).to_contain_text("every view counts, refreshes too")
        expect(says.get_by_role("link", name="Why?")).to_have_attribute(
            "href", "#github"
        )

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("ftp://example.com", "Only http and https URLs can be counted."),
            (
                "myblog",
                "This is no page: a host has a dot, such as example.com, or a port.",
            ),
        ],
    )
    def test_it_says_what_is_wrong_with_an_address(self, page, says, address, said):
        """In the service's words, as a sentence, tied to the field; with no badge."""
        page.get_by_label(ADDRESS).fill(address)

        expect(says).to_have_text(said)
        expect(page.get_by_alt_text(PREVIEW)).to_be_hidden()
        expect(page.get_by_label(ADDRESS)).to_have_attribute("aria-invalid", "true")
        assert page.get_by_label(ADDRESS).get_attribute("aria-describedby") == "says"

        page.get_by_label(ADDRESS).fill("")
        expect(says).to_contain_text("stands here")
        expect(page.get_by_label(ADDRESS)).to_have_attribute("aria-invalid", "false")

    def test_it_says_when_the_answer_is_no_number(self, page, says, url):
        """A proxy's page in place of JSON does not become a number."""
        page.route("**/nocount.json*", lambda route: route.fulfill(body="<html>"))
        page.get_by_label(ADDRESS).fill(url)

        expect(says).to_contain_text("did not answer with a number")

    def test_it_says_when_the_service_is_away(self, page, says, context, url):
        """A lost network is told in words, not by a frozen page."""
        context.set_offline(True)

        page.get_by_label(ADDRESS).fill(url)

        expect(says).to_contain_text("does not answer")

    def test_nothing_of_an_address_runs(self, page, says, context):
        """What the service says of it is text."""
        page.route(
            "**/nocount.json*",
            lambda route: route.fulfill(
                json={"url": "<img src=x onerror=alert(1)>", "total": 1, "today": 1}
            ),
        )
        page.get_by_label(ADDRESS).fill("https://example.com")

        expect(says).to_contain_text("Counts as <img src=x")
        assert says.locator("img").count() == 0


@pytest.mark.parametrize(
    ("host", "warns"),
    [
        ("127.0.0.1", "Only your own network"),
        ("localhost", "Only your own network"),
        ("192.168.1.5", "Only your own network"),
        ("hits.example", "Without HTTPS"),
    ],
)
def test_the_page_warns_where_its_badges_will_not_be_seen(
    page, service_url, host, warns
):
    """On a private host, and without HTTPS."""
    page.route(
        f"http://{host}/**",
        lambda route: route.fulfill(
            response=route.fetch(
                url=route.request.url.replace(f"http://{host}", service_url)
            )
        ),
    )
    page.goto(f"http://{host}/")

    expect(page.locator("#banner")).to_contain_text(warns)
    page.wait_for_load_state("networkidle")
    page.unroute_all(behavior="wait")

"""The badge, the number and the history of the address that is typed."""

import re

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK_UP,
    NONE_SO_FAR,
    ONE,
    PREVIEW,
    ask,
    count_of,
    expect,
    parameters,
    url_in,
)

pytestmark = pytest.mark.browser


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

    def test_it_says_what_is_wrong_with_an_address(self, page):
        """In place of the badge stands the reason, tied to the field."""
        page.get_by_label(ADDRESS).fill("ftp://example.com")

        expect(page.locator("#problem")).to_contain_text("http")
        expect(page.get_by_alt_text(PREVIEW)).to_be_hidden()
        expect(page.get_by_label(ADDRESS)).to_have_attribute("aria-invalid", "true")


class TestLookUp:
    """The number of any page, on request."""

    def test_it_shows_the_number(self, page, service_url, url):
        """A page with one counted view has one view."""
        assert ask(service_url, "/count", url).status == 200

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.get_by_role("status").first).to_have_text(ONE)
        assert count_of(service_url, url) == 1

    def test_it_shows_a_page_never_seen_as_zero(self, page, url):
        """An address nobody embedded has no views, which is no error."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_have_text(NONE_SO_FAR)

    @pytest.mark.parametrize("days", [7, 30, 90, 365])
    def test_it_draws_the_days_that_are_chosen(self, page, service_url, url, days):
        """The picture is the service's, and its text says the same in words."""
        assert ask(service_url, "/count", url).status == 200
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label(f"{days} days", exact=True).check()

        with page.expect_response(re.compile(r"/graph\.svg\?")) as info:
            page.get_by_role("button", name=LOOK_UP).click()

        graph = page.get_by_alt_text(f"1 view in the last {days} days, most on 20")
        expect(graph).to_be_visible()
        assert graph.evaluate("image => image.decode().then(() => image.naturalWidth)")
        assert parameters(info.value.url) == {"url": url, "days": str(days)}

    def test_another_period_is_drawn_at_once(self, page, url):
        """With a picture there, a choice of days needs no second look-up."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.get_by_alt_text("0 views in the last 30 days.")).to_be_visible()

        page.get_by_label("7 days", exact=True).check()

        expect(page.get_by_alt_text("0 views in the last 7 days.")).to_be_visible()

    def test_the_numbers_stay_when_only_the_picture_fails(self, page, url):
        """What could not be drawn is said in the picture's place."""
        page.route("**/graph.svg*", lambda route: route.fulfill(status=503, body=""))
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#history-note")).to_contain_text("503")
        expect(page.locator("#result")).to_have_text(NONE_SO_FAR)

    def test_it_says_when_the_answer_is_no_number(self, page, url):
        """A proxy's page in place of JSON does not become a number."""
        page.route("**/nocount.json*", lambda route: route.fulfill(body="<html>"))
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text("did not answer with a number")

    def test_another_address_puts_the_numbers_away(self, page, url):
        """No number stands beside an address that it does not belong to."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()

        page.get_by_label(ADDRESS).fill(f"{url}/other")

        assert "so far" not in page.locator("#result").text_content()
        expect(page.locator("#graph")).to_be_hidden()

    def test_it_gives_the_services_reason_for_an_error(self, page, service_url):
        """What the service says is wrong stands on the page in its words."""
        url = "ftp://example.com"
        refused = ask(service_url, "/nocount", url)
        assert refused.status == 400
        reason = refused.headers.get("x-hits-reason") or refused.body

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text(
            reason.strip(), ignore_case=True
        )

    def test_it_says_when_the_service_is_away(self, page, context, url):
        """A lost network is told in words, not by a frozen page."""
        context.set_offline(True)

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text("does not answer")

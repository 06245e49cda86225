"""Badges and charts in a real browser, under the policy that they are sent with."""

import pytest

pytestmark = [pytest.mark.service, pytest.mark.browser]

PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PICTURES = [
    *(
        f"/count/tag.svg?url=picture.example&style={style}&logo={PNG.replace('+', '%2B')}"
        for style in ("flat", "social", "for-the-badge")
    ),
    "/count/tag.svg?url=ftp:a",
    "/graph.svg?url=picture.example",
    "/cuont/tag.svg",
]
# All that the service answers with a picture.
STATUSES = [400, 403, 404, 405, 414, 429, 500, 501, 503]


@pytest.mark.parametrize("picture", PICTURES[:-1])
def test_a_picture_breaks_no_rule_of_its_own(browser, service_url, picture):
    """Opened by itself, all of it is drawn: nothing is blocked."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    try:
        page.goto(f"{service_url}{picture}")
        width = page.locator("svg").first.bounding_box()["width"]
    finally:
        page.close()

    assert width > 20
    assert [text for text in said if "Policy" in text] == []


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_can_be_embedded(browser, service_url, picture):
    """The policy is the picture's own; the page that shows it does not notice."""
    page = browser.new_page()
    try:
        page.set_content(f'<img src="{service_url}{picture}">')
        width = page.evaluate(
            "document.images[0].decode().then(() => document.images[0].naturalWidth)"
        )
    finally:
        page.close()

    assert width > 20


@pytest.mark.parametrize("status", STATUSES)
def test_a_browser_shows_a_picture_at_any_status(browser, service_url, status):
    """So the true one can be sent to all but image proxies."""
    page = browser.new_page()
    try:
        page.route(
            "**/tag.svg",
            lambda route: route.fulfill(response=route.fetch(), status=status),
        )
        page.set_content(f'<img src="{service_url}/nocount/tag.svg">')
        width = page.evaluate(
            "document.images[0].decode().then(() => document.images[0].naturalWidth)"
        )
    finally:
        page.close()

    assert width > 20


def test_a_browser_sees_nothing_of_the_pixel(browser, service_url):
    """It is a whole picture, of one pixel, which is transparent."""
    page = browser.new_page()
    try:
        page.goto(f"{service_url}/healthz")
        page.set_content('<img src="/count/pixel.gif?url=pixel.example">')
        seen = page.evaluate(
            "document.images[0].decode().then(() => {"
            "  const canvas = new OffscreenCanvas(1, 1).getContext('2d');"
            "  canvas.drawImage(document.images[0], 0, 0);"
            "  const { naturalWidth, naturalHeight } = document.images[0];"
            "  const { data } = canvas.getImageData(0, 0, 1, 1);"
            "  return [naturalWidth, naturalHeight, ...data] })"
        )
    finally:
        page.close()

    assert seen == [1, 1, 0, 0, 0, 0]

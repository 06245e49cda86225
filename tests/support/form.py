"""The page's form in a browser: its words, and what people do with it."""

import re
import urllib.parse
from typing import Any

import pytest

from tests.support.visitors import Answer, visit

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

ADDRESS = "Address of your page"
LOOK_UP = "Look up views"
PREVIEW = "Preview of the badge"
ONE = "1 view so far, 1 of them today."
NONE_SO_FAR = "0 views so far, 0 of them today."
# The preview once it shows `LOOK`.
LOOK_DRAWN = re.compile("views%20%26amp%3B%20visits")
COPY_BUTTONS = {
    "html": "Copy HTML",
    "markdown": "Copy Markdown",
    "rst": "Copy reStructuredText",
    "asciidoc": "Copy AsciiDoc",
    "image": "Copy image address",
    "json": "Copy JSON address",
    "script": "Copy script",
    "link": "Copy link to these settings",
}
# What can be set, and the only value here that is not the default.
LOOK = {
    "style": "flat-square",
    "label": "views & visits",
    "labelColor": "f60",
    "color": "brightgreen",
    "logo": "github",
    "logoColor": "white",
    "format": "grouped",
    "show": "both",
    "base": "1000",
}
ODD_URL = "https://example.com/a(b)'\"<i>&amp;*_`[c]!\\ü %2F|d?e=1&f=2#g"


def ask(service_url: str, path: str, url: str) -> Answer:
    """Request ``path`` for ``url`` as a plain client."""
    query = urllib.parse.urlencode({"url": url})
    return visit(service_url, f"{path}?{query}", patience_s=10)


def count_of(service_url: str, url: str) -> int:
    """Return the number that the service has for ``url``."""
    return int(ask(service_url, "/nocount", url).body)


def url_in(src: str) -> list[str]:
    """Return the ``url`` parameter of a badge's address."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(src).query)["url"]


def parameters(src: str) -> dict[str, str]:
    """Return the parameters of an address, each of which must be there once."""
    query = urllib.parse.urlsplit(src).query
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def copied(page: Any, name: str) -> str:
    """Press a copy button; return what the clipboard holds then."""
    page.get_by_role("button", name=COPY_BUTTONS[name]).click()
    expect(page.locator(f"#{name}-note")).to_have_text("Copied")
    code: str = page.evaluate("navigator.clipboard.readText()")
    return code


def fill_look(page: Any) -> None:
    """Set every field and choice to what `LOOK` says."""
    for name, value in LOOK.items():
        field = page.locator(f"[name={name}]")
        if field.count() == 1:
            field.fill(value)
        else:
            page.locator(f"[name={name}][value={value}]").check()

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
PREVIEW = "Preview of the badge"
LOOKS = "Change how it looks"
# The preview once it shows `LOOK`.
LOOK_DRAWN = re.compile("views%20%26amp%3B%20visits")
# The kinds of code: four have a tab, the others are in a list.
TABS = ("markdown", "html", "script", "image")
KINDS = (*TABS, "rst", "asciidoc", "bbcode", "hugo", "react", "json", "link")
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


def code_of(page: Any, kind: str) -> str:
    """Choose a kind of code; return what it is."""
    if kind in TABS:
        page.locator(f"[name=code][value={kind}]").check()
    else:
        page.locator("#more").select_option(kind)
    code: str = page.locator("#code").input_value()
    return code


def image_of(page: Any) -> dict[str, str]:
    """Return the parameters of the address of the image."""
    return parameters(code_of(page, "image"))


def copied(page: Any, kind: str) -> str:
    """Choose a kind of code and copy it; return what the clipboard holds then."""
    code_of(page, kind)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#code-note")).to_have_text("Copied")
    code: str = page.evaluate("navigator.clipboard.readText()")
    return code


def open_looks(page: Any) -> None:
    """Unfold what changes how the badge looks."""
    if not page.locator("#label").is_visible():
        page.get_by_text(LOOKS).click()


def fill_look(page: Any) -> None:
    """Set every field and choice to what `LOOK` says."""
    open_looks(page)
    for name, value in LOOK.items():
        field = page.locator(f"[name={name}]")
        if field.count() == 1:
            field.fill(value)
        else:
            page.locator(f"[name={name}][value={value}]").check()

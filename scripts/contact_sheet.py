"""Make docs/badges.png: the styles and options of badges, each with its parameters.

    .venv/bin/python scripts/contact_sheet.py

It needs the extra ``logos``, and a Chromium in PATH.
"""

import shutil
import sys
from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

from playwright.sync_api import sync_playwright

from hitsvc.badge import BadgeMaker, LookParser

OUTPUT = Path(__file__).parents[1] / "docs" / "badges.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TOTAL, TODAY = 12_345, 67

ERRORS = "While there is no count"
SECTIONS = {
    "Styles": [
        *("", "style=flat-square", "style=plastic", "style=for-the-badge"),
        "style=social",
    ],
    "Numbers": [
        *("format=grouped", "format=metric", "show=today"),
        *("show=both&format=grouped", "base=1000000&format=grouped"),
    ],
    "Label and colours": [
        *("label=visitors", "label=", "color=brightgreen", "color=f80"),
        *("color=yellow&labelColor=navy", "labelColor=ffd700&color=hsl(280,60%,40%)"),
    ],
    "Logos": [
        *("logo=github", "logo=python", "logo=python&logoColor=orange"),
        *("logo=github&label=", "logo=github&label=&labelColor=grey"),
        *("logo=visa&logoSize=auto", "logo=javascript&style=flat-square"),
        *("logo=rust&style=plastic&color=orange", "logo=javascript&style=social"),
        *("logo=github&style=social&label=Views&show=both",),
        *("logo=redis&style=for-the-badge&color=red",),
    ],
    ERRORS: [
        *("style=plastic&label=visitors&color=green", "style=for-the-badge"),
    ],
}

STYLE = """
body { margin: 0; padding: 20px 28px 28px; width: 644px; background: #fff;
       font: 13px/1.4 system-ui, sans-serif; color: #24292f; }
h2 { font-size: 14px; margin: 18px 0 6px; }
h2:first-child { margin-top: 0; }
div { display: grid; grid-template-columns: 250px 1fr; align-items: center;
      min-height: 32px; border-top: 1px solid #eee; }
code { font: 12px ui-monospace, monospace; }
img { display: block; }
"""


def page() -> str:
    """Write the sheet as HTML."""
    badges, looks = BadgeMaker(), LookParser()

    def row(query: str, failed: bool) -> str:
        look = looks.parse(dict(parse_qsl(query, keep_blank_values=True)))
        svg = (
            badges.error("unavailable", look)
            if failed
            else badges.draw(look, TOTAL, TODAY)
        )
        source = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
        caption = escape(query) or "(no parameters)"
        return f'<div><img src="{source}" alt=""><code>{caption}</code></div>'

    html = f"<!doctype html><style>{STYLE}</style>"
    for title, queries in SECTIONS.items():
        rows = (row(query, failed=title == ERRORS) for query in queries)
        html += f"<h2>{escape(title)}</h2>{''.join(rows)}"
    return html


def main() -> None:
    """Take the picture."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if binary is None:
        sys.exit(f"This needs one of {', '.join(BROWSERS)} in PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-gpu"]
        )
        sheet = browser.new_page(
            viewport={"width": 700, "height": 100}, device_scale_factor=2
        )
        sheet.set_content(page(), wait_until="load")
        sheet.screenshot(path=OUTPUT, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()

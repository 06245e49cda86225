"""The sheet of badges: their styles and options, each with its parameters.

`scripts.pictures` photographs it. It needs the extra ``logos``.
"""

from base64 import b64encode
from html import escape
from urllib.parse import parse_qsl

from hitsvc.badge import BadgeMaker, LookParser

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


def sheet() -> str:
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

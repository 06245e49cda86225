"""BadgeMaker side by side with badge-maker's, as a browser paints them."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from hitsvc.badge.badge import Badge
from hitsvc.badge.icons import Icons, installed_icons
from hitsvc.badge.logos import Logos
from hitsvc.badge.styles import STYLES
from hitsvc.drawing.colors import svg_color
from tests.support.badge_maker import BadgeMaker

pytestmark = pytest.mark.browser

SVG_LOGO = (
    "data:image/svg+xml;base64,"
    + b64encode(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#fff">'
        b'<circle cx="12" cy="12" r="11"/></svg>'
    ).decode()
)

FONT_OF_RESVG = b"sans-serif,DejaVu Sans"
# Label, message, colour, colour of the label, logo: eight of each style.
BADGES: list[tuple[str, str, str, str | None, str | None]] = [
    ("hits", "1234", "blue", None, None),
    ("", "42", "brightgreen", None, None),
    ("Page views", "1,234,567 / 89", "orange", "navy", None),
    ("hits", "12.3k", "yellow", "#eee", None),
    ("hits", "7", "blue", None, SVG_LOGO),
    ("", "7", "red", "grey", SVG_LOGO),
    ("Besuche: été", "9", "hsl(200,50%,50%)", None, SVG_LOGO),
    ("a & b <c>", "9999999", "rebeccapurple", "f80", None),
]

# Paints two lists of SVGs at twice their size and counts the pixels that differ.
COMPARE = """
async pairs => {
  const paint = async svg => {
    const image = new Image()
    image.src = 'data:image/svg+xml;base64,' + svg
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = 2 * image.width
    canvas.height = 2 * image.height
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return { width: canvas.width, height: canvas.height, data }
  }
  const results = []
  for (const pair of pairs) {
    const [ours, theirs] = await Promise.all(pair.map(paint))
    let different = 0
    let painted = 0
    for (let at = 0; at < ours.data.length; at += 4) {
      painted += ours.data[at + 3] > 0
      different += [0, 1, 2, 3].some(i => ours.data[at + i] !== theirs.data[at + i])
    }
    const sizes = [ours, theirs].map(({ width, height }) => [width, height])
    const pixels = ours.width * ours.height
    results.push({ sizes, painted: painted / pixels, different: different / pixels })
  }
  return results
}
"""


def compare(browser: Any, pairs: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """Paint pairs of SVGs and say how much they differ."""
    page = browser.new_page()
    try:
        encoded = [[b64encode(svg).decode() for svg in pair] for pair in pairs]
        results: list[dict[str, Any]] = page.evaluate(COMPARE, encoded)
        return results
    finally:
        page.close()


def test_badges_look_like_badge_makers(browser, node_modules: Path):
    """Forty of them, of all styles: the same size, and nearly all pixels the same."""
    logos = Logos(Icons(None))
    names, ours, arguments = [], [], []
    for style, drawn in STYLES.items():
        for label, message, color, label_color, logo in BADGES:
            badge = Badge(
                label,
                message,
                svg_color(color) or "",
                label_color and svg_color(label_color),
                logos.find(logo, None, fits=False, light=drawn.light),
            )
            names.append((style, label, message))
            # A browser without Helvetica and Arial takes that font, or another one.
            ours.append(drawn.draw(badge).replace(FONT_OF_RESVG, b"sans-serif"))
            every = {
                **{"style": style, "label": label, "message": message, "color": color},
                **{"labelColor": label_color, "logo": logo},
            }
            arguments.append({name: value for name, value in every.items() if value})
            arguments[-1]["label"] = label
    theirs = [svg.encode() for svg in BadgeMaker(node_modules).draw(arguments)]

    results = compare(browser, list(zip(ours, theirs, strict=True)))

    assert len(results) == 40
    for name, result in zip(names, results, strict=True):
        assert result["sizes"][0] == result["sizes"][1], name
        assert result["painted"] > 0.8, name
        assert result["different"] < 0.01, name


def test_the_comparison_sees_a_difference(browser):
    """One digit, one colour or one logo is far more than a hundredth."""
    badges = [
        Badge("hits", "1234"),
        Badge("hits", "1284"),
        Badge("hits", "1234", color="#dd4343"),
    ]
    first, *others = [STYLES["flat"].draw(badge) for badge in badges]
    for result in compare(browser, [(first, other) for other in others]):
        assert result["different"] > 0.01, json.dumps(result)


def test_an_icon_is_seen(browser):
    """The picture in the picture is painted, in its colour."""
    directory = installed_icons()
    if directory is None:
        pytest.skip("this needs the extra: logos")
    logos = Logos(Icons(directory))
    white, red = (
        STYLES["flat"].draw(
            Badge("", "1", logo=logos.find("github", color, fits=True, light=False))
        )
        for color in ("white", "red")
    )
    assert compare(browser, [(white, red)])[0]["different"] > 0.1

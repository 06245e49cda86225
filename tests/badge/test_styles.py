"""The five styles, compared with badge-maker byte for byte, and their safety."""

import random
import re
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hitsvc.badge.badge import MESSAGE, Badge, Logo
from hitsvc.badge.styles import STYLES
from hitsvc.drawing.colors import BLUE, svg_color
from hitsvc.drawing.markup import clean, number
from tests.support.badge_maker import BadgeMaker

SVG = "{http://www.w3.org/2000/svg}"
NASTY = """</title><script>alert("1")</script>&amp;'\x00\ud800\ufffe\x1b{count}"""
# What other renderers than browsers need, and what badge-maker has instead.
DIFFERENCES = [
    (r' viewBox="[^"]*"', ""),
    (r'fill="none" style="fill:(url\(#[as]\))"', r'fill="\1"'),
    ("geometricprecision", "geometricPrecision"),
    (",sans-serif,DejaVu Sans", ",sans-serif"),
]
TAGS = {
    *("svg", "title", "filter", "feGaussianBlur", "linearGradient", "stop", "clipPath"),
    *("rect", "g", "text", "image", "style", "path"),
}

LABELS = [
    *("", "hits", "Page Views", "straße", "été", "Ж ж", "日本語", "한국어", "ŉ", "ǆ"),
    *("""<&>"'""", "a  b", "-->", "x" * 64),
]
MESSAGES = ["0", "42", "1,234 / 5", "12.3k", "-1", "été <&>'", "busy", ""]
COLORS = ["blue", "yellow", "#fff", "rgb(1,2,3)"]
LABEL_COLORS = [None, "red", "hsl(60,100%,80%)"]
LOGOS = [
    None,
    Logo("data:image/png;base64,AAAA"),
    Logo("data:image/png;base64,AA+/&", 37.333333333333336),
]

# The sizes that badge-maker 6.0.0 gives, in px.
SIZES = [
    pytest.param("flat", "hits", "0", 48, 20, id="0"),
    pytest.param("flat", "hits", "1234", 68, 20, id="flat"),
    pytest.param("flat", "hits", "12.3K", 74, 20, id="12.3K"),
    pytest.param("flat", "", "42", 23, 20, id="no label"),
    pytest.param("flat", "hits", "", 42, 20, id="no message"),
    pytest.param("flat", "", "0h0ve", 43, 20, id="just below an even number"),
    pytest.param("flat-square", "hits", "1234", 68, 20, id="flat-square"),
    pytest.param("plastic", "hits", "1234", 68, 18, id="plastic"),
    pytest.param("for-the-badge", "hits", "1234", 110, 28, id="for-the-badge"),
    pytest.param("social", "hits", "1234", 71, 20, id="social"),
]


def parse(svg: bytes) -> ET.Element:
    """Parse a badge; what is not well-formed raises."""
    return ET.fromstring(svg)  # noqa: S314 - our own output


def as_badge_maker(svg: str) -> str:
    """Take out of a badge what is for other renderers than browsers."""
    for ours, theirs in DIFFERENCES:
        svg = re.sub(ours, theirs, svg)
    return svg


def title(svg: bytes) -> str:
    """Return what a screen reader says, in the two places that it may be read from."""
    root = parse(svg)
    assert root.get("aria-label") == root.findtext(f"{SVG}title")
    assert root.get("role") == "img"
    return root.get("aria-label", "")


@pytest.mark.parametrize("style", STYLES)
def test_a_badge_is_byte_for_byte_badge_makers(style, node_modules: Path):
    """It cannot be told from one of shields.io, but for what browsers do not need."""
    ours: list[str] = []
    arguments: list[dict[str, Any]] = []
    every = list(product(LABELS, MESSAGES, COLORS, LABEL_COLORS, LOGOS))
    some = random.Random(style).sample(every, 800)  # noqa: S311 - reproducible
    some += [case for case in every if case[:2] == ("", "")]
    for label, message, color, label_color, logo in some:
        badge = Badge(
            label,
            message,
            svg_color(color) or "",
            label_color and svg_color(label_color),
            logo,
        )
        ours.append(as_badge_maker(STYLES[style].draw(badge).decode()))
        given_ = {"style": style, "label": label, "message": message, "color": color}
        if label_color:
            given_["labelColor"] = label_color
        picture = {"logo": logo.href, "logoWidth": logo.width} if logo else {}
        arguments.append(given_ | picture)

    theirs = BadgeMaker(node_modules).draw(arguments)

    triples = zip(arguments, ours, theirs, strict=True)
    assert [which for which, our, their in triples if our != their] == []


@pytest.mark.parametrize(("style", "label", "message", "width", "height"), SIZES)
def test_a_badge_is_as_large_as_badge_makers(style, label, message, width, height):
    """Without Node too, this much is compared."""
    root = parse(STYLES[style].draw(Badge(label, message)))
    assert (root.get("width"), root.get("height")) == (number(width), str(height))
    assert root.get("viewBox") == f"0 0 {number(width)} {height}"


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None)
@given(
    label=st.text(), message=st.text(), href=st.text(), width=st.floats(0.01, 10_000)
)
@example(NASTY, NASTY, NASTY, 14)
def test_any_text_gives_well_formed_xml_without_scripts(
    style, label, message, href, width
):
    """No input can break a badge, put an element into it, or a control character."""
    logo = Logo(clean(href), width)
    svg = STYLES[style].draw(Badge(clean(label), clean(message), logo=logo))
    assert {element.tag.removeprefix(SVG) for element in parse(svg).iter()} <= TAGS
    assert re.search(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", svg.decode()) is None


@pytest.mark.parametrize("style", ["flat", "flat-square", "plastic"])
@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
)
@example("""&<>"'""", """&lt;'">&""")
def test_the_title_is_label_and_message(style, label, message):
    """Text is shown as it was given, escapes undone."""
    assert title(STYLES[style].draw(Badge(label, message))) == f"{label}: {message}"


def test_for_the_badge_is_in_capitals():
    """The label and the message, for the eye and the ear."""
    badge = Badge("straße", "1.2k")
    assert title(STYLES["for-the-badge"].draw(badge)) == "STRASSE: 1.2K"


@pytest.mark.parametrize(
    ("label", "expected"), [("hits", "Hits"), ("𐐨 x", "𐐨 x"), ("ßx", "SSx")]
)
def test_social_begins_with_a_capital(label, expected):
    """Where JavaScript would make one."""
    assert title(STYLES["social"].draw(Badge(label, "1"))) == f"{expected}: 1"


@pytest.mark.parametrize("style", STYLES)
def test_a_text_is_read_once_however_often_it_is_drawn(style):
    """What is drawn more than once, shadows above all, is hidden from screen readers."""
    root = parse(STYLES[style].draw(Badge("HITS", "42")))
    hidden = root.findall(f".//*[@aria-hidden='true']//{SVG}text")
    hidden += root.findall(f".//{SVG}text[@aria-hidden='true']")
    seen = [text.text for text in root.iter(f"{SVG}text") if text not in hidden]
    assert seen == ([] if style == "social" else ["HITS", "42"])


@pytest.mark.parametrize("style", STYLES)
def test_a_message_joins_the_pieces(style):
    """What is between depends on where digits are, and not on which they are."""
    kept = STYLES[style].pieces(Badge("hits", "0,000 / 00"))
    assert b"1,234 / 56".join(kept) == STYLES[style].draw(Badge("hits", "1,234 / 56"))


@settings(deadline=None)
@given(st.text())
@example(MESSAGE)
def test_no_text_can_be_mistaken_for_the_message(text):
    """The sign for it is one that no clean text holds."""
    assert MESSAGE not in clean(text)


def test_a_control_character_becomes_a_space():
    """Words that a line break parts stay apart; the ends are trimmed."""
    assert clean(" my\nhits\x00\t4\ud8002 ") == "my hits  4 2"


def test_a_badge_is_blue():
    """The default, for a count is neither good nor bad."""
    assert Badge("hits", "1").color == BLUE

"""Labels whose letters join, stack or stand from right to left, in every style."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hitsvc.badge.badge import Badge
from hitsvc.badge.looks import Look
from hitsvc.badge.maker import BadgeMaker
from hitsvc.badge.styles import STYLES
from hitsvc.drawing import amount, odd_width

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {
    "Arabic": "زيارات",
    "Hebrew": "כניסות",
    "Hebrew and Latin": "כניסות hits",
    "Devanagari": "दर्शक",
    "Thai": "ผู้เข้าชม",
    "Tamil": "பார்வைகள்",
    "combining": "e\u0301te\u0301",
    "emoji": "👀 views",
    "family": "👨‍👩‍👧‍👦",
}
TEMPLATE = (
    '<svg xmlns="http://www.w3.org/2000/svg"><text textLength="{label_length}" x="1">'
    "{label}</text><text x='2' textLength='{count_length}'>{count}</text></svg>"
)


def texts(svg: bytes) -> dict[str, set[bool]]:
    """Tell of each text of a badge whether it is stretched, wherever it is drawn."""
    found: dict[str, set[bool]] = {}
    for text in ET.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314 - our own output
        found.setdefault(str(text.text), set()).add("textLength" in text.attrib)
    return found


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("style", STYLES)
def test_a_shaped_label_is_not_stretched(style, label):
    """In its shadows neither; the number beside it is."""
    drawn = texts(BadgeMaker(label=label).draw(Look(style=style), 1234))

    stretched = drawn.pop("1234")
    assert (stretched, set.union(*drawn.values())) == ({True}, {False})


@pytest.mark.parametrize("style", STYLES)
def test_a_shaped_message_is_not_stretched(style):
    """Each of the two texts is judged alone."""
    drawn = texts(STYLES[style].draw(Badge("hits", "זיארות")))

    assert drawn.pop("זיארות") == {False}
    assert set.union(*drawn.values()) == {True}


@pytest.mark.parametrize("form", ["plain", "grouped", "metric"])
@pytest.mark.parametrize("show", ["total", "today", "both"])
@pytest.mark.parametrize("style", STYLES)
def test_no_number_is_shaped(style, show, form):
    """In any format: it is as wide as its badge has room for, in any font."""
    look = Look(amount=amount(form, show, None), style=style)
    drawn = texts(BadgeMaker(label="زيارات").draw(look, 1_234_567, 4321))

    assert sorted(map(list, drawn.values())) == [[False], [True]]


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_a_template_does_not_stretch_it_either(label):
    """The attribute is left out of it, in either quotes; the count's stays."""
    drawn = texts(BadgeMaker(label=label, template=TEMPLATE).draw(Look(), 7))

    assert drawn == {label: {False}, "7": {True}}


def test_a_template_stretches_other_labels():
    """As ever."""
    drawn = texts(BadgeMaker(label="hits", template=TEMPLATE).draw(Look(), 7))

    assert drawn == {"hits": {True}, "7": {True}}


WIDTHS = """
labels => labels.map(label => {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text')
  text.setAttribute('font-family', 'Verdana,Geneva,DejaVu Sans,sans-serif')
  text.setAttribute('font-size', 11)
  text.textContent = label
  document.querySelector('svg').append(text)
  return text.getComputedTextLength()
})
"""


# Of a plane for private use: no font has it, so a box is drawn.
BOX = "\U0010fffd"


@pytest.mark.browser
def test_a_shaped_label_stays_on_its_side(browser: Any):
    """A browser draws none wider than it was guessed and the padding beside it.

    But for scripts that this machine has no font of: there each character is a box.
    """
    page = browser.new_page()
    try:
        page.set_content('<svg xmlns="http://www.w3.org/2000/svg"></svg>')
        box, *widths = page.evaluate(WIDTHS, [BOX, *LABELS.values()])
    finally:
        page.close()

    for (name, label), width in zip(LABELS.items(), widths, strict=True):
        if width == pytest.approx(len(label) * box, rel=0.01):
            continue
        assert 0 < width <= odd_width(label) + 4, json.dumps([name, width])

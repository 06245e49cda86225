"""What resvg makes of badges, with our fonts and nothing of the machine's."""

import pytest

from hitsvc.badge import BadgeMaker, Look
from hitsvc.badge.styles import STYLES
from hitsvc.png import open_painter
from tests.support.pixels import decode

SIZES = {
    "flat": (68, 20),
    "flat-square": (68, 20),
    "plastic": (68, 18),
    "for-the-badge": (110, 28),
    "social": (71, 20),
}
LABELS = [
    "hits",
    "زيارات",
    "כניסות",
    "दर्शक",
    "e\u0301te\u0301",
    "👀",
    "Ж",
    "Ω",
    "Ա",
    "ა",
]


@pytest.fixture(name="painter", scope="module")
def _painter():
    """The painter that is installed."""
    painter = open_painter()
    if painter is None:
        pytest.skip("this needs the extra: png")
    return painter


def test_without_the_extra_there_is_no_painter():
    """And nothing is imported."""
    assert open_painter("no_such_module") is None


@pytest.mark.parametrize("style", STYLES)
def test_a_png_is_as_large_as_its_svg(painter, style):
    """And much of it is opaque."""
    pixels = decode(painter.paint_now(BadgeMaker().draw(Look(style=style), 1234)))

    assert (pixels.width, pixels.height) == SIZES[style]
    assert sum(pixels.data[3::4]) > 0.8 * 255 * pixels.width * pixels.height


def test_a_png_has_the_colours_of_its_badge(painter):
    """Left of the label and right of the number."""
    svg = BadgeMaker().draw(Look(style="flat-square", color="#dd4343"), 1234)
    pixels = decode(painter.paint_now(svg))

    assert pixels.at(1, 1) == (0x55, 0x55, 0x55, 255)
    assert pixels.at(pixels.width - 2, 1) == (0xDD, 0x43, 0x43, 255)
    assert (255, 255, 255, 255) in pixels.colors(5, 26)


@pytest.mark.parametrize("label", LABELS)
def test_there_are_letters_for_a_label(painter, label):
    """In scripts of all kinds, whatever fonts the machine has: no two look the same."""
    look = Look(style="flat-square")
    svgs = [BadgeMaker(label=text).draw(look, 1) for text in (label, "\ue000")]
    shown, box = [decode(painter.paint_now(svg)) for svg in svgs]

    side = shown.colors(0, shown.width // 2)
    assert max(red for red, *_ in side) > 0xC0
    assert shown.data != box.data


def test_arabic_letters_are_joined(painter):
    """A word is narrower than its letters one by one."""

    def inked(label: str) -> int:
        pixels = decode(painter.paint_now(BadgeMaker(label=label).draw(look, 1)))
        columns = [
            x for x in range(pixels.width - 19) if len(pixels.colors(x, x + 1)) > 1
        ]
        return max(columns) - min(columns)

    look = Look(style="flat-square")
    assert inked("ببب") < inked("ب\u200cب\u200cب") - 4


def test_the_number_is_painted(painter):
    """Another number is another picture."""
    maker = BadgeMaker()
    assert painter.paint_now(maker.count(1234)) != painter.paint_now(maker.count(1284))

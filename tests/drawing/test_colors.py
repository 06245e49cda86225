"""Which texts are colours, and how bright these are, compared with badge-maker."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.colors import MAX_COLOR_LENGTH, brightness, svg_color, text_colors
from tests.support.badge_maker import BadgeMaker

COLORS = [
    pytest.param("blue", "#007ec6", id="a name of the palette"),
    pytest.param("critical", "#dd4343", id="an alias"),
    pytest.param("lightgray", "#939393", id="the American spelling"),
    pytest.param("navy", "navy", id="a CSS name"),
    pytest.param("FA0", "#fa0", id="three digits"),
    pytest.param("FfAa00", "#ffaa00", id="six digits"),
    pytest.param("#FA0", "#fa0", id="three digits with a hash"),
    pytest.param("#FfAa00", "#ffaa00", id="six digits with a hash"),
    pytest.param("rgb(1, 2, 3)", "rgb(1, 2, 3)", id="a function"),
    pytest.param(" navy\n", "navy", id="surrounding space"),
]
NO_COLORS = [
    "",
    "Navy",  # badge-maker knows names in lower case only
    "nonsense",
    "12345",
    "#12345",
    "١٢٣",
    "rgb(1,2)",
    "rgb(1%,2,3)",
    "hsl(1,2,3)",
    "url(#a)",
    "var(--a)",
    'red" onload="alert(1)',
    "constructor",
]
# More for the comparison: every way to write a colour, and what is nearly one.
WRITTEN = [
    *("brightgreen", "green", "yellow", "yellowgreen", "orange", "red", "blue", "grey"),
    *("lightgrey", "gray", "important", "success", "informational", "inactive"),
    *("white", "black", "rebeccapurple", "darkslategrey", "whitesmoke", "aqua", "RED"),
    *("#abcd", "abcd", "#12345678", "12345678", "#ABC", "#12345g", "##123", "f", "ff"),
    *("rgb(1,2,3)", "rgb( 300 , 0 , 0 )", "rgb(1 2 3)", "rgb(1 2 3 / 50%)"),
    *("rgba(1,2,3,.5)", "rgba(1,2,3,0.5)", "rgba(1,2,3,1)", "rgba(1,2,3,2)"),
    *("rgb(10%,20%,30%)", "rgb(10% 20% 30%)", "rgb(10% 20% 30% / .5)", "rgb(-1,2,3)"),
    *("rgb(200%,0%,0%)", "rgb(1.5,2,3)", "RGB(1,2,3)", "rgb (1,2,3)", "rgb(1,2,3"),
    *("rgb(1 2, 3)", "rgb(1%,2%,3%,4%)", "rgba(1,2,3,)", "rgb(99%,99%,99%)"),
    *("hsl(0,100%,50%)", "hsl(60,100%,50%)", "hsl(120,50%,80%)", "hsl(180,100%,90%)"),
    *("hsl(240,10%,10%)", "hsl(300,100%,75%)", "hsl(359,1%,99%)", "hsl(720,90%,60%)"),
    *("hsl(1turn,90%,60%)", "hsl(100grad,90%,60%)", "hsl(2rad,90%,60%)"),
    *("hsl(90deg,90%,60%)", "hsla(90,90%,60%,.5)", "hsl(90 90% 60%)", "hsl(0,0%,69%)"),
    *("hsl(0,0%,70%)", "hsl(0,300%,150%)", "hsl(-5,0%,0%)", "HSL(1,1%,1%)"),
]


@pytest.mark.parametrize(("text", "expected"), COLORS)
def test_a_colour_is_understood(text, expected):
    """As badge-maker understands it."""
    assert svg_color(text) == expected


@pytest.mark.parametrize("text", NO_COLORS)
def test_what_is_no_colour_is_none(text):
    """Nothing else gets into an SVG."""
    assert svg_color(text) is None


def test_a_very_long_colour_is_none():
    """64 characters are allowed, one more is not."""
    color = f"rgb({'1' * (MAX_COLOR_LENGTH - 9)},2,3)"
    assert len(color) == MAX_COLOR_LENGTH
    assert svg_color(color) == color
    assert svg_color(color.replace(",", " ,", 1)) is None


@settings(deadline=None)
@given(st.text() | st.from_regex(r"(rgb|hsl)a?\([\d%., /]*\)"))
def test_a_colour_needs_no_escaping(text):
    """Only harmless characters pass."""
    assert set(svg_color(text) or "").isdisjoint("<>&\"'\n;:")


def test_colours_and_their_brightness_are_badge_makers(node_modules: Path):
    """Every way to write them, all the CSS names, and random ones."""
    pick = random.Random(6)  # noqa: S311 - for reproducible samples
    texts = WRITTEN + [f"{pick.randrange(16**6):06x}" for _ in range(2000)]
    texts += [
        f"hsl({pick.randrange(400)},{pick.randrange(101)}%,{pick.randrange(101)}%)"
        for _ in range(2000)
    ]
    colors, levels = zip(*BadgeMaker(node_modules).colors(texts), strict=True)
    ours = [svg_color(text) for text in texts]
    assert ours == list(colors)
    # JavaScript's parseInt takes 5e-15, a rounding error of hsl(), for 5.
    assert [brightness(color or "") for color in ours] == pytest.approx(
        levels, abs=0.011
    )


@pytest.mark.parametrize(
    ("background", "text", "shadow"),
    [
        pytest.param("#b0b0b0", "#fff", "#010101", id="brightness 0.69"),
        pytest.param("#b2b2b2", "#333", "#ccc", id="brightness 0.7"),
    ],
)
def test_text_is_dark_on_a_bright_ground(background, text, shadow):
    """The threshold is badge-maker's."""
    assert text_colors(background) == (text, shadow)

"""Logos: which values are one, and how icons are coloured and sized."""

import re
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.badge.icons import Icons
from hitsvc.badge.logos import MAX_LOGO_LENGTH, Logos, logo_name

PREFIX = "data:image/png;base64,"
NAMED = [
    pytest.param("github", "github", id="an icon"),
    pytest.param("GitHub", "github", id="in capitals"),
    pytest.param(f"{PREFIX}AA+/", f"{PREFIX}AA+/", id="a picture"),
    pytest.param(f"{PREFIX}AA /", f"{PREFIX}AA+/", id="plus signs not escaped"),
    pytest.param("image/png;base64,AAA=", f"{PREFIX}AAA=", id="no data:"),
    pytest.param(
        "data:image/svg xml;base64,AA==", "data:image/svg+xml;base64,AA==", id="SVG"
    ),
]
NO_LOGOS = [
    *("", "..", "a/b", "https://example.com/a.png", "javascript:alert(1)", "data:"),
    *("data:text/html;base64,AAAA", "data:image/svg+xml,<svg/>", PREFIX, f"{PREFIX}A"),
    *(
        f"{PREFIX}AAAA#",
        f"{PREFIX}AAAA\n",
        f"{PREFIX}AA%2B",
        "data:image/bmp;base64,AA",
    ),
    f"x{PREFIX}AAAA",
]


@pytest.fixture(name="logos")
def _logos(tmp_path: Path) -> Logos:
    """Icons of several colours, in a wide shape."""
    for name, color in [("dark", "404040"), ("mid", "808080"), ("light", "F0F0F0")]:
        (tmp_path / f"_{name}.py").write_text(
            f'return "#{color}"\n<path d="M0 6h24v12H0z" />'
        )
    return Logos(Icons(tmp_path))


def picture(href: str) -> str:
    """Decode the SVG in a data URI."""
    return b64decode(href.removeprefix("data:image/svg+xml;base64,")).decode()


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_a_logo_is_an_icon_or_a_picture(text, expected):
    """Written as shields.io allows it."""
    assert logo_name(text) == expected


@pytest.mark.parametrize("text", NO_LOGOS)
def test_anything_else_is_none(text):
    """Nothing is loaded from anywhere."""
    assert logo_name(text) is None


def test_a_very_large_picture_is_none():
    """8 KB are allowed, a little more is not, with its prefix or without."""
    uri = f"{PREFIX}{'A' * (MAX_LOGO_LENGTH - len(PREFIX))}"
    uri = uri[: len(PREFIX) + (len(uri) - len(PREFIX)) // 4 * 4]
    assert logo_name(uri) == uri
    assert logo_name(f"{uri}AAAA") is None
    assert logo_name(f"{uri}AAAA".removeprefix("data:")) is None


@settings(deadline=None)
@given(st.text() | st.binary().map(lambda data: PREFIX + b64encode(data).decode()))
def test_a_logo_needs_no_escaping(text):
    """Only harmless characters pass."""
    assert re.fullmatch(r"[\w:/+;,=]*", logo_name(text) or "", re.ASCII)


@pytest.mark.parametrize(
    ("name", "light", "fill"),
    [
        ("dark", False, "whitesmoke"),
        ("dark", True, "#404040"),
        ("mid", False, "#808080"),
        ("mid", True, "#808080"),
        ("light", False, "#F0F0F0"),
        ("light", True, "#333"),
    ],
)
def test_an_icon_has_its_brands_colour_if_that_can_be_seen(logos, name, light, fill):
    """Else it is nearly white on a dark ground, or dark on a light one."""
    logo = logos.find(name, None, fits=False, light=light)
    assert picture(logo.href) == (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="{fill}">'
        '<path d="M0 6h24v12H0z"/></svg>'
    )
    assert logo.width == 14


def test_an_icon_has_the_colour_that_is_asked_for(logos):
    """Even where it cannot be seen well."""
    logo = logos.find("dark", "#111", fits=False, light=False)
    assert 'fill="#111"' in picture(logo.href)


def test_an_icon_can_be_as_wide_as_its_shape_is(logos):
    """Without the empty space around it, 14 px high."""
    logo = logos.find("mid", None, fits=True, light=False)
    assert 'viewBox="0 6 24 12"' in picture(logo.href)
    assert logo.width == 28


@pytest.mark.parametrize("name", [None, "unknown"])
def test_no_icon_is_no_logo(logos, name):
    """The badge is drawn without."""
    assert logos.find(name, "red", fits=True, light=True) is None


def test_a_picture_stays_as_it_is(logos):
    """Its colours and its size are its own."""
    logo = logos.find(f"{PREFIX}AAAA", "red", fits=True, light=True)
    assert (logo.href, logo.width) == (f"{PREFIX}AAAA", 14)

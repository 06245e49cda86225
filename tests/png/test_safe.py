"""Which pictures of visitors are painted."""

from base64 import b64encode
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.badge.logos import logo_name
from hitsvc.png.safe import MAX_SIDE, paintable


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that says it is so large."""
    return b"\x89PNG\r\n\x1a\n" + pack(
        ">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 6, 0, 0, 0
    )


def uri(data: bytes, kind: str = "png") -> str:
    """Write a picture as a `logo` parameter has it."""
    return f"data:image/{kind};base64,{b64encode(data).decode()}"


SMALL = png(14, 14)


@pytest.mark.parametrize(
    ("logo", "expected"),
    [
        pytest.param(None, True, id="none"),
        pytest.param("github", True, id="an icon"),
        pytest.param(uri(SMALL), True, id="a small PNG"),
        pytest.param(uri(png(MAX_SIDE, MAX_SIDE)), True, id="the largest PNG"),
        pytest.param(uri(png(MAX_SIDE + 1, 1)), False, id="too wide"),
        pytest.param(uri(png(1, MAX_SIDE + 1)), False, id="too high"),
        pytest.param(uri(png(2**31, 2**31)), False, id="a bomb"),
        pytest.param(uri(png(0, 5)), False, id="no width"),
        pytest.param(uri(SMALL[:20]), False, id="cut off"),
        pytest.param(uri(b""), False, id="empty"),
        pytest.param(uri(SMALL.replace(b"IHDR", b"iTXt")), False, id="no header"),
        pytest.param(uri(SMALL, "svg+xml"), False, id="an SVG"),
        pytest.param(uri(SMALL, "gif"), False, id="a GIF"),
        pytest.param(uri(SMALL, "jpeg"), False, id="a JPEG"),
        pytest.param(uri(SMALL, "webp"), False, id="a WebP"),
        pytest.param(uri(b"GIF89a" + bytes(40)), False, id="a GIF that says PNG"),
    ],
)
def test_only_icons_and_small_pngs_are_painted(logo, expected):
    """What costs the painter more than it costs its sender is left out."""
    assert paintable(logo) is expected


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_picture_is_judged(data):
    """Whatever a look may hold."""
    logo = logo_name(uri(data))

    assert paintable(logo) in {True, False}

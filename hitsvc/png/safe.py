"""Which logos of visitors may be painted: a browser bounds what a picture costs, we must.

APPSEC: A few kilobytes can hold a picture of 7,000 by 7,000 pixels, and an SVG filters and
patterns that take minutes. In an SVG badge that is the affair of whoever looks at it.
"""

from base64 import b64decode
from typing import Final

_PNG: Final = "data:image/png;base64,"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
# The sides of a picture: a megabyte of pixels.
MAX_SIDE: Final = 512


def paintable(logo: str | None) -> bool:
    """Tell whether a logo may be painted.

    Args:
        logo: An icon's name or a data URI, as a `hitsvc.badge.Look` has it.

    Returns:
        Whether it is none, an icon, or a PNG that says it is small: a PNG's header bounds
        what there is to decode, which other formats' do not.
    """
    if logo is None or not logo.startswith("data:"):
        return True
    if not logo.startswith(_PNG):
        return False
    head = b64decode(logo[len(_PNG) :][:32])
    if len(head) < 24 or not head.startswith(_SIGNATURE):
        return False
    width, height = int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    return 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE

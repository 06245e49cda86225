"""What a badge may be made of: nothing that acts, and nothing from elsewhere."""

import re
from xml.etree import ElementTree as ET

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_SHAPES = {"g", "rect", "text", "path", "image"}
_ELEMENTS = _SHAPES | {
    *("svg", "title", "style", "clipPath"),
    *("linearGradient", "stop", "filter", "feGaussianBlur"),
}
_NOTHING_FROM_ELSEWHERE = re.compile(
    r"data:image/(?:png|svg\+xml|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}"
)
_ACTIVE = re.compile(
    r"url\s*\((?!#\w+\))|@import|javascript:|expression", re.IGNORECASE
)


def check_svg(data: bytes) -> ET.Element:
    """Make sure that a picture is well-formed and does nothing."""
    assert not re.search(rb"<[!?]", data)
    root = ET.fromstring(data)  # noqa: S314 - our own picture, without a DTD
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG)
        assert tag in _ELEMENTS, f"<{tag}>"
        if tag == "style":
            assert not _ACTIVE.search(element.text or "")
        for name, value in element.attrib.items():
            name = name.removeprefix(_XLINK)
            assert not name.lower().startswith("on"), name
            if name == "href":
                assert _NOTHING_FROM_ELSEWHERE.fullmatch(value), value
            elif name != "aria-label":
                assert not _ACTIVE.search(value), value
    return root

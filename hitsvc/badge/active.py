"""What a badge template may not contain: what acts, and what loads something.

APPSEC: Opened by itself, a badge is a page of this origin, and its label is any visitor's
text. Browsers would ignore most of this, for badges are sent with a policy that says so;
here the operator is told, at the start.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

# Stands for the label where it is looked for. No text that is shown holds it.
LABEL_MARK = "\ufdd0"

# What a browser runs or loads from inside an SVG image.
_NAMESPACES = {
    "http://www.w3.org/1999/xhtml": "HTML",
    "http://www.w3.org/1998/Math/MathML": "MathML",
    "http://www.w3.org/2001/xml-events": "XML Events",
}
_ELEMENTS = {
    "script": "a script",
    **{name: f"a script ({name})" for name in ("handler", "listener")},
    **{
        name.lower(): name
        for name in ("foreignObject", "iframe", "object", "embed", "audio", "video")
    },
}
_ANIMATIONS = frozenset(
    ["set", "animate", "animatecolor", "animatemotion", "animatetransform"]
)
_LINKS = frozenset(["href", "src"])
_PICTURES = frozenset(["image", "feimage"])
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
# Where a visitor's text is only read.
_READ = re.compile(r"(?:aria|data)-.+|id|class|title|alt|lang")

# Browsers drop these from a URL (URL standard, "basic URL parser", 1 and 3).
_DROPPED = re.compile(r"[\x00-\x20]+")
_SCRIPT_URL = re.compile(r"(?:java|vb|live)script:")
_OUTSIDE = r"url\(\s*+[\"']?+\s*+(?!#|data:image/|data:font/)"
# Comments are not taken out: what looks like one may stand in a string.
_ATTRIBUTE_LOADS = re.compile(_OUTSIDE)
_CSS_LOADS = re.compile(
    rf"{_OUTSIDE}|@import|\b(?:image-set|image|src)\(|-moz-binding|expression\("
)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|\n|(.))", re.IGNORECASE | re.DOTALL)
# A name, and no address: nothing is loaded.
_CSS_NAMESPACE = re.compile(
    r"@namespace\s+(?:[\w-]+\s+)?(?:url\()?[\"']?http://www\.w3\.org/[\w/]+[\"']?\)?\s*;"
)


def find_active(text: str, root: Element) -> str | None:
    """Find the first thing that a template may not contain.

    Args:
        text: The template, without comments and XML declaration.
        root: The same, parsed, with `LABEL_MARK` in the label.

    Returns:
        What it is, as the object of "contains"; None if there is nothing.
    """
    if "<?" in text:
        return "a processing instruction (<?)"
    return next(_faults(root), None)


def _faults(root: Element) -> Iterator[str]:
    for element in root.iter():
        namespace, name = _split(element.tag)
        if name in _ELEMENTS:
            yield _ELEMENTS[name]
        if namespace in _NAMESPACES:
            yield f"{_NAMESPACES[namespace]} ({name})"
        if name in _ANIMATIONS:
            yield from _in_animation(element)
        for attribute, value in element.items():
            yield from _in_attribute(name, attribute, value)
        if name == "style":
            yield from _in_style("".join(element.itertext()))


def _in_animation(element: Element) -> Iterator[str]:
    """An animation can change what was harmless, later."""
    target = element.get("attributeName", "").rpartition(":")[2].strip().lower()
    if target in _LINKS or target.startswith("on"):
        yield f"an animation of {target}"


def _in_attribute(element: str, attribute: str, value: str) -> Iterator[str]:
    namespace, name = _split(attribute)
    address = _DROPPED.sub("", value).lower()
    if name.startswith("on"):
        yield f"an event handler ({name})"
    if attribute == _XML_BASE:
        yield "xml:base"
    if _READ.fullmatch(name):
        return
    if _SCRIPT_URL.search(address):
        yield f"a script URL (in {name})"
    if name in _LINKS and not _stays_inside(element, address):
        yield f"a reference to something outside it (in {name})"
    if LABEL_MARK in value:
        yield f"{{label}} in {name}"
    # Those of other namespaces mean nothing to a browser, such as Inkscape's.
    if not namespace:
        loads = _CSS_LOADS if name == "style" else _ATTRIBUTE_LOADS
        yield from _in_css(name, value, loads)


def _stays_inside(element: str, address: str) -> bool:
    """Tell whether an address is a part of the same file, or a picture in it."""
    is_picture = element in _PICTURES and address.startswith("data:image/")
    return LABEL_MARK not in address and (address.startswith("#") or is_picture)


def _in_style(text: str) -> Iterator[str]:
    if LABEL_MARK in text:
        yield "{label} in a style"
    yield from _in_css("a style", text, _CSS_LOADS)


def _in_css(place: str, text: str, loads: re.Pattern[str]) -> Iterator[str]:
    css = _CSS_ESCAPE.sub(_unescape, text).lower()
    if _SCRIPT_URL.search(_DROPPED.sub("", css)):
        yield f"a script URL (in {place})"
    if loads.search(_CSS_NAMESPACE.sub("", css)):
        yield f"a reference to something outside it (in {place})"


def _unescape(match: re.Match[str]) -> str:
    digits, char = match.groups()
    if digits is None:
        return char or ""
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else ""


def _split(name: str) -> tuple[str, str]:
    """Take a namespace off a name, which is then in lower case."""
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local.lower()

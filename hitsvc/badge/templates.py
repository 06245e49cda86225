"""Badge templates: an operator's own SVG file instead of the built-in badge."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from xml.etree import ElementTree as ET

from hitsvc.badge.active import LABEL_MARK, find_active
from hitsvc.badge.badge import Badge
from hitsvc.badge.flat import Layout
from hitsvc.drawing import SVG_NAMESPACE, escape, number
from hitsvc.errors import SettingsError

MAX_TEMPLATE_BYTES = 64 * 1024

_NOT_SERVED = re.compile(r"<!--.*?-->|<\?xml\s.*?\?>", re.DOTALL)
_FIELD = re.compile(r"\{([a-z_]+)\}")
_LONE_NAME = re.compile(r"\{\s*([A-Za-z_][\w-]*)\s*\}")
_LABEL_LENGTH = re.compile(r"""\stextLength\s*=\s*(["'])\{label_length\}\1""")
_ROOT = f"{{{SVG_NAMESPACE}}}svg"


def load_template(path: Path) -> str:
    """Read a badge template and check that it makes a badge.

    A template is an SVG file in UTF-8. These fields are replaced, and nothing else is,
    so that CSS may be used; comments are not served:

    - ``{count}``: the number; required.
    - ``{label}``: the text on the left; for text, and attributes such as ``aria-label``.
    - ``{width}``, ``{label_width}``, ``{count_width}``: of the badge and each side, px.
    - ``{label_x}``, ``{count_x}``: the centres of the texts, in tenths of a px.
    - ``{label_length}``, ``{count_length}``: their ``textLength``, likewise. The label's is
      left out where its letters join, such as Arabic ones.

    The tenths are for ``font-size="110"`` under ``transform="scale(.1)"``, as shields
    draws text. A lone name in braces that is no field, such as ``{cuont}``, is an
    error: it cannot be CSS, where a block holds ``name: value``. So is what acts or loads
    something, see `hitsvc.badge.active`.

    Args:
        path: The file.

    Returns:
        The template, for `fill` and `hitsvc.badge.maker.BadgeMaker`.

    Raises:
        SettingsError: The file cannot be used; the message says why in one line.
    """
    # A label such as "--" would end a comment. The line breaks stay, for the parser's
    # messages. An encoding that the file declares would be wrong: UTF-8 is served.
    template = _NOT_SERVED.sub(lambda match: "\n" * match[0].count("\n"), _read(path))
    try:
        _check(template)
    except ValueError as ex:
        raise _fault(path, str(ex)) from ex
    return template.strip()


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEMPLATE_BYTES + 1)
    except OSError as ex:
        raise _fault(path, f"cannot be read: {ex.strerror}") from ex
    if len(data) > MAX_TEMPLATE_BYTES:
        raise _fault(path, f"is larger than {MAX_TEMPLATE_BYTES:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as ex:
        raise _fault(path, f"is not UTF-8: see byte {ex.start}") from ex


def _check(template: str) -> None:
    """Raise `ValueError` with what is wrong with a template, if anything is."""
    # What a label may be: all that XML must escape, and a mark to find it by.
    label = escape(f"""&<>"'%{LABEL_MARK}""")
    values = geometry("hits", "0") | {"label": label, "count": "0"}
    _check_fields(template, values)
    if "<!DOCTYPE" in template:
        # Before it is parsed: entities can make gigabytes, and hide anything.
        msg = "contains a DOCTYPE, which is not allowed"
        raise ValueError(msg)
    try:
        root = ET.fromstring(fill(template, values))  # noqa: S314 - no entities in it
    except ET.ParseError as ex:
        msg = f"is not well-formed XML: {ex}"
        raise ValueError(msg) from ex
    if root.tag != _ROOT:
        msg = f'is not an SVG image: its root is not <svg xmlns="{SVG_NAMESPACE}">'
        raise ValueError(msg)
    if found := find_active(template, root):
        msg = f"contains {found}, which is not allowed"
        raise ValueError(msg)


def _check_fields(template: str, values: Mapping[str, str]) -> None:
    for match in _LONE_NAME.finditer(template):
        if match[0][1:-1] not in values:
            close = get_close_matches(match[1].lower(), values, n=1)
            hint = f"; did you mean {{{close[0]}}}?" if close else ""
            msg = f"has an unknown field, {match[0]}{hint}"
            raise ValueError(msg)
    if "{count}" not in template:
        msg = "has no {count}, the place of the number"
        raise ValueError(msg)


def geometry(label: str, count: str) -> dict[str, str]:
    """Lay a badge out as the flat style does, under the names of the fields."""
    place = Layout.of(Badge(label, count))
    numbers = {
        "width": place.left + place.right,
        "label_width": place.left,
        "count_width": place.right,
        "label_x": place.label_x,
        "count_x": place.message_x,
        "label_length": place.label_length,
        "count_length": place.message_length,
    }
    return {name: number(value) for name, value in numbers.items()}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the fields of a template; what is no field stays."""
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), template)


def unstretched(template: str) -> str:
    """Take the label's ``textLength`` out of a template: the label is shaped text."""
    return _LABEL_LENGTH.sub("", template)


def _fault(path: Path, what: str) -> SettingsError:
    return SettingsError(
        f"HITSVC_SVG_TEMPLATE={str(path)!r}: it {what}. Give an SVG file that contains "
        "{count}, such as badge.svg."
    )

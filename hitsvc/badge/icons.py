"""The icons of `simple-icons <https://simpleicons.org>`_, if they are installed.

The extra ``logos`` installs simplepycons: 3,400 Python modules, one an icon.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from hitsvc.drawing import Box, Memo, path_box

# APPSEC: What names a file must not be a path, nor anything but an icon.
SLUG = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")

_COLOR = re.compile(r'return "(#[0-9A-Fa-f]{6})"')
_PATH = re.compile(r'<path\s+d="([\w\s.,+-]+)"', re.ASCII)

# About a fifth of all icons: 5 MB of paths.
_MEMO_BYTES = 1024 * 1024
_BOXES_BYTES = 1024 * 1024
# APPSEC: A longer path, as one icon in seventy has, is not measured, for that takes up to
# 40 ms: its box is the whole square.
MAX_MEASURED_PATH = 8000
_SQUARE = Box(0, 0, 24, 24)
_BOX_BYTES = 300  # an entry in the memo
_ICON_BYTES = 400  # likewise, without its path


@dataclass(frozen=True, slots=True)
class Icon:
    """An icon of one colour, in a square of 24.

    Attributes:
        slug: Its name.
        color: The brand's, as ``#RRGGBB``.
        path: The ``d`` of an SVG path.
    """

    slug: str
    color: str
    path: str


def installed_icons() -> Path | None:
    """Find the directory of simplepycons; None if it is not installed."""
    spec = find_spec("simplepycons")
    found = spec.submodule_search_locations if spec else None
    return Path(found[0]) if found else None


@cache  # PERF: 12 ms, each time that an app is made
def icon_names(directory: Path | None) -> tuple[str, ...]:
    """Name all icons, in order.

    Args:
        directory: See `Icons`.
    """
    files = directory.glob("_*.py") if directory else ()
    names = (file.stem.removeprefix("_") for file in files)
    return tuple(sorted(name for name in names if SLUG.fullmatch(name)))


class Icons:
    """Finds icons by name, one file at a time.

    NOTE: The modules are read, not imported: simplepycons imports all of them at once,
    which takes 5 s and 65 MB, and never gives the memory back.
    """

    def __init__(self, directory: Path | None) -> None:
        """Read nothing yet.

        Args:
            directory: Where the modules are; None for no icons.
        """
        self._directory = directory
        self._icons: Memo[Icon] = Memo(_MEMO_BYTES)
        self._boxes: Memo[Box] = Memo(_BOXES_BYTES)

    def find(self, slug: str) -> Icon | None:
        """Find an icon; None if there is none of that name."""
        icon = self._icons.get(slug)
        if icon is None:
            icon = self._read(slug)
            if icon is not None:
                self._icons.put(slug, icon, _ICON_BYTES + len(icon.path))
        return icon

    def box(self, icon: Icon) -> Box:
        """Measure what an icon covers of its square; all of it if that takes long."""
        if len(icon.path) > MAX_MEASURED_PATH:
            return _SQUARE
        box = self._boxes.get(icon.slug)
        if box is None:
            box = path_box(icon.path)
            self._boxes.put(icon.slug, box, _BOX_BYTES)
        return box

    def _read(self, slug: str) -> Icon | None:
        if self._directory is None or not SLUG.fullmatch(slug):
            return None
        try:
            module = (self._directory / f"_{slug}.py").read_text(encoding="utf-8")
        except OSError:
            return None
        color, path = _COLOR.search(module), _PATH.search(module)
        if color is None or path is None:
            return None
        return Icon(slug, color[1], " ".join(path[1].split()))

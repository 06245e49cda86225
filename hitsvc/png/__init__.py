"""Pictures as PNG, for marketplaces, mail and forums that take no SVG.

`open_painter` returns a `Painter`, or `None` without the extra ``png``. It brings its own
fonts, so a picture is the same on every machine.
"""

from hitsvc.png.painter import Painter
from hitsvc.png.resvg import open_painter
from hitsvc.png.safe import paintable

__all__ = ["Painter", "open_painter", "paintable"]

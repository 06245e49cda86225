"""The demonstration: made-up sites with a past, and views that keep coming.

`PAGES` are its pages, `rows` makes their past, and `Visitors` sends the views. A `Companion`
removes everything at the end, even after a kill.
"""

from hitsvc.demo.companion import Companion
from hitsvc.demo.past import rows
from hitsvc.demo.place import DemoRefused, scratch_directory
from hitsvc.demo.story import PAGES, SHOWCASE, SITES, Page
from hitsvc.demo.visitors import Visitors

__all__ = [
    "PAGES",
    "SHOWCASE",
    "SITES",
    "Companion",
    "DemoRefused",
    "Page",
    "Visitors",
    "rows",
    "scratch_directory",
]

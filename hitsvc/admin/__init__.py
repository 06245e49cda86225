"""What the operator does to counts, whatever the way: no HTTP, no command line.

A change of a page is one script in the page's slot, so that it happens as a whole or not at
all, while hits arrive. `only_one` lets one change of the store happen at a time.
"""

from hitsvc.admin.client import open_client
from hitsvc.admin.exporting import Export
from hitsvc.admin.import_sources import (
    NAMES,
    OURS,
    Choices,
    Opened,
    open_file,
    open_other_store,
)
from hitsvc.admin.importing import Import, Outcome
from hitsvc.admin.repair import Findings, Repair
from hitsvc.admin.whole_file import whole_file

__all__ = [
    "NAMES",
    "OURS",
    "Choices",
    "Export",
    "Findings",
    "Import",
    "Opened",
    "Outcome",
    "Repair",
    "open_client",
    "open_file",
    "open_other_store",
    "whole_file",
]

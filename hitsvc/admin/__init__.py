"""What the operator can do to counts. Knows neither HTTP nor the command line.

A change of a page is one script in the page's slot. So it happens as a whole or not at all,
while hits arrive. `only_one` lets one change of the store happen at a time. `Reader` lists
pages, `Sums` adds up sites, `Changes` changes one page, `Removal` removes many, and `Repair`
finds and fixes what does not add up.
"""

from hitsvc.admin.backup import BEFORE, is_snapshot, put_snapshot, save_snapshot
from hitsvc.admin.changes import Changed, Changes, Moved
from hitsvc.admin.client import explained, open_client
from hitsvc.admin.contents import Contents
from hitsvc.admin.difference import difference
from hitsvc.admin.doctor import (
    Finding,
    examine_disk,
    examine_proxy,
    examine_report,
    examine_store,
    examine_unheeded,
    examine_zone,
)
from hitsvc.admin.exporting import Export
from hitsvc.admin.histories import LATEST_DAYS, Histories, History
from hitsvc.admin.import_sources import (
    NAMES,
    OURS,
    Choices,
    Opened,
    open_file,
    open_other_store,
)
from hitsvc.admin.importing import Import, Outcome
from hitsvc.admin.nodes import keys_in
from hitsvc.admin.numbers import KEPT, WINDOWS, Numbers, SiteSums
from hitsvc.admin.overview import Overview
from hitsvc.admin.overviews import Overviews
from hitsvc.admin.ranks import BY_ADDRESS, RankedPart, Ranks, Wish
from hitsvc.admin.reading import Listed, Part, Pattern, Reader
from hitsvc.admin.removal import Removal, Removed
from hitsvc.admin.repair import Findings, Repair
from hitsvc.admin.room import fill_of
from hitsvc.admin.saving import Save, SaveFile, SaveStream
from hitsvc.admin.summing import command as summing_command
from hitsvc.admin.summing import order as summing_order
from hitsvc.admin.summing import summing
from hitsvc.admin.summing_process import Summing, SummingProcess
from hitsvc.admin.sums import Sums
from hitsvc.admin.undoing import Kept, Step, Undo, export_of
from hitsvc.admin.whole_file import whole_file
from hitsvc.admin.zone import calendar_of

__all__ = [
    "BEFORE",
    "BY_ADDRESS",
    "KEPT",
    "LATEST_DAYS",
    "NAMES",
    "OURS",
    "WINDOWS",
    "Changed",
    "Changes",
    "Choices",
    "Contents",
    "Export",
    "Finding",
    "Findings",
    "Histories",
    "History",
    "Import",
    "Kept",
    "Listed",
    "Moved",
    "Numbers",
    "Opened",
    "Outcome",
    "Overview",
    "Overviews",
    "Part",
    "Pattern",
    "RankedPart",
    "Ranks",
    "Reader",
    "Removal",
    "Removed",
    "Repair",
    "Save",
    "SaveFile",
    "SaveStream",
    "SiteSums",
    "Step",
    "Summing",
    "SummingProcess",
    "Sums",
    "Undo",
    "Wish",
    "calendar_of",
    "difference",
    "examine_disk",
    "examine_proxy",
    "examine_report",
    "examine_store",
    "examine_unheeded",
    "examine_zone",
    "explained",
    "export_of",
    "fill_of",
    "is_snapshot",
    "keys_in",
    "open_client",
    "open_file",
    "open_other_store",
    "put_snapshot",
    "save_snapshot",
    "summing",
    "summing_command",
    "summing_order",
    "whole_file",
]

"""What the operator does to counts, whatever the way: no HTTP, no command line.

A change of a page is one script in the page's slot, so that it happens as a whole or not at
all, while hits arrive. `only_one` lets one change of the store happen at a time. `Reader`
lists pages, `Sums` adds sites up, `Changes` changes one page, `Removal` removes many, and
`Repair` mends.
"""

from hitsvc.admin.changes import Changed, Changes, Moved
from hitsvc.admin.client import explained, open_client
from hitsvc.admin.contents import Contents
from hitsvc.admin.reading import Listed, Part, Pattern, Reader
from hitsvc.admin.removal import Removal, Removed
from hitsvc.admin.repair import Findings, Repair
from hitsvc.admin.saving import Save, SaveFile, SaveStream
from hitsvc.admin.sums import WINDOWS, Numbers, SiteSums, Sums

__all__ = [
    "WINDOWS",
    "Changed",
    "Changes",
    "Contents",
    "Findings",
    "Listed",
    "Moved",
    "Numbers",
    "Part",
    "Pattern",
    "Reader",
    "Removal",
    "Removed",
    "Repair",
    "Save",
    "SaveFile",
    "SaveStream",
    "SiteSums",
    "Sums",
    "explained",
    "open_client",
]

"""What the operator does to counts, whatever the way: no HTTP, no command line.

A change of a page is one script in the page's slot, so that it happens as a whole or not at
all, while hits arrive. `only_one` lets one change of the store happen at a time.
"""

from hitsvc.admin.client import open_client
from hitsvc.admin.repair import Findings, Repair

__all__ = ["Findings", "Repair", "open_client"]

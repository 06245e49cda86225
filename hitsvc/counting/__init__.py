"""What is counted, and the commands for it. No I/O.

`GroupCommit` gathers operations into batches. A `Batch` turns operations into commands, and
replies into results. Only `Keys` names keys, and only `PageCommands` spells a page's
commands.
"""

from hitsvc.counting.asking import Asking
from hitsvc.counting.batch import Batch
from hitsvc.counting.capacity import FULL_ABOVE, WARN_ABOVE, Capacity, Fill
from hitsvc.counting.careful import CarefulHits
from hitsvc.counting.claims import ClaimHash, ClaimNames
from hitsvc.counting.closing import Closing
from hitsvc.counting.commands import PageCommands, spell, words
from hitsvc.counting.commit import MAX_IN_FLIGHT, GroupCommit
from hitsvc.counting.counting import Counting
from hitsvc.counting.day_keys import DayKeys
from hitsvc.counting.days import UTC, Calendar, Day, days_between, latest_days, utc_day
from hitsvc.counting.index import PageIndex
from hitsvc.counting.keys import Keys, site_of
from hitsvc.counting.looking import CarefulHit
from hitsvc.counting.once import Once
from hitsvc.counting.operations import (
    Claim,
    Count,
    Hit,
    Operation,
    Probe,
    Read,
    Reading,
    Result,
)
from hitsvc.counting.outage import OutageLog
from hitsvc.counting.outcome import Begun, Outcome, when
from hitsvc.counting.refused import RefusedSites
from hitsvc.counting.sightings import Sightings
from hitsvc.counting.slots import SLOTS, slot_of
from hitsvc.counting.tokens import TokenSource, derived_token, is_wellformed
from hitsvc.counting.totals import Totals
from hitsvc.counting.unheeded import UnheededProxy
from hitsvc.counting.visitors import ReadVisitors, Seen, Sighting, Visitors
from hitsvc.counting.zone_note import ZoneNote, zone_kept

__all__ = [
    "FULL_ABOVE",
    "MAX_IN_FLIGHT",
    "SLOTS",
    "UTC",
    "WARN_ABOVE",
    "Asking",
    "Batch",
    "Begun",
    "Calendar",
    "Capacity",
    "CarefulHit",
    "CarefulHits",
    "Claim",
    "ClaimHash",
    "ClaimNames",
    "Closing",
    "Count",
    "Counting",
    "Day",
    "DayKeys",
    "Fill",
    "GroupCommit",
    "Hit",
    "Keys",
    "Once",
    "Operation",
    "OutageLog",
    "Outcome",
    "PageCommands",
    "PageIndex",
    "Probe",
    "Read",
    "ReadVisitors",
    "Reading",
    "RefusedSites",
    "Result",
    "Seen",
    "Sighting",
    "Sightings",
    "TokenSource",
    "Totals",
    "UnheededProxy",
    "Visitors",
    "ZoneNote",
    "days_between",
    "derived_token",
    "is_wellformed",
    "latest_days",
    "site_of",
    "slot_of",
    "spell",
    "utc_day",
    "when",
    "words",
    "zone_kept",
]

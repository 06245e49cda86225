"""What is counted, and how that is said to Redis. No I/O.

`GroupCommit` gathers operations into batches; a `Batch` turns operations into commands,
and the replies into results. `redis_keys` is the one place that names keys, `PageCommands`
the one place that spells a page's commands.
"""

from hitsvc.counting.batch import (
    Batch,
    Count,
    Hit,
    Operation,
    Probe,
    Read,
    Reading,
    Result,
)
from hitsvc.counting.commands import PageCommands, spell, words
from hitsvc.counting.commit import GroupCommit
from hitsvc.counting.days import latest_days, utc_day
from hitsvc.counting.keys import redis_keys
from hitsvc.counting.outage import OutageLog
from hitsvc.counting.tokens import TokenSource, is_wellformed

__all__ = [
    "Batch",
    "Count",
    "GroupCommit",
    "Hit",
    "Operation",
    "OutageLog",
    "PageCommands",
    "Probe",
    "Read",
    "Reading",
    "Result",
    "TokenSource",
    "is_wellformed",
    "latest_days",
    "redis_keys",
    "spell",
    "utc_day",
    "words",
]

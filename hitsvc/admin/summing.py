"""The process that computes the overview: ``python -m hitsvc.admin.summing``.

It is told by its standard input which store it is, since everybody may read a command
line. It takes a part of a CPU, and the store rests meanwhile.
"""

import json
import os
import sys
import time
from typing import Any, TextIO

from redis.exceptions import RedisError

from hitsvc.admin.client import open_client
from hitsvc.admin.overviews import Overviews
from hitsvc.counting import UTC, Calendar, Keys
from hitsvc.errors import HitsError

# It rests so many times as long as it works.
_RESTS = 3.0
_NICE = 10


def command() -> list[str]:
    """Return the command line that starts it."""
    return [sys.executable, "-P", "-m", "hitsvc.admin.summing"]


def order(url: str, key_prefix: str, zone: str = UTC) -> str:
    """Word what its standard input has to say."""
    return json.dumps({"url": url, "key_prefix": key_prefix, "zone": zone})


def summing(orders: TextIO, open_client: Any = open_client) -> int:
    """Do it; return the exit code."""
    said = json.load(orders)
    try:
        with open_client(said["url"]) as client:
            keys = Keys(said["key_prefix"])
            Overviews(
                client,
                keys,
                today=Calendar(said["zone"]).today,
                rest=lambda s: time.sleep(_RESTS * s),
            ).refresh()
    except (RedisError, HitsError):
        return 1  # whoever wants to see the sums is told so by the store itself
    return 0


if __name__ == "__main__":  # pragma: no cover - a process of its own
    os.nice(_NICE)
    sys.exit(summing(sys.stdin))

"""Which commands a store knows, found out by trying them.

Many programs speak Redis' protocol, each most of it. A command without its arguments does
nothing: whoever knows it says that they are missing, and who does not says that.
"""

from collections.abc import Sequence
from typing import Any

from hitsvc.counting import spell

# All that counting sends; whoever adds one adds it to the store's users too.
NEEDED = (
    "EXISTS",
    "EXPIRE",
    "GET",
    "HINCRBY",
    "HMGET",
    "INCRBY",
    "SADD",
    "SET",
    "ZINCRBY",
    "ZREMRANGEBYRANK",
)
QUESTIONS = "".join(map(spell, NEEDED))
# Of Redis and those that imitate it, of Envoy, of Upstash.
_UNKNOWN = ("unknown command", "unsupported", "not supported", "not available")


def lacking(replies: Sequence[Any]) -> list[str]:
    """Name the commands that a store does not know.

    Args:
        replies: What it answered to `QUESTIONS`.
    """
    return [
        command
        for command, reply in zip(NEEDED, replies, strict=True)
        if isinstance(reply, Exception)
        and any(said in str(reply).lower() for said in _UNKNOWN)
    ]

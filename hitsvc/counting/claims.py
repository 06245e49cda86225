"""Claims: how a refresh is told without a cookie.

A visitor's claim on a page is a keyed hash of who they seem to be, in the store for the time
of a refresh. It is made before the hit is counted. Nobody who has the store can tell whose
it is: the key is not there, and lives a day.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

from hitsvc.counting.day_keys import DayKeys

_DIGEST_BYTES = 15


class ClaimNames(NamedTuple):
    """What a visitor's claim on a page is called.

    Attributes:
        today: With the key of the day.
        before: With the one before, while that is honoured.
    """

    today: str
    before: str | None = None


class ClaimHash:
    """Names claims."""

    def __init__(self, keys: DayKeys, turn: Callable[[], None] = lambda: None) -> None:
        """Prepare.

        Args:
            keys: Those of the day.
            turn: Called before each use; turns the keys where no other process does.
        """
        self._keys = keys
        self._turn = turn

    def names(self, *parts: bytes) -> ClaimNames:
        """Name a claim.

        Args:
            *parts: Who the visitor seems to be, and the page.
        """
        self._turn()
        # The lengths keep one part from running into the next.
        text = b"".join(b"%d:%b" % (len(part), part) for part in parts)
        today, before = self._keys.both()
        names = [_digest(key, text) for key in (today, before) if key]
        return ClaimNames(*names)


def _digest(key: bytes, text: bytes) -> str:
    return blake2b(text, key=key, digest_size=_DIGEST_BYTES).hexdigest()

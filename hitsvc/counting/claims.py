"""Claims: how a refresh is told without a cookie.

A visitor's claim on a page is a keyed hash of who they seem to be, in the store for the time
of a refresh. It is made before the hit is counted. Nobody who has the store can tell whose
it is: the key is not there, and lives a day.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from hitsvc.counting.day_keys import DayKeys
from hitsvc.counting.days import Day
from hitsvc.counting.visitors import Seen

_DIGEST_BYTES = 15


class ClaimNames(NamedTuple):
    """What a visitor's claim on a page is called.

    Attributes:
        today: With the key of the day.
        before: With the one before, while that is honoured.
        seen: What the visitor is called among today's, where visitors are counted.

    Where visitors are counted and no claims are made, `today` is empty.
    """

    today: str
    before: str | None = None
    seen: Seen | None = None


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
        text = _together(parts)
        today, before = self._keys.both()
        return ClaimNames(
            _digest(today, text), _digest(before, text) if before else None
        )

    def seen(self, today: Day, page: bytes, site: bytes, *parts: bytes) -> Seen | None:
        """Name a visitor, on a page and on its site: neither name tells the other.

        Args:
            today: The day.
            page: The page.
            site: Its site.
            *parts: Who the visitor seems to be.

        Returns:
            `None` for a moment after midnight, while the key is that of another day: with
            both keys, a visitor would be two.
        """
        self._turn()
        # Before the key: one that is turned meanwhile is that of a later day.
        day = self._keys.day
        key, _ = self._keys.both()
        if day != today.date.toordinal():
            return None
        return Seen(
            today,
            _digest(key, _together((*parts, page))),
            _digest(key, _together((*parts, site, b"site"))),
        )


def _together(parts: Sequence[bytes]) -> bytes:
    # The lengths keep one part from running into the next.
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)


def _digest(key: bytes, text: bytes) -> str:
    return blake2b(text, key=key, digest_size=_DIGEST_BYTES).hexdigest()

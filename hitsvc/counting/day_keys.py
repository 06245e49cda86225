"""Keys that live a day, in memory that the parent and its workers share.

They are in no file and not in the store: when a key is gone, nobody can tell whose a claim
was that was made with it.

Invariants:

1. One process turns to the next key: the parent, or the only one there is.
2. The key of the day and the one before stay where they are while the next is written, in
   a third place; what names the day's is one word, which the processor writes whole.
"""

import mmap
import os
from collections.abc import Callable

from hitsvc.counting.days import Calendar

KEY_BYTES = 32
_PLACES = 3
_WORD = 8
_CURRENT, _TURNED_AT, _DAY = range(3)


class DayKeys:
    """The key of the day, and the one before. Make it before the fork."""

    def __init__(
        self,
        lifetime_s: int,
        calendar: Calendar | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Map the memory, and make the first key.

        Args:
            lifetime_s: Seconds for which the key before is kept, after its day.
            calendar: Tells the day, and the time; that of UTC if not given.
            random_bytes: Returns that many secure random bytes.
        """
        self._lifetime_s = lifetime_s
        self._calendar = calendar or Calendar()
        self._clock = self._calendar.clock
        self._random_bytes = random_bytes
        memory = memoryview(mmap.mmap(-1, _PLACES * (KEY_BYTES + _WORD)))
        self._words = memory[: _PLACES * _WORD].cast("Q")
        self._keys = memory[_PLACES * _WORD :]
        self._words[_DAY] = self._today()
        self._put(0, random_bytes(KEY_BYTES))

    def turn(self) -> None:
        """Make a new key if the day is another one; else forget those that are over."""
        words, today = self._words, self._today()
        current = words[_CURRENT]
        if today != words[_DAY]:
            following = (current + 1) % _PLACES
            self._put(following, self._random_bytes(KEY_BYTES))
            words[_TURNED_AT] = int(self._clock())
            words[_CURRENT] = following
            words[_DAY] = today
            return
        self._put((current + 1) % _PLACES, bytes(KEY_BYTES))
        if self._clock() >= words[_TURNED_AT] + self._lifetime_s:
            self._put((current - 1) % _PLACES, bytes(KEY_BYTES))

    def both(self) -> tuple[bytes, bytes | None]:
        """Return the key of the day, and the one before while it is honoured."""
        current = self._words[_CURRENT]
        before = self._get((current - 1) % _PLACES)
        return self._get(current), before if any(before) else None

    @property
    def day(self) -> int:
        """The day that the key of the day is of, as a number (`date.toordinal`)."""
        return self._words[_DAY]

    def _today(self) -> int:
        return self._calendar.today().date.toordinal()

    def _get(self, place: int) -> bytes:
        return bytes(self._keys[place * KEY_BYTES : (place + 1) * KEY_BYTES])

    def _put(self, place: int, key: bytes) -> None:
        self._keys[place * KEY_BYTES : (place + 1) * KEY_BYTES] = key

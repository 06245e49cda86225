"""Moving a page's hits and visitors to another: one script, or in a cluster, from slot to slot, several.

The steps between two slots, with a record of the intent (``hits:jobs:move``) before the
first and until after the last:

1. *take*: the page's keys get other names in its slot. What comes now begins it anew.
2. *give*: the other page gets them, and a mark with which this happens once.
3. *drop*: what was taken is removed; that it was here is kept for a week.

If the other page cannot take them, its mark says so, and the first gets back what was taken.
Each step is one script and can be taken again. Whoever changes anything next ends what was
cut off (`hitsvc.admin.locking`). A process that is stopped, and goes on when another has
ended its move, finds the marks: no hit is lost, and none counts twice.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from hitsvc.admin.nodes import is_cluster
from hitsvc.admin.scripting import YEARS, Scripts
from hitsvc.admin.settling import Settling
from hitsvc.admin.sketches import list_days, list_sketches
from hitsvc.counting import Keys, slot_of
from hitsvc.errors import ChangeRefused, StoreError

_KEPT_S = 7 * 86_400
_FORGET = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])"
_ANOTHER = "another command moves a page now; run this again when that has ended"


class Crossing:
    """Moves pages of one store."""

    def __init__(self, client: Any, keys: Keys) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
        """
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys)

    def move(self, old: str, new: str) -> tuple[Any, Any] | None:
        """Give all hits of a page to another.

        Returns:
            What both had, as the script ``contents`` says it; nothing if the first has
            no hits.

        Raises:
            ChangeRefused: It cannot be; both are as they were.
            StoreError: Another moves.
        """
        names = [self._keys.page(page).total for page in (old, new)]
        if not is_cluster(self._client) or len(set(map(slot_of, names))) == 1:
            list_sketches(self._client, self._keys, old, new)
            before = self._scripts.run("move", [old, new], *YEARS)
            list_sketches(self._client, self._keys, new, new)
            return before and tuple(before)
        intent = json.dumps([secrets.token_hex(8), old, new])
        if not self._client.set(self._keys.move, intent, nx=True):
            raise StoreError(_ANOTHER)
        return self._carry_out(intent)

    def finish(self) -> None:
        """End a move that was cut off.

        Raises:
            ChangeRefused: A step of it cannot be taken now.
        """
        intent = self._client.get(self._keys.move)
        if intent is None:
            return
        _, old, new = json.loads(intent)
        with suppress(MoveRefused):  # whoever wanted it is gone
            self._carry_out(intent)
        Settling(self._client, self._keys, self._scripts).relist([old, new])

    def _carry_out(self, intent: str) -> tuple[Any, Any] | None:
        name, old, new = json.loads(intent)
        words = (*YEARS, name)
        try:
            taken = self._scripts.run("take", [old], *words, _KEPT_S)
        except ChangeRefused as ex:
            if self._client.exists(self._keys.page(old).step(name)):
                raise  # it was taken before, and is still to be given
            self._end(intent)
            raise MoveRefused(str(ex)) from ex
        before = None
        if taken is not None:
            list_days(self._client, self._keys, new, taken[4][::2])
            before = self._scripts.run("give", [new], *words, *_spelled(taken))
            if before.startswith("ERR "):
                self._scripts.run("give_back", [old], *words, _KEPT_S)
                list_sketches(self._client, self._keys, old, old)
                self._end(intent)
                msg = f"{old}: {before.removeprefix('ERR ')}"
                raise MoveRefused(msg)
            list_sketches(self._client, self._keys, new, new)
            self._scripts.run("drop", [old], *words, _KEPT_S)
        self._end(intent)
        return None if before is None else (taken[:3], (before, None, ()))

    def _end(self, intent: str) -> None:
        name, _, new = json.loads(intent)
        self._client.expire(self._keys.page(new).step(name), _KEPT_S)
        # Not another's, which may have begun since.
        self._client.eval(_FORGET, 1, self._keys.move, intent)


class MoveRefused(ChangeRefused):
    """A move cannot be made, and is over: both pages are as they were."""


def _spelled(page: Sequence[Any]) -> Iterator[str]:
    """Spell what a page holds as the script reads it."""
    total, undated, hits, visitors, sketches = page
    yield total
    yield undated or ""
    for years in (hits, visitors):
        yield str(sum(len(days) for _, days in years) // 2)
        for year, days in years:
            for day, number in zip(days[::2], days[1::2], strict=True):
                yield from (year, day, number)
    yield from sketches

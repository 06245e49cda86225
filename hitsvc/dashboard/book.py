"""What the operator asks of the store on the web, in one place for people and programs."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from redis.exceptions import RedisError, ResponseError

from hitsvc.admin import (
    Changes,
    Finding,
    Histories,
    History,
    Kept,
    Overviews,
    RankedPart,
    Ranks,
    Reader,
    Removal,
    Step,
    Sums,
    Undo,
    Wish,
    export_of,
    fill_of,
)
from hitsvc.counting import Day, Fill, Keys, utc_day
from hitsvc.dashboard.done import Done, NoSuchPage, hits_in_words, pages_in_words
from hitsvc.errors import ChangeRefused

_NO_SUCH_PAGE = "no such page has hits; nothing was changed"
# How many sites one part of a list looks at.
_MAX_SITES = 500
# As the scripts of changes do, on a key that nobody else has.
_PROBE = (
    "redis.call('SET', KEYS[1], '1', 'EX', '1') return redis.call('UNLINK', KEYS[1])"
)


class Book:
    """The counts of one store, for as long as a client is open.

    Attributes:
        histories: Reads pages' numbers.
        reader: Reads the lists.
        sums: What is kept of sites' sums.
        overviews: What is kept of the sums of all.
        today: Tells the day.
    """

    def __init__(
        self,
        client: Any,
        keys: Keys,
        sleep: Callable[[float], None] = time.sleep,
        today: Callable[[], Day] = utc_day,
    ) -> None:
        """Open it.

        Args:
            client: As `hitsvc.admin.open_client` makes it.
            keys: What things are called.
            sleep: Waits for so many seconds.
            today: Tells the day.
        """
        self._client = client
        self._keys = keys
        self.today = today
        self.histories = Histories(client, keys, today)
        self.reader = Reader(client, keys)
        self.sums = Sums(client, keys, today=today)
        self.overviews = Overviews(client, keys, today=today)
        self._ranks = Ranks(client, keys, today)
        self._changes = Changes(client, keys, sleep=sleep)
        self._removal = Removal(client, keys, sleep=sleep, today=today)
        self._undo = Undo(client, keys)

    def why_read_only(self) -> str:
        """Tell why nothing can be changed; empty if it can."""
        try:
            self._client.eval(_PROBE, 1, self._keys.undo("probe"))
        except ResponseError as ex:
            return str(ex)
        except RedisError as ex:
            return f"the store does not answer ({ex})"
        return ""

    def has_fresh_sums(self) -> bool:
        """Tell whether the sums of all need not be made again."""
        return self.overviews.are_fresh()

    def fill(self) -> Fill | None:
        """Tell how full the store is; `None` if it does not say."""
        fill = fill_of(self._client)
        return fill if fill != Fill() else None

    def refused(self) -> list[tuple[str, int]]:
        """Name the sites that are not counted, and how often they asked."""
        found = self._client.zrevrange(self._keys.refused, 0, 9, withscores=True)
        return [(site, int(times)) for site, times in found]

    def any_page(self) -> str:
        """Name a page that was counted; empty if there is none."""
        for site in self.reader.sites():
            for page in self.reader.pages(site):
                return page
        return ""

    def examined(
        self, examine: Callable[[Any, Keys], Sequence[Finding]]
    ) -> Sequence[Finding]:
        """Examine the store."""
        return examine(self._client, self._keys)

    def part(
        self, site: str, query: str, at: tuple[int, str], limit: int
    ) -> tuple[list[History], str]:
        """Read a part of the list of pages, of one site or of one after the other.

        Args:
            site: Whose pages; empty: everybody's.
            query: Only those with this text in their address.
            at: Where it goes on: a number of SSCAN's, and a site.
            limit: About how many.

        Returns:
            The pages, and the cursor of the next part, empty if this was the last.
        """
        cursor, here = at
        sites = [site] if site else [s for s in self.reader.sites() if s >= here]
        found: list[History] = []
        for place, name in enumerate(sites):
            part = self.reader.part(name, search=query, cursor=cursor, size=limit)
            found += self.histories.of([listed.page for listed in part.pages])
            cursor = part.cursor
            if cursor:
                return found, f"{cursor}.{name}"
            enough = len(found) >= limit or place >= _MAX_SITES
            if enough and place + 1 < len(sites):
                return found, f"0.{sites[place + 1]}"
        return found, ""

    def ranked(self, wish: Wish) -> tuple[list[History], RankedPart] | None:
        """Read a part of an order of all pages.

        Args:
            wish: Which.

        Returns:
            The pages of the part, with their numbers of now, and what is known of it; `None`
            until they have been added up. Those that are gone are left out.
        """
        part = self._ranks.part(wish)
        return part and (self.histories.of(part.pages), part)

    def use_once(self, number: str, life_s: int) -> bool:
        """Take what may be used once; False if somebody has."""
        name = self._keys.used_code(number)
        return bool(self._client.set(name, "1", nx=True, ex=life_s))

    def set(self, page: str, total: int) -> Done:
        """Let a page have so many hits; see `Changes.set`."""
        before, after = self._changes.set(page, total)
        step = Step("add", page, before - after)
        facts = {"page": page, "before": before, "after": after}
        text = f"set {page}: {before:,} -> {after:,}"
        return Done(text, facts, self._undo.keep(step))

    def add(self, page: str, hits: int, day: date | None) -> Done:
        """Add hits to a page, or take some away; see `Changes.add`."""
        before, after = self._changes.add(page, hits, day, self.today().date)
        step = Step("add", page, -hits, str(day or ""))
        facts = {"page": page, "before": before, "after": after}
        when = f" on {day}" if day else ""
        text = f"added {hits:,} to {page}{when}: {before:,} -> {after:,}"
        return Done(text, facts, self._undo.keep(step))

    def move(self, old: str, new: str) -> Done:
        """Give a page's hits to another; see `Changes.move`."""
        merges = old != new and bool(self.reader.totals([new]))
        kept = Kept(self._undo, "none", to=new)
        moved, there = self._changes.move(old, new, kept if merges else None)
        after = moved + there
        facts = {
            "page": old,
            "to": new,
            "moved": moved,
            "before": there,
            "after": after,
        }
        text = f"moved {moved:,} of {old} to {new}: {there:,} -> {after:,}"
        if merges:
            return Done(text, facts, "", kept.id, export_of(kept.rows))
        return Done(text, facts, self._undo.keep(Step("move", new, to=old)))

    def reset(self, pages: Sequence[str]) -> Done:
        """Let pages begin again at 0; see `Removal.reset`."""
        return self._remove("reset", pages)

    def delete(self, pages: Sequence[str]) -> Done:
        """Remove pages; see `Removal.delete`."""
        return self._remove("deleted", pages)

    def undo(self, number: str) -> Done:
        """Take a change back, once."""
        step = self._undo.run(number)
        hits = sum(row.hits for row in step.rows) or step.hits
        pages = sorted({row.url for row in step.rows} or {step.page})
        facts = {"pages": len(pages), "hits": hits}
        if step.kind == "move":
            return Done(f"moved {step.page} back to {step.to}", facts)
        if step.kind == "add":
            return Done(f"taken back: {hits:+,} hits of {step.page}", facts)
        return Done(f"put back {hits_in_words(hits)} of {pages_in_words(pages)}", facts)

    def export(self, number: str) -> bytes | None:
        """Return what was removed, as an export; `None` if it is gone."""
        step = self._undo.look(number)
        return export_of(step.rows) if step and step.rows else None

    def _remove(self, word: str, pages: Sequence[str]) -> Done:
        if not self.reader.totals(pages):
            raise NoSuchPage(_NO_SUCH_PAGE)
        kept = Kept(self._undo)
        work = self._removal.reset if word == "reset" else self._removal.delete
        removed = work(pages, kept)
        if removed.refused and not removed.pages:  # none could be read
            raise ChangeRefused(removed.refused[0])
        facts = {
            "pages": removed.pages,
            "hits": removed.hits,
            "refused": removed.refused,
        }
        text = f"{word} {pages_in_words(pages)}: {hits_in_words(removed.hits)}"
        return Done(text, facts, kept.id, kept.id, export_of(kept.rows))

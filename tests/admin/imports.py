"""What the tests of imports and exports share."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from hitsvc.admin.importers import LeftOut, Row
from hitsvc.admin.importing import Import, Mode, Outcome
from hitsvc.counting import Keys

KEYS = Keys("hits:")
A, B = KEYS.page("a.example"), KEYS.page("b.example/x")
NOW = "2026-11-25 12:00 UTC"
UNTIL = date(2026, 11, 26)


def rows(*given: tuple[str, str, int]) -> list[Row]:
    """Make rows of page, day (or nothing) and hits."""
    return [
        Row(url, date.fromisoformat(day) if day else None, hits)
        for url, day, hits in given
    ]


def run(
    client: Any,
    given: Iterable[Row],
    left_out: LeftOut | None = None,
    *,
    mode: Mode = "add",
    name: str = "one",
    dry_run: bool = False,
    again: bool = False,
    batch_rows: int = 400,
    rules: str = "",
) -> Outcome:
    """Import rows."""
    work = Import(
        client,
        KEYS,
        name,
        left_out or LeftOut(),
        mode=mode,
        until=UNTIL,
        dry_run=dry_run,
        again=again,
        batch_rows=batch_rows,
        rules=rules,
    )
    return work.run(given, NOW)


def pages(client: Any) -> dict[str, Any]:
    """Return all that a store holds of pages, and the index."""
    read = {"string": client.get, "hash": client.hgetall, "set": client.smembers}
    return {
        name: read[client.type(name)](name)
        for name in client.keys("*")
        if ":jobs:" not in name and ":m:" not in name and name != KEYS.lock
    }


def lasting(client: Any, pattern: str = "*") -> list[str]:
    """Name what a store holds, but for marks of moves and imports that expire."""
    return [
        name
        for name in client.keys(pattern)
        if ":m:" not in name or client.ttl(name) == -1
    ]


def adds_up(client: Any) -> None:
    """Hold every page to the rule: years and undated are the total."""
    for name in client.keys("hits:{*}"):
        days = [client.hvals(year) for year in client.keys(f"{name}:d:[1-9]*")]
        parts = sum(int(hits) for year in days for hits in year)
        parts += int(client.get(f"{name}:d:0") or 0)
        assert int(client.get(name)) == parts, name

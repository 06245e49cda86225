"""Reads GoatCounter's CSV: one line a view, in version 1 or 2.

The header's first character is the version. Columns are found by their names: version
1 had several sets of them.
"""

from collections.abc import Iterator
from datetime import datetime

from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import Row
from hitsvc.admin.importers.shape import NO_DAY, Shaper
from hitsvc.admin.importers.source import Source
from hitsvc.admin.importers.tables import column_numbers, records

VERSIONS = ("1", "2")
COLUMNS = ("Path", "Event", "Bot", "FirstVisit", "Date")
EVENT = "an event, no page"
BOT = "a bot, as GoatCounter says"
LATER_VIEW = "a later view of the same visit"
SHORT = "too few columns"
# Documented as true and false, written as 1 and 0.
_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO_BOT = frozenset({"", "0"})


def csv_rows(source: Source, shaper: Shaper, *, visits_only: bool) -> Iterator[Row]:
    """Read the rows.

    Args:
        source: The file.
        shaper: Makes the rows.
        visits_only: Count the first view of each visit alone.

    Raises:
        ImportRefused: It is no such export, or does not tell first views.
    """
    name, lines = source.name, records(source)
    path_at, event_at, bot_at, first_at, date_at = _columns(source, lines)
    if visits_only and first_at < 0:
        msg = f"{name} is of an early version that does not tell first views"
        raise ImportRefused(msg)
    for line, record in lines:
        if len(record) <= max(path_at, event_at, bot_at, first_at, date_at):
            if record:
                shaper.leave_out(SHORT, ",".join(record), name, line, 1)
            continue
        path = record[path_at]
        if why := _unwanted(
            path,
            event=record[event_at],
            bot=record[bot_at],
            first=record[first_at] if visits_only else "1",
        ):
            shaper.leave_out(why, path, name, line, 1)
            continue
        moment = _moment(record[date_at])
        day = moment and shaper.day_at(moment)
        if day is None:
            shaper.leave_out(NO_DAY, record[date_at], name, line, 1)
        elif row := shaper.row(path, day, 1, name, line, path=path):
            yield row


def _unwanted(path: str, *, event: str, bot: str, first: str) -> str:
    if event.lower() in _YES or not path.startswith("/"):
        return EVENT
    if bot not in _NO_BOT:
        return BOT
    return "" if first.lower() in _YES else LATER_VIEW


def _columns(source: Source, lines: Iterator[tuple[int, list[str]]]) -> list[int]:
    header = next(lines, (0, [""]))[1] or [""]
    version, first = header[0][:1], header[0][1:]
    if first != "Path":
        msg = f"{source.name} is not GoatCounter's CSV: its first line has no Path"
        raise ImportRefused(msg)
    if version not in VERSIONS:
        msg = f"{source.name} has version {version}; versions 1 and 2 can be read"
        raise ImportRefused(msg)
    numbers = column_numbers([first, *header[1:]], COLUMNS)
    for column, number in zip(COLUMNS, numbers, strict=True):
        if number < 0 and column != "FirstVisit":
            msg = f"{source.name} has no column {column}"
            raise ImportRefused(msg)
    return numbers


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

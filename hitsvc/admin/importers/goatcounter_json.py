"""Reads GoatCounter's JSON: a ZIP file with paths, and their visits by hour.

The hours are UTC, each once for every referrer. It has visits, not views, and not what
GoatCounter itself had imported. An export is always whole, so two of them repeat days.
"""

from collections.abc import Iterator
from datetime import date, datetime

from hitsvc.admin.importers.archive import Archive
from hitsvc.admin.importers.goatcounter_csv import EVENT
from hitsvc.admin.importers.json_lines import json_lines_of, json_of
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import Row, whole
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, Shaper
from hitsvc.admin.importers.source import MAX_LINE_BYTES, Source

VISITS = "these are visits: GoatCounter's JSON has no views"
NO_PATH = "a path_id that is not in paths.jsonl"
NO_LINE = "no line of GoatCounter's JSON"
MAX_PATHS = 2_000_000
_NEEDED = ("info.json", "paths.jsonl", "hit_stats.jsonl")


def json_rows(
    source: Source, shaper: Shaper, *, max_paths: int = MAX_PATHS
) -> Iterator[Row]:
    """Read the rows.

    Args:
        source: The file.
        shaper: Makes the rows.
        max_paths: How many paths may be in memory.

    Raises:
        ImportRefused: It is no such export.
    """
    with Archive.opened(source) as archive:
        info, paths_name, stats_name = _members(archive)
        _check_version(archive, info)
        paths = _paths(archive, paths_name, shaper, max_paths)
        shaper.left_out.note(f"{source.name}: {VISITS}")
        label = archive.label(stats_name)
        with archive.open(stats_name) as content:
            for line, text, value in json_lines_of(content, label):
                found = _stat(value)
                if found is None:
                    shaper.leave_out(NO_LINE, text, label, line)
                    continue
                path = paths.get(found[0])
                if row := _row(shaper, path, found, (label, line, text)):
                    yield row


_Stat = tuple[int, str, int | None]


def _row(
    shaper: Shaper, path: str | None, stat: _Stat, place: tuple[str, int, str]
) -> Row | None:
    _, hour, hits = stat
    label, line, text = place
    if hits is None or hits < 0:
        shaper.leave_out(NO_HITS, text, label, line, hits or 0)
        return None
    if not path:
        shaper.leave_out(NO_PATH if path is None else EVENT, text, label, line, hits)
        return None
    day = _day(hour, shaper)
    if day is None:
        shaper.leave_out(NO_DAY, text, label, line, hits)
        return None
    return shaper.row(path, day, hits, label, line, path=path)


def _stat(value: object) -> _Stat | None:
    if not isinstance(value, dict):
        return None
    path_id, hour = whole(value.get("path_id")), value.get("hour")
    if path_id is None or not isinstance(hour, str):
        return None
    return path_id, hour, whole(value.get("count"))


def _day(hour: str, shaper: Shaper) -> date | None:
    try:
        return shaper.day_at(datetime.fromisoformat(hour))
    except ValueError:
        return None


def _paths(
    archive: Archive, member: str, shaper: Shaper, max_paths: int
) -> dict[int, str]:
    """Return the paths by their ids; an empty one for what is no page."""
    label = archive.label(member)
    paths: dict[int, str] = {}
    with archive.open(member) as content:
        for line, text, value in json_lines_of(content, label):
            path_id = whole(value.get("id")) if isinstance(value, dict) else None
            path = value.get("path") if isinstance(value, dict) else None
            if path_id is None or not isinstance(path, str):
                shaper.leave_out(NO_LINE, text, label, line)
                continue
            event = isinstance(value, dict) and value.get("event")
            paths[path_id] = "" if event or not path.startswith("/") else path
            if len(paths) > max_paths:
                msg = f"{label} has more than {max_paths:,} paths"
                raise ImportRefused(msg)
    return paths


def _members(archive: Archive) -> list[str]:
    """Find the files; they are in a directory named after the export."""
    found = []
    for needed in _NEEDED:
        names = [name for name in archive.names if name.rpartition("/")[2] == needed]
        if len(names) != 1:
            msg = f"{archive.name} is not GoatCounter's JSON export: no {needed} in it"
            raise ImportRefused(msg)
        found += names
    return found


def _check_version(archive: Archive, member: str) -> None:
    with archive.open(member) as content:
        info = json_of(content.read(MAX_LINE_BYTES).decode("utf-8", "replace"))
    version = info.get("export_version") if isinstance(info, dict) else None
    if version not in (1, 1.0, "1", "1.0"):
        msg = f"{archive.label(member)}: version 1.0 can be read, not {version}"
        raise ImportRefused(msg)

"""Reads Plausible's CSV export: a ZIP file, or ``imported_pages_….csv`` out of it."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from hitsvc.admin.importers.archive import Archive
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import Row, day_of, hits_of
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, Shaper
from hitsvc.admin.importers.source import Source
from hitsvc.admin.importers.tables import column_numbers, records_of

COLUMNS = ("date", "hostname", "page", "pageviews")
EMPTY = "it has no pages: Plausible's export is empty if only events were sent"
NO_PAGE = "no path where the page should be"
SHORT = "too few columns"
_PAGES = re.compile(r"(?:.*/)?imported_pages(?:_\d{8}_\d{8})?\.csv", re.DOTALL)


class Plausible:
    """Reads its pages, with their hosts, days and views."""

    def __init__(self, source: Source, shaper: Shaper) -> None:
        """Remember the file and what shapes its rows."""
        self._source = source
        self._shaper = shaper
        self._any = False

    def rows(self) -> Iterator[Row]:
        """Read the rows.

        Raises:
            ImportRefused: It is no such export.
        """
        if self._source.is_zip():
            with Archive.opened(self._source) as archive:
                for member in self._members(archive):
                    with archive.open(member) as content:
                        yield from self._read(content, archive.label(member))
        else:
            with self._source.open() as content:
                yield from self._read(content, self._source.name)
        if not self._any:
            self._shaper.left_out.note(f"{self._source.name}: {EMPTY}")

    def _members(self, archive: Archive) -> list[str]:
        members = [name for name in archive.names if _PAGES.fullmatch(name)]
        if not members:
            msg = (
                f"{archive.name} has no imported_pages_….csv: take the export of the "
                "site's settings, not the one of the dashboard, which is cut short"
            )
            raise ImportRefused(msg)
        return members

    def _read(self, content: BinaryIO, label: str) -> Iterator[Row]:
        shaper, lines = self._shaper, records_of(content, label)
        date_at, host_at, page_at, views_at = _columns(lines, label)
        for line, record in lines:
            if len(record) <= max(date_at, host_at, page_at, views_at):
                if record:
                    shaper.leave_out(SHORT, ",".join(record), label, line)
                continue
            self._any = True
            host = record[host_at] if host_at >= 0 else ""
            page, views = record[page_at], hits_of(record[views_at])
            day = day_of(record[date_at])
            if views is None or views < 0:
                shaper.leave_out(NO_HITS, page, label, line, views or 0)
            elif day is None:
                shaper.leave_out(NO_DAY, record[date_at], label, line, views)
            elif not page.startswith("/"):
                shaper.leave_out(NO_PAGE, page, label, line, views)
            elif row := shaper.row_at(host, page, day, views, label, line):
                yield row


def _columns(lines: Iterator[tuple[int, list[str]]], label: str) -> list[int]:
    """Find the columns: they may stand in any order, and the host's may be missing."""
    numbers = column_numbers(next(lines, (0, [""]))[1], COLUMNS)
    for column, number in zip(COLUMNS, numbers, strict=True):
        if number < 0 and column != "hostname":
            msg = (
                f"{label} has no column {column}: it is not Plausible's imported_pages"
            )
            raise ImportRefused(msg)
    return numbers

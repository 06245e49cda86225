"""Our own format: CSV or NDJSON of ``url,day,hits``, with a version and an end.

The first line says the version, the last how many rows there are, so that a file that
was cut off is refused: of its last row a number may be half there, and the whole file would
be another import. Both may be missing from a file that another program wrote, and exports
may follow one another in a file::

    # hitsvc 1                      {"hitsvc": 1}
    url,day,hits                    {"url":"example.com","day":"2026-03-01","hits":7}
    example.com,2026-03-01,7        {"url":"example.com","day":null,"hits":12}
    example.com,,12                 {"rows": 2}
    # rows 2
"""

import re
from collections.abc import Iterator

from hitsvc.admin.importers.json_lines import json_lines
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import Row, day_of, hits_of, whole
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, Shaper
from hitsvc.admin.importers.source import Source
from hitsvc.admin.importers.tables import column_numbers, records

VERSION = 1
COLUMNS = ("url", "day", "hits")
CUT_OFF = (
    "it does not end with the number of its rows, so it was cut off or changed; without "
    "its first line it is imported as it is"
)
NO_ROW = "no row of url, day and hits"
_COMMENT = re.compile(r"# ?(hitsvc|rows) (\d{1,16})")


class OwnFormat:
    """Reads a file of ours, whichever of the two forms it has."""

    def __init__(self, source: Source, shaper: Shaper) -> None:
        """Remember the file and what shapes its rows."""
        self._source = source
        self._shaper = shaper
        self._rows = 0  # since a version or an end was read
        self._ended = False
        self._versioned = False
        self._whole = True
        self._ours = False  # JSON: there is a row, or a version

    def rows(self) -> Iterator[Row]:
        """Read the rows.

        Raises:
            ImportRefused: It is no such file, or of a newer version, or cut off.
        """
        json = self._source.head().lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        yield from self._from_json() if json else self._from_csv()
        self._see_the_end()
        if self._versioned and not self._whole:
            msg = f"{self._source.name}: {CUT_OFF}"
            raise ImportRefused(msg)

    def _from_csv(self) -> Iterator[Row]:
        name, shaper = self._source.name, self._shaper
        lines = records(self._source)
        url_at, day_at, hits_at = self._columns(lines)
        header = list(COLUMNS)
        for line, record in lines:
            if record == header:  # of an export that follows another
                continue
            try:
                url, hits_text = record[url_at], record[hits_at]
                day_text = record[day_at] if day_at >= 0 else ""
            except IndexError:
                if record:
                    self._comment(record, line)
                continue
            self._rows += 1
            hits = hits_of(hits_text)
            day = day_of(day_text) if day_text else None
            if hits is None:
                shaper.leave_out(NO_HITS, ",".join(record), name, line)
            elif day_text and day is None:
                shaper.leave_out(NO_DAY, ",".join(record), name, line, hits)
            elif row := shaper.row(url, day, hits, name, line):
                yield row

    def _columns(self, lines: Iterator[tuple[int, list[str]]]) -> list[int]:
        for line, record in lines:
            if not record or record[0].startswith("#"):
                self._comment(record, line)
                continue
            numbers = column_numbers(record, COLUMNS)
            if numbers[0] >= 0 and numbers[2] >= 0:
                return numbers
            msg = (
                f"{self._source.name}, line {line}: the header url,day,hits is missing"
                f"{_hint(record)}"
            )
            raise ImportRefused(msg)
        msg = f"{self._source.name} is empty: there is no header url,day,hits"
        raise ImportRefused(msg)

    def _comment(self, record: list[str], line: int) -> None:
        text = ",".join(record)
        found = _COMMENT.fullmatch(text)
        if found and found[1] == "hitsvc":
            self._version(int(found[2]))
        elif found:
            self._end(int(found[2]))
        elif text and not text.startswith("#"):
            self._shaper.leave_out(NO_ROW, text, self._source.name, line)

    def _from_json(self) -> Iterator[Row]:
        name, shaper = self._source.name, self._shaper
        for line, text, value in json_lines(self._source):
            if not isinstance(value, dict):
                shaper.leave_out(NO_ROW, text, name, line)
            elif "hitsvc" in value:
                self._version(whole(value["hitsvc"]))
            elif "rows" in value and "url" not in value:
                self._end(whole(value["rows"]))
            else:
                self._rows += 1
                self._ours |= "url" in value
                if row := self._from_object(value, text, line):
                    yield row
        if not self._ours:
            msg = f"{name} has JSON, but {NO_ROW} in any line"
            raise ImportRefused(msg)

    def _from_object(
        self, value: dict[str, object], text: str, line: int
    ) -> Row | None:
        name, shaper = self._source.name, self._shaper
        url, day_text = value.get("url"), value.get("day")
        hits = whole(value.get("hits"))
        day = day_of(day_text) if isinstance(day_text, str) else None
        if hits is None or not isinstance(url, str):
            shaper.leave_out(NO_ROW, text, name, line)
        elif day is None and day_text is not None and day_text != "":
            shaper.leave_out(NO_DAY, text, name, line, hits)
        else:
            return shaper.row(url, day, hits, name, line)
        return None

    def _end(self, rows: int | None) -> None:
        self._whole &= rows == self._rows
        self._rows, self._ended = 0, True

    def _see_the_end(self) -> None:
        """Judge what was read since a version or an end: nothing may follow an end."""
        self._whole &= self._ended and not self._rows

    def _version(self, version: int | None) -> None:
        if self._versioned:
            self._see_the_end()
        self._versioned, self._ended, self._ours = True, False, True
        if version != VERSION:
            msg = (
                f"{self._source.name} has version {version} of our format, and this "
                f"program reads version {VERSION}: update it"
            )
            raise ImportRefused(msg)


def _hint(record: list[str]) -> str:
    """Say what a file may be whose first line is no header of ours."""
    if record == ["x", "y"]:
        return " (umami's own export has visitors instead of views: ask its database)"
    if record[0].strip() == "[" or record[0].lstrip().startswith("[{"):
        return " (it is a JSON array: write an object a line, as jq -c '.[]' does)"
    return ""

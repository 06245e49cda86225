"""Reads what GoatCounter exports: its CSV, or the ZIP file of its JSON."""

from collections.abc import Iterator

from hitsvc.admin.importers.goatcounter_csv import csv_rows
from hitsvc.admin.importers.goatcounter_json import json_rows
from hitsvc.admin.importers.rows import Row
from hitsvc.admin.importers.shape import Shaper
from hitsvc.admin.importers.source import Source


class GoatCounter:
    """Reads either form."""

    def __init__(
        self, source: Source, shaper: Shaper, *, visits_only: bool = False
    ) -> None:
        """Remember the file and what shapes its rows.

        Args:
            source: The file.
            shaper: Makes the rows.
            visits_only: Count what its dashboard counts: the first view of a visit.
                The JSON has nothing else.
        """
        self._source = source
        self._shaper = shaper
        self._visits_only = visits_only

    def rows(self) -> Iterator[Row]:
        """Read the rows.

        Raises:
            ImportRefused: It is no such export.
        """
        if self._source.is_zip():
            return json_rows(self._source, self._shaper)
        return csv_rows(self._source, self._shaper, visits_only=self._visits_only)

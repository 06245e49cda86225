"""Where tests save what commands remove."""

from collections.abc import Iterable

from hitsvc.admin.importers import Row


class Kept:
    """Keeps rows in memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rows: list[Row] = []
        self.late: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Keep rows."""
        self.rows += rows

    def more(self, rows: list[Row]) -> None:
        """Keep late ones."""
        self.late += rows

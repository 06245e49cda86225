"""Reads access logs: each view of a page is a hit of its day.

Every line may be of another of the known forms; they are told apart by themselves.
"""

from collections.abc import Callable, Iterator

from hitsvc.admin.importers.combined_log import combined_request, is_logged
from hitsvc.admin.importers.json_logs import json_request
from hitsvc.admin.importers.page_requests import path_of, why_no_view
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.requests import Request
from hitsvc.admin.importers.rows import Row
from hitsvc.admin.importers.shape import NO_DAY, Shaper
from hitsvc.admin.importers.source import Source

NO_LINE = "no request of a known form"
TOO_LONG = "a line that is too long"
BOT = "a declared bot"


class AccessLog:
    """Reads its views."""

    def __init__(
        self,
        source: Source,
        shaper: Shaper,
        is_bot: Callable[[str], bool],
    ) -> None:
        """Remember the file and what shapes its rows.

        Args:
            source: The file.
            shaper: Makes the rows; its zone is the one of the days.
            is_bot: Tells a declared bot by its user agent.
        """
        self._source = source
        self._shaper = shaper
        self._is_bot = is_bot
        self._is_log = False

    def rows(self) -> Iterator[Row]:
        """Read the rows, each of one hit.

        Raises:
            ImportRefused: The file cannot be read, or is no log of a known form.
        """
        name, shaper = self._source.name, self._shaper
        for number, line in self._source.lines():
            if line is None:
                shaper.leave_out(TOO_LONG, "", name, number, 1)
                continue
            text = line.decode("utf-8", "surrogateescape").strip()
            if text and (row := self._row(text, name, number)):
                yield row
        if shaper.left_out.rows and not self._is_log:
            msg = (
                f"{name} is no access log of a known form: no line is a request. "
                "docs/importing.md has the forms"
            )
            raise ImportRefused(msg)

    def _row(self, text: str, name: str, number: int) -> Row | None:
        read = json_request if text.startswith("{") else combined_request
        request = read(text)
        self._is_log = self._is_log or request is not None or is_logged(text)
        why = why_no_view(request) if request else NO_LINE
        if not why and request and request.agent and self._is_bot(request.agent):
            why = BOT
        if why or not request:
            # Without the client's address, where it can be told apart.
            example = _example(request) if request else text
            self._shaper.leave_out(why, example, name, number, 1)
            return None
        day = request.moment and self._shaper.day_at(request.moment)
        if day is None:
            self._shaper.leave_out(NO_DAY, _example(request), name, number, 1)
            return None
        path = path_of(request.target)
        return self._shaper.row_at(request.host, path, day, 1, name, number)


def _example(request: Request) -> str:
    return f"{request.method} {request.host}{request.target} {request.status}"

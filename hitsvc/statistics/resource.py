"""Falcon resources of the statistics: ``/p/HOST/PATH`` and ``/p?url=…``."""

import csv
import io
from typing import Any
from urllib.parse import quote

import falcon
from falcon.asgi import Request, Response

from hitsvc.counter import HitCounter
from hitsvc.counting import Calendar
from hitsvc.drawing import readable
from hitsvc.request import TargetFinder
from hitsvc.shell import HTML, Asset, Door, Shell, path_as_sent
from hitsvc.statistics import figures, plot, words
from hitsvc.statistics.address import has_path, named, stats_path
from hitsvc.statistics.history import History, read_history
from hitsvc.statistics.periods import PERIODS, USUAL, period

_A_MINUTE = "public, max-age=60"
_NOBODY_ELSES = "private, no-store"
_CSV = "text/csv; charset=utf-8"
_SCHEMES = {True: "http", False: "https"}


class _Statistics:
    """Shows the statistics of a page."""

    def __init__(
        self,
        shell: Shell,
        counter: HitCounter,
        targets: TargetFinder,
        door: Door,
        calendar: Calendar,
    ) -> None:
        """Prepare.

        Args:
            shell: The frame of the page.
            counter: Where the counts are.
            targets: Finds out which page is meant.
            door: Who may see it.
            calendar: Tells the time, in the zone of days.
        """
        self._shell = shell
        self._counter = counter
        self._targets = targets
        self._door = door
        self._calendar = calendar

    async def _show(self, req: Request, resp: Response, key: str) -> None:
        history = await read_history(self._counter, key)
        if req.get_param("as") == "csv":
            asset = Asset.for_one(_as_csv(history), _CSV, self._kept)
            asset.send(req, resp)
            return
        asked = req.get_param("period") or USUAL
        shown = asked if asked in PERIODS else USUAL
        self._send(req, resp, "statistics/page.html", **self._values(history, shown))

    def _send(self, req: Request, resp: Response, template: str, **values: Any) -> None:
        resp.set_header("X-Robots-Tag", "noindex")
        body = self._shell.render(template, path_as_sent(req), **values)
        Asset.for_one(body, HTML, self._kept).send(req, resp)

    @property
    def _kept(self) -> str:
        return _A_MINUTE if self._door.is_public else _NOBODY_ELSES

    def _values(self, history: History, shown: str) -> dict[str, Any]:
        """Return what the template shows."""
        now = self._calendar.now()
        key = history.key
        path = stats_path(key)
        link = f"{path}{'&' if '?' in path else '?'}period="
        return {
            "key": key,
            "name": readable(key),
            "address": f"{_SCHEMES[is_local(key)]}://{key}",
            "query": quote(key, safe=""),
            "path": path,
            "links": [(name, link + which, which) for which, name in PERIODS.items()],
            "shown": shown,
            "history": history,
            "period": period(history, shown),
            "change": figures.change(history, now),
            "best": figures.best_days(history),
            "weekdays": figures.weekdays(history),
            "plot": plot,
            "words": words,
            "now": now.strftime("%H:%M"),
            "zone": self._calendar.zone,
        }


class AnyStatistics(_Statistics):
    """Shows the statistics of a page, named by ``?url=``."""

    async def on_get(self, req: Request, resp: Response) -> None:
        """Lead to the page's own address; show it here if it has none, or ask for one."""
        self._door.open(req)
        if not req.params.get("url"):
            self._send(req, resp, "statistics/ask.html", here="p")
            return
        key = self._targets.find(req.params, "").key
        if has_path(key) and "as" not in req.params:
            asked = req.get_param("period") or ""
            resp.status = falcon.HTTP_303
            query = f"?period={quote(asked)}" if asked else ""
            resp.set_header("location", stats_path(key) + query)
            return
        await self._show(req, resp, key)

    on_head = on_get


class PageStatistics(_Statistics):
    """Shows the statistics of a page, named by the path."""

    async def on_get(self, req: Request, resp: Response, rest: str) -> None:
        """Show them."""
        del rest  # it is decoded
        self._door.open(req)
        path = self._shell.inside(path_as_sent(req)).removeprefix(b"/p/")
        query = req.scope["query_string"]
        key = self._targets.find({"url": named(path, query)}, "").key
        await self._show(req, resp, key)

    on_head = on_get


def is_local(key: str) -> bool:
    """Tell whether a page is on this computer, where there is no HTTPS."""
    host = key.partition("/")[0].partition(":")[0]
    return host == "localhost" or host.startswith(("127.", "["))


def _as_csv(history: History) -> bytes:
    """Write the hits of each day; those of no known day come first."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(("url", "day", "hits"))
    if rest := history.undated + history.earlier:
        write((history.key, "", rest))
    for day, hits in history.days.items():
        if hits:
            write((history.key, day.isoformat(), hits))
    return text.getvalue().encode()


def statistics_routes(
    shell: Shell,
    counter: HitCounter,
    targets: TargetFinder,
    door: Door,
    calendar: Calendar,
) -> dict[str, object]:
    """Say where statistics are; see `stats_path`."""
    parts = shell, counter, targets, door, calendar
    return {"/p": AnyStatistics(*parts), "/p/{rest:path}": PageStatistics(*parts)}

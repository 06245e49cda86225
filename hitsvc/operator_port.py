"""The operator's port: metrics, and readiness in detail.

Its app runs in a process of its own, which asks the store itself: what it says holds also
while no worker does anything.
"""

import asyncio
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import falcon.asgi
from falcon.asgi import Request, Response

from hitsvc import __version__
from hitsvc.answer import UNCACHED
from hitsvc.counter import HitCounter
from hitsvc.counting import FULL_ABOVE, Fill
from hitsvc.errors import CounterUnavailable
from hitsvc.metrics import CONTENT_TYPE, Board, Value, render
from hitsvc.settings import Settings
from hitsvc.store import StoreCheck, open_backend, open_store_check

_TEXT = "text/plain; charset=utf-8"
# Seconds for which the store is not asked again, however many ask us.
FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class StoreState:
    """How a store is.

    Attributes:
        name: Its kind, version and mode; empty if it does not say.
        trouble: Why hits cannot be counted; empty if they can.
        fill: How full it is; `None` if it does not say.
        warnings: What can lose counts.
    """

    name: str = ""
    trouble: str = ""
    fill: Fill | None = None
    warnings: list[str] = field(default_factory=list)


class StoreWatch:
    """Asks a store how it is, once a second at most."""

    def __init__(
        self,
        counter: HitCounter,
        check: StoreCheck,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            counter: Tries whether the store takes writes; closed with this object.
            check: Knows what the store says of itself; likewise.
            clock: Returns seconds that never go back.
        """
        self._counter = counter
        self._check = check
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known = StoreState()
        self._fresh_until = float("-inf")

    async def look(self) -> StoreState:
        """Return how the store is, or was a moment ago."""
        async with self._lock:
            if self._clock() >= self._fresh_until:
                self._known = await self._ask()
                self._fresh_until = self._clock() + FRESH_S
            return self._known

    async def _ask(self) -> StoreState:
        trouble, fill = "", None
        try:
            await self._counter.check()
        except CounterUnavailable as ex:
            trouble = str(ex)
        try:
            report = await self._check.report()
            info = await self._check.info()
        except CounterUnavailable as ex:
            return StoreState(trouble=trouble or str(ex))
        if info:
            fill = Fill.of(info)
        said = [report.unfit, *report.warnings, report.note]
        return StoreState(report.name, trouble, fill, [text for text in said if text])

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        """Close the connections; Falcon calls this at the end."""
        await self._counter.close()
        await self._check.close()


class Metrics:
    """All numbers, for Prometheus."""

    def __init__(self, board: Board, watch: StoreWatch) -> None:
        """Show this board, and what is known of the store."""
        self._board = board
        self._watch = watch

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Write them."""
        values = [*_service(self._board), *_store(await self._watch.look())]
        _say(resp, render(self._board, values), CONTENT_TYPE)

    on_head = on_get


class DetailedReadiness:
    """Whether hits can be counted now, and what the operator should know."""

    def __init__(
        self, board: Board, watch: StoreWatch, is_going: Callable[[], bool]
    ) -> None:
        """Judge by this board, what is known of the store, and what tells of a stop."""
        self._board = board
        self._watch = watch
        self._is_going = is_going

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Say so, with a fact a line."""
        store = await self._watch.look()
        workers = self._board.workers
        trouble = store.trouble or ("" if workers else "there is no worker")
        if self._is_going():
            trouble = "it was told to stop, and answers until then"
        if trouble:
            resp.status = falcon.HTTP_503
        lines = [
            f"not ready: {trouble}" if trouble else "ready",
            f"version: {__version__}",
            f"workers: {workers}",
            f"store: {store.name or 'does not answer'}",
            f"memory: {store.fill or 'not known'}",
            f"last failed batch: {_time(self._board.last_failure)}",
            *(f"warning: {text}" for text in store.warnings),
            "",
        ]
        _say(resp, "\n".join(lines), _TEXT)

    on_head = on_get


def create_operator_app(
    board: Board, watch: StoreWatch, is_going: Callable[[], bool] = lambda: False
) -> falcon.asgi.App[Any, Any]:
    """Build the app of the operator's port.

    Args:
        board: What it shows.
        watch: What knows the store.
        is_going: Tells whether the service was told to stop.
    """
    app = falcon.asgi.App[Any, Any](middleware=[watch])
    app.add_route("/metrics", Metrics(board, watch))
    app.add_route("/readyz", DetailedReadiness(board, watch, is_going))
    return app


def open_store_watch(settings: Settings) -> StoreWatch:
    """Make what looks after the store; nothing is connected yet.

    Raises:
        SettingsError: The store's URL is malformed.
    """
    counter = HitCounter(
        open_backend(settings.redis_url, settings.redis_timeout),
        key_prefix=settings.key_prefix,
        token_ttl_s=settings.cookie_timeout,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
    )
    check = open_store_check(settings.redis_url, settings.redis_timeout)
    return StoreWatch(counter, check)


def _service(board: Board) -> Iterator[Value]:
    yield Value("hitsvc_workers", "Worker processes that live.", board.workers)
    yield Value(
        "hitsvc_build_info",
        "Always 1; the labels tell the versions.",
        1,
        {"version": __version__, "python": platform.python_version()},
    )
    yield Value(
        "process_start_time_seconds",
        "When the service was started; counters begin at 0 then.",
        board.began,
    )


def _store(state: StoreState) -> Iterator[Value]:
    """Tell how the store is; what is not known is left out."""
    up = not state.trouble
    yield Value("hitsvc_store_up", "Whether the store takes writes: 1 or 0.", up)
    if not state.name:
        return
    yield Value(
        "hitsvc_store_warnings",
        "Things that can lose counts; /readyz on this port tells which.",
        len(state.warnings),
    )
    if (fill := state.fill) is None:
        return
    yield Value(
        "hitsvc_store_used_bytes",
        "Memory that counters take for good, with room for those of next year.",
        fill.used,
    )
    yield Value("hitsvc_store_limit_bytes", "The store's limit; 0 is none.", fill.limit)
    yield Value("hitsvc_store_used_ratio", "The used share of that limit.", fill.share)
    yield Value(
        "hitsvc_store_full",
        "Whether the store is so full that new pages are refused: 1 or 0.",
        fill.share > FULL_ABOVE,
    )


def _time(seconds: int) -> str:
    if not seconds:
        return "never"
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _say(resp: Response, text: str, content_type: str) -> None:
    resp.data = text.encode()
    resp.content_type = content_type
    resp.set_headers(UNCACHED)

"""The app of the operator's port.

It runs in a process of its own, which asks the store itself: what it says holds also
while no worker does anything.
"""

import platform
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import falcon.asgi
from falcon.asgi import Request, Response

from hitsvc import __version__
from hitsvc.answer import UNCACHED
from hitsvc.counting import FULL_ABOVE, Fill
from hitsvc.metrics import CONTENT_TYPE, Board, Value, render
from hitsvc.operator_port.store_watch import StoreState, StoreWatch

_TEXT = "text/plain; charset=utf-8"


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
            *_memory(store.fills),
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
    for name, trouble in state.nodes.items():
        if name:
            yield Value(
                "hitsvc_store_node_up",
                "Whether this primary of the cluster takes writes: 1 or 0.",
                not trouble,
                {"node": name},
            )
    for name, fill in state.fills.items():
        yield from _fill(fill, {"node": name} if name else {})


def _fill(fill: Fill, labels: Mapping[str, str]) -> Iterator[Value]:
    """Tell how full a store is, or a node of one."""
    yield Value(
        "hitsvc_store_used_bytes",
        "Memory that counters take for good, with room for those of next year.",
        fill.used,
        labels,
    )
    limit = "The store's limit; 0 is none."
    yield Value("hitsvc_store_limit_bytes", limit, fill.limit, labels)
    share = "The used share of that limit."
    yield Value("hitsvc_store_used_ratio", share, fill.share, labels)
    yield Value(
        "hitsvc_store_full",
        "Whether the store is so full that new pages are refused: 1 or 0.",
        fill.share > FULL_ABOVE,
        labels,
    )


def _memory(fills: Mapping[str, Fill]) -> list[str]:
    if not fills:
        return ["memory: not known"]
    return [
        f"memory at {name}: {fill}" if name else f"memory: {fill}"
        for name, fill in fills.items()
    ]


def _time(seconds: int) -> str:
    if not seconds:
        return "never"
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _say(resp: Response, text: str, content_type: str) -> None:
    resp.data = text.encode()
    resp.content_type = content_type
    resp.set_headers(UNCACHED)

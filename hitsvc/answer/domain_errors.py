"""Which status, title and sentence an error of the counter's own becomes."""

from collections.abc import Awaitable, Callable
from typing import Any

import falcon
from falcon.asgi import App, Request, Response

from hitsvc.answer.problems import Declined, ProblemSerializer
from hitsvc.errors import (
    CounterFull,
    CounterUnavailable,
    HitsError,
    InvalidURL,
    SiteNotCounted,
    TooManyNewPages,
    URLTooLong,
    VisitorsNotCounted,
)

Handler = Callable[[Request, Response, Any, dict[str, Any]], Awaitable[None]]

UNAVAILABLE = "the counter is unavailable; try again in a moment"
_RETRY_AFTER_S, _NEXT_MINUTE_S = 1, 60
# What the operator wants so; the error says all.
_DECLINED: dict[type[HitsError], str] = {
    CounterFull: "503 counter full",
    VisitorsNotCounted: "403 visitors not counted",
}


def add_problems(
    app: App[Request, Response],
    serializer: ProblemSerializer,
    refuse: Callable[[str], None],
    note: Callable[[HitsError], None] | None = None,
) -> None:
    """Make an app answer domain errors, and every other error, in our way.

    Args:
        app: The app.
        serializer: Renders them.
        refuse: Told the site of each page that is not counted.
        note: Told of each domain error that is answered.
    """

    async def on_site_not_counted(
        _req: Request, _resp: Response, ex: SiteNotCounted, _params: object
    ) -> None:
        site = str(ex)
        refuse(site)
        raise Declined(
            403,
            title="403 not counted here",
            description=f"pages of {site} are not counted here",
        )

    app.set_error_serializer(serializer)
    handlers: dict[type[HitsError], Handler] = {
        SiteNotCounted: on_site_not_counted,
        **dict.fromkeys(_DECLINED, _on_declined),
        TooManyNewPages: _on_too_many_new_pages,
        InvalidURL: _on_invalid_url,
        CounterUnavailable: _on_counter_unavailable,
    }
    for error, handler in handlers.items():
        app.add_error_handler(error, _noted(handler, note) if note else handler)


def _noted(handler: Handler, note: Callable[[HitsError], None]) -> Handler:
    async def on_error(
        req: Request, resp: Response, ex: Any, params: dict[str, Any]
    ) -> None:
        note(ex)
        await handler(req, resp, ex, params)

    return on_error


async def _on_invalid_url(
    _req: Request, _resp: Response, ex: InvalidURL, _params: object
) -> None:
    if isinstance(ex, URLTooLong):
        raise falcon.HTTPUriTooLong(title="414 URL too long", description=str(ex))
    raise falcon.HTTPBadRequest(title="400 invalid URL", description=str(ex))


async def _on_declined(
    _req: Request, _resp: Response, ex: HitsError, _params: object
) -> None:
    title = _DECLINED[type(ex)]
    raise Declined(int(title[:3]), title=title, description=str(ex))


async def _on_too_many_new_pages(
    _req: Request, _resp: Response, ex: TooManyNewPages, _params: object
) -> None:
    raise Declined(
        429,
        title="429 too many new pages",
        description=str(ex),
        headers={"retry-after": str(_NEXT_MINUTE_S)},
    )


async def _on_counter_unavailable(
    _req: Request, _resp: Response, _ex: CounterUnavailable, _params: object
) -> None:  # the log says why
    raise falcon.HTTPServiceUnavailable(
        title="503 unavailable",
        description=UNAVAILABLE,
        retry_after=_RETRY_AFTER_S,
    )

"""What the resources of counts have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hitsvc.badge import LookParser
from hitsvc.counter import HitCounter
from hitsvc.request import (
    CookieWriter,
    NewPages,
    SharedCookies,
    TargetFinder,
    TrustedProxies,
)


@dataclass(frozen=True, slots=True)
class Services:
    """What these resources have in common.

    Attributes:
        counter: Where the counts are.
        targets: Finds the page that a request means.
        new_pages: Tells whose new pages are too many.
        uncounted: Tells of an ASGI scope whether the visit is no view; `None` if each is.
        proxies: Who may say that the visitor uses HTTPS.
        looks: What query parameters say about a count's look.
        cookies: Writes the anti-refresh cookie.
        shared: Finds the cookie of those who visit many pages.
    """

    counter: HitCounter
    targets: TargetFinder
    new_pages: NewPages
    uncounted: Callable[[Mapping[str, Any]], bool] | None
    proxies: TrustedProxies
    looks: LookParser
    cookies: CookieWriter
    shared: SharedCookies

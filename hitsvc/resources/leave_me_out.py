"""The page on which a person asks this service not to count this browser's visits.

A form that needs no script. What it sets is a cookie, see `hitsvc.request.own_visits`.
"""

import falcon
from falcon.asgi import Request, Response

from hitsvc.answer import UNCACHED
from hitsvc.request import TrustedProxies, Visit, is_left_out, leave_out, the_only
from hitsvc.shell import HTML, SECURITY_HEADERS, Shell, path_as_sent

_TEMPLATE = "pages/leave-me-out.html"
_COUNTED = {
    "title": "Leave me out",
    "state": "Visits from this browser are counted.",
    "next": "1",
    "button": "Do not count me",
}
_LEFT_OUT = {
    "title": "You are left out",
    "state": "Visits from this browser see the numbers and do not raise them.",
    "next": "0",
    "button": "Count me again",
}
_OTHER_SITES = (
    "Browsers that keep the cookies of embedded images apart for each site, as Firefox and "
    "Safari do, do not send it there."
)
_PLAIN_HTTP = (
    "This page has come over plain HTTP, so browsers do not send it from other sites."
)


class LeaveMeOut:
    """Shows whether this browser is counted, and changes that."""

    def __init__(self, shell: Shell, proxies: TrustedProxies) -> None:
        """Prepare.

        Args:
            shell: The frame of the page.
            proxies: Who may say that the visitor uses HTTPS.
        """
        self._shell = shell
        self._proxies = proxies

    async def on_get(self, req: Request, resp: Response) -> None:
        """Show how it is."""
        visit = Visit(req.scope, self._proxies)
        words = _LEFT_OUT if is_left_out(visit) else _COUNTED
        limits = _OTHER_SITES if visit.secure else _PLAIN_HTTP
        resp.set_headers(dict(SECURITY_HEADERS))
        resp.set_headers(UNCACHED)
        resp.content_type = HTML
        path = path_as_sent(req)
        resp.data = self._shell.render(_TEMPLATE, path, **words, limits=limits)

    on_head = on_get

    async def on_post(self, req: Request, resp: Response) -> None:
        """Leave this browser out (``?off=1``), or count it again (``?off=0``)."""
        if not _is_ours(req):
            raise falcon.HTTPForbidden(
                title="403 asked by another page",
                description="only the page at this address may change this",
            )
        off = req.get_param("off")
        if off not in {"0", "1"}:
            raise falcon.HTTPBadRequest(description="add ?off=1 or ?off=0")
        secure = Visit(req.scope, self._proxies).secure
        cookie = leave_out(left_out=off == "1", secure=secure)
        resp.append_header("set-cookie", cookie)
        resp.set_headers(UNCACHED)
        resp.status = falcon.HTTP_303
        resp.set_header("location", req.path.rpartition("/")[2])


def _is_ours(req: Request) -> bool:
    """Tell whether our own page asks, or a program.

    APPSEC: Any site could have its visitors left out, else.
    """
    if site := req.get_header("Sec-Fetch-Site"):
        return site == "same-origin"
    # That is sent over HTTPS only; Origin is with every form.
    if not req.get_header("Origin"):
        return True
    origin = the_only(req.scope["headers"], b"origin")
    return origin.partition("://")[2] == req.get_header("Host", default="").lower()

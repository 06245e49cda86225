"""Signing in, by a token or a one-time code, and out."""

import falcon
from falcon.asgi import Request, Response

from hitsvc.access import CODE_LIFE_S, SESSION_LIFE_S, Keyring, Right
from hitsvc.answer import UNCACHED
from hitsvc.dashboard.gate import Session
from hitsvc.dashboard.web import Web, WebResource

_HERE = "admin/"


class ToHome(WebResource):
    """Leads to the dashboard, whose address ends with a slash."""

    async def on_get(self, req: Request, _resp: Response) -> None:
        """Redirect, by a relative address: what is in front of it is the proxy's."""
        self._web.gate.see_line(req)
        raise falcon.HTTPPermanentRedirect(_HERE)

    on_head = on_get


class SignIn(WebResource):
    """Takes a token, and gives a session for it."""

    def __init__(self, web: Web, keyring: Keyring) -> None:
        """Prepare; the keyring knows the tokens."""
        super().__init__(web)
        self._keyring = keyring

    async def on_post(self, req: Request, resp: Response) -> None:
        """Sign in."""
        form = await self._web.read_form(req)
        token = form.one("token").strip()
        right = self._keyring.tokens().right_of(token)
        if right is None:
            self._web.show(req, resp, "sign-in", None, problem="token")
            resp.status = falcon.HTTP_403
            return
        begin(self._web, req, resp, right)
        resp.set_headers(UNCACHED)
        resp.status = falcon.HTTP_303
        resp.set_header("location", self._web.way(req, "admin/"))


class SignOut(WebResource):
    """Ends a session, in this browser."""

    async def on_post(self, req: Request, resp: Response) -> None:
        """Sign out."""
        await self._web.form(req, Right.READ)
        resp.append_header("set-cookie", self._web.gate.cookie(req, "", 0))
        resp.set_headers(UNCACHED)
        resp.status = falcon.HTTP_303
        resp.set_header("location", self._web.way(req, "admin/"))


def begin(web: Web, req: Request, resp: Response, right: Right) -> Session:
    """Begin a session."""
    session = Session(right, web.sessions.begin(right))
    cookie = web.gate.cookie(req, session.text, SESSION_LIFE_S)
    resp.append_header("set-cookie", cookie)
    return session


async def open_by_code(web: Web, req: Request, resp: Response, code: str) -> None:
    """Sign in by a one-time code, which is used up.

    The page leads on by itself. A redirect would not do: the browser sends no strict
    cookie there if it came from another site, such as a mailbox.
    """
    found = web.sessions.open_code(code)
    if (
        req.method == "HEAD"
        or not found
        or not await web.desk.read(lambda book: book.use_once(found.id, CODE_LIFE_S))
    ):
        web.show(req, resp, "sign-in", None, problem="code")
        resp.status = falcon.HTTP_403
        return
    session = begin(web, req, resp, found.right)
    web.show(req, resp, "signed-in", session)

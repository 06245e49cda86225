"""What the operator's pages have in common: who may see them, forms, how they are sent."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import falcon
from falcon.asgi import Request, Response

from hitsvc.access import Right, Sessions
from hitsvc.answer import UNCACHED
from hitsvc.dashboard.bodies import refused
from hitsvc.dashboard.desk import Desk
from hitsvc.dashboard.gate import Gate, Session
from hitsvc.drawing import readable
from hitsvc.request import Identity, the_only
from hitsvc.shell import HTML, SECURITY_HEADERS, Shell, path_as_sent

WHO = "dashboard"
# APPSEC: a form has a page's address or twenty; the server takes no more than 24 KB.
_MAX_BYTES = 24 * 1024
_MAX_FIELDS = 200


class Form(dict[str, list[str]]):
    """What a form has sent."""

    def one(self, name: str) -> str:
        """Return a field's value; empty if it is not there.

        Raises:
            HTTPBadRequest: It is there more than once.
        """
        values = self.get(name, [])
        if len(values) > 1:
            msg = f"{name} is given more than once"
            raise refused(msg)
        return values[0] if values else ""


class Web:
    """The operator's pages' common ground."""

    def __init__(
        self,
        shell: Shell,
        gate: Gate,
        sessions: Sessions,
        desk: Desk,
        identity: Identity,
        base: str,
    ) -> None:
        """Prepare.

        Args:
            shell: The frame of the pages.
            gate: Lets the operator in.
            sessions: Makes and knows sessions.
            desk: Does the work.
            identity: What is one page.
            base: The path of a site below which the service is.
        """
        self.shell = shell
        self.gate = gate
        self.sessions = sessions
        self.desk = desk
        self.identity = identity
        self.base = base

    def show(
        self,
        req: Request,
        resp: Response,
        template: str,
        session: Session | None,
        **values: Any,
    ) -> None:
        """Send a page; nobody keeps it.

        Args:
            req: The request.
            resp: The response.
            template: Which page.
            session: Whose it is.
            **values: What it shows.
        """
        resp.set_headers(dict(SECURITY_HEADERS))
        resp.set_headers(UNCACHED)
        resp.content_type = HTML
        resp.data = self.shell.render(
            f"dashboard/{template}.html",
            path_as_sent(req),
            form_key=self.sessions.form_key(session.text) if session else "",
            may_write=bool(session and session.right is Right.WRITE),
            signed_in=session is not None,
            readable=readable,
            **values,
        )

    def session(self, req: Request) -> Session:
        """Return who is signed in; lead others to where they can.

        Raises:
            HTTPStatus: Nobody is.
            HTTPError: The line is not one to ask it over.
        """
        session = self.gate.session(req)
        if session is None:
            raise falcon.HTTPStatus(
                falcon.HTTP_303,
                headers={"location": self.way(req, "admin/"), **dict(UNCACHED)},
            )
        return session

    async def form(
        self, req: Request, need: Right = Right.WRITE
    ) -> tuple[Session, Form]:
        """Read a form that the session of whoever sends it was given.

        Raises:
            HTTPForbidden: It was not, or they may not do that.
            HTTPError: It is none.
        """
        form = await self.read_form(req)
        session = self.gate.session(req)
        if session is None or not self.sessions.is_form_key(
            session.text, form.one("form_key")
        ):
            raise falcon.HTTPForbidden(
                title="403 not from here",
                description="this form is not of your session; open the dashboard again",
            )
        if need is Right.WRITE and session.right is not Right.WRITE:
            raise falcon.HTTPForbidden(
                title="403 may only read",
                description="your token may read and change nothing",
            )
        return session, form

    async def read_form(self, req: Request) -> Form:
        """Read what one of our own pages has sent.

        Raises:
            HTTPError: It was another site's, or is no form.
        """
        self.gate.see_line(req)
        if not _is_ours(req):
            raise falcon.HTTPForbidden(
                title="403 not from here",
                description="only the pages of this dashboard may send this",
            )
        body = await req.stream.read(_MAX_BYTES + 1)
        try:
            fields = parse_qs(
                body[:_MAX_BYTES].decode("utf-8", "replace"),
                keep_blank_values=True,
                max_num_fields=_MAX_FIELDS,
            )
        except ValueError as ex:
            msg = "there are too many fields in this form"
            raise refused(msg) from ex
        return Form(fields)

    def way(self, req: Request, to: str) -> str:
        """Return the way from where a request is to one of our addresses."""
        return (self.shell.root(path_as_sent(req)) or "./") + to

    def keys(self, urls: Sequence[str]) -> list[str]:
        """Return the pages that are named, each once.

        Raises:
            InvalidURL: One is none.
        """
        return list(dict.fromkeys(map(self.identity.key, urls)))


class WebResource:
    """A page of the operator's.

    Attributes:
        is_closed: No page of another site may read its answers.
    """

    is_closed = True

    def __init__(self, web: Web) -> None:
        """Stand on common ground."""
        self._web = web


def params_of(req: Request) -> Mapping[str, str]:
    """Return the query; of what is there twice, nothing."""
    return {name: v for name, v in req.params.items() if isinstance(v, str)}


def _is_ours(req: Request) -> bool:
    """Tell whether one of our own pages asks. Browsers say so of every form."""
    if site := req.get_header("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = the_only(req.scope["headers"], b"origin")
    host = the_only(req.scope["headers"], b"host").lower()
    return bool(host) and origin.lower().partition("://")[2] == host

"""Who may come in: a program by its token, a person by the session in a cookie."""

from typing import NamedTuple

import falcon
from falcon.asgi import Request

from hitsvc.access import Keyring, Right, Sessions
from hitsvc.request import (
    TrustedProxies,
    Visit,
    find_cookie,
    is_confidential,
    secure_name,
    the_only,
)

_COOKIE = "hitsvc-operator"
_PLAIN_LINE = (
    "this is for the operator, whose token anybody could read on the way: use https, or "
    "http://127.0.0.1 on the computer itself. Behind a proxy that does HTTPS, name the "
    "proxy in HITSVC_FORWARDED_ALLOW_IPS"
)


class Session(NamedTuple):
    """Somebody who is signed in.

    Attributes:
        right: What they may do.
        text: What their cookie holds.
    """

    right: Right
    text: str


class Gate:
    """Lets the operator in."""

    def __init__(
        self, keyring: Keyring, sessions: Sessions, proxies: TrustedProxies
    ) -> None:
        """Prepare.

        Args:
            keyring: Knows the tokens.
            sessions: Knows what was made with them.
            proxies: Who may say that a client uses HTTPS.
        """
        self._keyring = keyring
        self._sessions = sessions
        self._proxies = proxies

    def see_line(self, req: Request) -> None:
        """See that there is a token, and that nobody can listen.

        Raises:
            HTTPError: Not so.
        """
        if not any(self._keyring.tokens()):
            raise falcon.HTTPNotFound
        if not is_confidential(req.scope, self._proxies):
            raise falcon.HTTPForbidden(
                title="403 not over this line", description=_PLAIN_LINE
            )

    def admit_program(self, req: Request, need: Right) -> None:
        """See that a program may do what it asks.

        Raises:
            HTTPError: It may not.
        """
        self.see_line(req)
        scheme, _, token = the_only(req.scope["headers"], b"authorization").partition(
            " "
        )
        right = None
        if scheme.lower() == "bearer":
            right = self._keyring.tokens().right_of(token.strip())
        if right is None:
            raise falcon.HTTPUnauthorized(
                title="401 no valid token",
                description="send the operator's token, as Authorization: Bearer TOKEN",
                challenges=['Bearer realm="hitsvc"'],
            )
        if need is Right.WRITE and right is not Right.WRITE:
            raise falcon.HTTPForbidden(
                title="403 may only read",
                description="this token may read and change nothing",
            )

    def session(self, req: Request) -> Session | None:
        """Return who is signed in; `None` if nobody is.

        Raises:
            HTTPError: The line is not one to ask it over.
        """
        self.see_line(req)
        text = find_cookie(Visit(req.scope, self._proxies).cookies, self._name(req))
        right = text and self._sessions.right_of(text)
        return Session(right, text) if text and right else None

    def cookie(self, req: Request, session: str, life_s: int) -> str:
        """Write the cookie that keeps a session; with no life, it ends it."""
        secure = "; Secure" if self.is_secure(req) else ""
        return (
            f"{self._name(req)}={session}; Max-Age={life_s}; Path=/; HttpOnly; "
            f"SameSite=Strict{secure}"
        )

    def _name(self, req: Request) -> str:
        return secure_name(_COOKIE) if self.is_secure(req) else _COOKIE

    def is_secure(self, req: Request) -> bool:
        """Tell whether HTTPS is used."""
        return bool(Visit(req.scope, self._proxies).secure)

"""Sessions and one-time codes: signed with the operator's token, and stored nowhere.

Whoever has a session has shown the token, or a code that was made with it. Both name what
they allow and since when. A new token makes all of them worthless.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from hitsvc.access.tokens import Keyring, Right

SESSION_LIFE_S = 30 * 86_400
CODE_LIFE_S = 3_600
# A clock that was set back does not end sessions.
_AHEAD_S = 3_600
_SESSION, _CODE, _FORM = "hitsvc session", "hitsvc code", "hitsvc form"


class Code(NamedTuple):
    """A one-time code that holds.

    Attributes:
        right: What it allows.
        id: Tells it from all others: it must not have been used.
    """

    right: Right
    id: str


class Sessions:
    """Makes sessions and codes, and tells whether they hold."""

    def __init__(
        self, keyring: Keyring, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare.

        Args:
            keyring: Knows the tokens.
            clock: Returns seconds since 1970.
        """
        self._keyring = keyring
        self._clock = clock

    def begin(self, right: Right) -> str:
        """Make a session, for a cookie."""
        return self._make(_SESSION, right)

    def right_of(self, session: str) -> Right | None:
        """Tell what a session allows; nothing if it is none, or too old."""
        found = self._read(_SESSION, session, SESSION_LIFE_S)
        return found and found.right

    def form_key(self, session: str) -> str:
        """Return what every form of a session carries, and no other page knows."""
        token = self._keyring.tokens()
        right = self.right_of(session) or Right.READ
        key = f"{_FORM} {token.of(right)}".encode()
        return hmac.new(
            key, session.encode(errors="replace"), hashlib.sha256
        ).hexdigest()

    def is_form_key(self, session: str, presented: str) -> bool:
        """Tell whether a form is of a session."""
        given = presented.encode(errors="replace")
        return hmac.compare_digest(self.form_key(session).encode(), given)

    def new_code(self) -> str:
        """Make a code that opens a session that may write, once."""
        return self._make(_CODE, Right.WRITE)

    def open_code(self, code: str) -> Code | None:
        """Read a code; `None` if it is none, or too old."""
        return self._read(_CODE, code, CODE_LIFE_S)

    def _make(self, kind: str, right: Right) -> str:
        token = self._keyring.tokens().of(right)
        content = [right.value, int(self._clock()), secrets.token_urlsafe(12)]
        return str(_signer(kind, token).dumps(content))

    def _read(self, kind: str, text: str, life_s: int) -> Code | None:
        tokens = self._keyring.tokens()
        for right in Right:
            token = tokens.of(right)
            if not token:
                continue
            try:
                name, began, number = _signer(kind, token).loads(
                    text.encode(errors="replace")
                )
            except BadData:
                continue
            age = self._clock() - began
            if name == right.value and -_AHEAD_S < age < life_s:
                return Code(right, number)
        return None


def _signer(kind: str, token: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        token,
        salt=kind,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )

"""Who may see a page: everybody, the operator, or nobody."""

from collections.abc import Callable

import falcon
from falcon.asgi import Request

PUBLIC, PRIVATE, OFF = "public", "private", "off"


def nobody(_req: Request) -> bool:
    """Know no operator: there is nowhere to sign in."""
    return False


class Door:
    """What stands before some pages.

    Attributes:
        is_public: Everybody may see them.
        is_there: Somebody may.
    """

    def __init__(
        self,
        state: str,
        what: str,
        is_operator: Callable[[Request], bool] = nobody,
    ) -> None:
        """Set up.

        Args:
            state: ``public``, ``private``: for the operator, or ``off``: for nobody.
            what: Names them at the beginning of a sentence, in the plural.
            is_operator: Tells whether the operator asks.
        """
        self.is_public = state == PUBLIC
        self.is_there = state != OFF
        self._what = what
        self._is_operator = is_operator

    def open(self, req: Request) -> None:
        """Let a request in.

        Raises:
            HTTPForbidden: They are the operator's.
            HTTPNotFound: They are switched off.
        """
        if self.is_public:
            return
        if not self.is_there:
            raise falcon.HTTPNotFound(
                description=f"{self._what} are switched off on this service"
            )
        if not self._is_operator(req):
            raise falcon.HTTPForbidden(
                title="403 not public",
                description=f"{self._what} are not public on this service",
            )

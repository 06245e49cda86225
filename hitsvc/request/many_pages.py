"""The cookie of a visitor of many pages.

Each page has a cookie of its own, so visits of several at once do not get in each other's
way. But browsers keep some 150 for a host, proxies refuse header lines above 8 KB, and we
refuse heads above 16 KB. So whoever brings much already gets one cookie for all further
pages: a secret, which makes another token for each page.
"""

from typing import NamedTuple

from hitsvc.counting import TokenSource, derived_token, is_wellformed
from hitsvc.request.cookies import find_cookie, secure_name
from hitsvc.request.visit import Visit

# Characters of cookies, whosoever's, from which on there are none for single pages: those
# of 50 pages over HTTPS. A browser that asks for a hundred images at once, the most that
# HTTP/2 proxies allow, gets a hundred more, and is still below 8 KB.
ROOM = 2048
NAME = "hits-more"
_SECRET_LENGTH = 24


class Shared(NamedTuple):
    """What the cookie for all further pages says of one page.

    Attributes:
        name: The cookie's.
        secret: Its value.
        token: What that makes for the page.
        is_new: The visitor has not had this secret before.
        crowded: The visitor is to get this cookie, and none for the page.
    """

    name: str
    secret: str
    token: str
    is_new: bool
    crowded: bool


class SharedCookies:
    """Finds out what the cookie for all further pages says."""

    def __init__(self, token_length: int) -> None:
        """Prepare.

        Args:
            token_length: Characters in a token.
        """
        self._length = token_length
        self._secrets = TokenSource(_SECRET_LENGTH)

    def carried(
        self, visit: Visit, page_key: str, name: str
    ) -> tuple[str | None, Shared | None]:
        """Return the token that a visitor brings, and what may stand for a new one.

        Args:
            visit: The visit.
            page_key: The key of the page that is visited.
            name: The name of that page's own cookie.
        """
        cookies = visit.cookies
        presented = find_cookie(cookies, name)
        if presented is not None:
            return presented, None
        shared = self.find(cookies, page_key, secure=visit.secure)
        if shared is None:
            return None, None
        presented = None if shared.is_new else shared.token
        return presented, shared if shared.crowded else None

    def find(self, cookies: str, page_key: str, *, secure: bool) -> Shared | None:
        """Look for it; `None` if it is not there and not needed.

        Args:
            cookies: The ``Cookie`` header.
            page_key: What `hitsvc.request.Identity.key` returned. It has no cookie of
                its own there.
            secure: The visitor uses HTTPS.
        """
        crowded = len(cookies) > ROOM
        # PERF: 0.1 us for a visitor with other cookies.
        if not crowded and NAME not in cookies:
            return None
        name = secure_name(NAME) if secure else NAME
        secret = find_cookie(cookies, name)
        is_new = secret is None or not is_wellformed(secret)
        if secret is None or is_new:
            if not crowded:
                return None
            secret = self._secrets.new()
        token = derived_token(secret, page_key, self._length)
        return Shared(name, secret, token, is_new, crowded)

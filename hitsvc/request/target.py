"""Which page a request means, and whether it is one of ours."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from hitsvc.counting import site_of
from hitsvc.errors import InvalidURL, SiteNotCounted
from hitsvc.request.cookies import cookie_name
from hitsvc.request.identity import PLAIN, Identity
from hitsvc.request.simple import simple_key
from hitsvc.request.sites import Sites

# Some 0.4 kB each, 1.4 kB if every URL is that long. Longer ones are parsed each time,
# so that nobody can fill our memory.
_CACHED_TARGETS = 16_384
_CACHED_URL_LENGTH = 512


class Target(NamedTuple):
    """A page that is counted or read.

    Attributes:
        key: What `hitsvc.request.Identity.key` made of its URL.
        cookie: The name of its anti-refresh cookie over plain HTTP.
    """

    key: str
    cookie: str


class TargetFinder:
    """Finds out which page a request means."""

    def __init__(self, sites: Sites | None = None, identity: Identity = PLAIN) -> None:
        """Prepare.

        Args:
            sites: Whose pages there are; `None` for everybody's.
            identity: What makes keys of URLs.
        """
        self._identity = identity
        self._sites = sites or Sites()
        self._cached_target = lru_cache(_CACHED_TARGETS)(self._target)

    def find(self, params: Mapping[str, str | list[str]], referer: str) -> Target:
        """Find the page: ``?url=``, else the one that embeds us.

        Args:
            params: The query parameters.
            referer: The ``Referer`` header, or ``""``.

        Raises:
            InvalidURL: There is none, more than one, or what is there is no URL.
            SiteNotCounted: It is of a site that is not counted here.
        """
        raw = params.get("url") or referer
        if not raw:
            msg = "no URL: add ?url= to this address, or link to it from a page"
            raise InvalidURL(msg)
        if not isinstance(raw, str):
            msg = "url is given more than once"
            raise InvalidURL(msg)
        if len(raw) <= _CACHED_URL_LENGTH:
            return self._cached_target(raw)
        return self._target(raw)

    def find_simple(self, query: bytes) -> Target | None:
        """Find the page that a query names, if it says nothing else and that is plain.

        Args:
            query: What follows the question mark; not long.

        Raises:
            SiteNotCounted: It is of a site that is not counted here.
        """
        key = simple_key(query) if self._identity.is_plain else None
        return None if key is None else self._of(key)

    def _target(self, raw: str) -> Target:
        return self._of(self._identity.key(raw))

    def _of(self, key: str) -> Target:
        site = site_of(key)
        if site not in self._sites:
            raise SiteNotCounted(site)
        return Target(key, cookie_name(key))

"""Which URL a request means."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from hitsvc.errors import InvalidURL
from hitsvc.request.cookies import cookie_name
from hitsvc.request.urls import normalise

# Some 0.4 kB each, 1.4 kB if every URL is that long. Longer ones are parsed each time,
# so that nobody can fill our memory.
_CACHED_TARGETS = 16_384
_CACHED_URL_LENGTH = 512


class Target(NamedTuple):
    """A URL that is counted or read.

    Attributes:
        key: What `hitsvc.request.urls.normalise` made of it.
        cookie: The name of its anti-refresh cookie over plain HTTP.
    """

    key: str
    cookie: str


def find_target(params: Mapping[str, str | list[str]], referer: str) -> Target:
    """Find out which URL is meant: ``?url=``, else the page that embeds us.

    Args:
        params: The query parameters.
        referer: The ``Referer`` header, or ``""``.

    Raises:
        InvalidURL: There is none, more than one, or what is there is no URL.
    """
    raw = params.get("url") or referer
    if not raw:
        msg = "no URL: add ?url= to this address, or link to it from a page"
        raise InvalidURL(msg)
    if not isinstance(raw, str):
        msg = "url is given more than once"
        raise InvalidURL(msg)
    return _cached_target(raw) if len(raw) <= _CACHED_URL_LENGTH else _target(raw)


def _target(raw: str) -> Target:
    key = normalise(raw)
    return Target(key, cookie_name(key))


_cached_target = lru_cache(_CACHED_TARGETS)(_target)

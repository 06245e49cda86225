"""Where the statistics of a page are: ``/p/HOST/PATH``, or ``/p?url=…``.

Proxies decode escapes in a path and merge slashes, and a question mark ends it. So a path
names only pages whose keys have nothing of the kind; a query names any page, and reaches us
as it was sent.
"""

import re
from urllib.parse import quote

from hitsvc.request import printable

# APPSEC: no dot segments (a key has none), nothing escaped, no empty segment; and no more
# steps than a relative address leads back.
_MOST_SEGMENTS = 16
_LONGEST = 1000
_PLAIN = re.compile(
    r"[a-z0-9_.-]+(?::\d+)?(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*", re.ASCII
)
# What a query of ours says; the rest of it belongs to the address of the page.
OURS = frozenset({"period", "as"})


def stats_path(key: str) -> str:
    """Return where the statistics of a page are, relative to the service's page.

    Args:
        key: What `hitsvc.request.Identity.key` returned.
    """
    return f"p/{key}" if has_path(key) else f"p?url={quote(key, safe='')}"


def has_path(key: str) -> bool:
    """Tell whether a path can name a page."""
    return (
        len(key) <= _LONGEST
        and key.count("/") <= _MOST_SEGMENTS
        and _PLAIN.fullmatch(key) is not None
    )


def named(path: bytes, query: bytes) -> str:
    """Return the address of the page that a path of ours names.

    Args:
        path: What follows ``/p/``, as it was sent.
        query: What follows the question mark. What is not ours is the page's, too.
    """
    parts = [
        p
        for p in query.split(b"&")
        if p.partition(b"=")[0].decode("latin-1") not in OURS
    ]
    rest = b"&".join(parts)
    return printable(path + b"?" + rest if rest else path)

"""Where a URL's numbers live in Redis: the one place that builds key names.

The URL stands in braces, Redis Cluster's hash tag, so that all keys of one URL share
a slot (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).

=========================  ======  ======================================
``hits:{example.com}``       string  total; never expires
``hits:{example.com}:days``  hash    ``YYYYMMDD`` (UTC) → hits of that day
``hits:{example.com}:t:…``   string  a live anti-refresh token; expires
=========================  ======  ======================================
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageKeys:
    """The Redis keys of one URL.

    Attributes:
        total: Name of the total.
        days: Name of the daily counts.
        token_prefix: What the names of its tokens start with.
    """

    total: str
    days: str
    token_prefix: str


def redis_keys(prefix: str, page_key: str) -> PageKeys:
    """Build the key names of a URL.

    Args:
        prefix: The ``KEY_PREFIX`` setting, such as ``hits:``.
        page_key: What `hitsvc.request.urls.normalise` returned.
    """
    total = f"{prefix}{{{page_key}}}"
    return PageKeys(total, f"{total}:days", f"{total}:t:")

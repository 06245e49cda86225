"""Proxies through which many people look at pictures: GitHub's, mail providers'."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# GitHub's and its kin (npm, PyPI, GitLab, ...) are all some camo; then mail's and feeds'.
IMAGE_PROXY = re.compile(
    rb"\bcamo\b|ima?ge?[-_ ]?(?:proxy|fetcher)|mailproxy|fastmailua|\bweserv\b|\bwsrv\.nl\b",
    re.IGNORECASE,
)
# Camo says who it is in both, whatever an operator makes of the one.
_HEADERS = (b"user-agent", b"via")


def is_image_proxy(scope: Mapping[str, Any]) -> bool:
    """Tell whether many people look through this client, and all it shows is images.

    The one rule of what such a proxy is: for limits, for the status of errors, and for
    what is no bot (`hitsvc.request.bots`).
    """
    for name, value in scope["headers"]:
        if name in _HEADERS and _says_so(value[:512]):
            return True
    return False


@lru_cache(1024)  # PERF: 47,000 instructions for a browser's user agent, each time
def _says_so(value: bytes) -> bool:
    return IMAGE_PROXY.search(value) is not None

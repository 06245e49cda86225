"""Proxies through which many people look at pictures: GitHub's, mail providers'."""

import re
from collections.abc import Mapping
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
    return any(
        name in _HEADERS and IMAGE_PROXY.search(value[:512]) is not None
        for name, value in scope["headers"]
    )

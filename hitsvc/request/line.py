"""Whether anybody between could read what is said: HTTPS, or this computer itself."""

import re
from collections.abc import Mapping
from typing import Any

from hitsvc.request.client import OF_PROXIES, TrustedProxies, is_private, parse_address
from hitsvc.request.visit import Visit, the_only

# What a browser calls the computer that it runs on (RFC 6761, 6.3), perhaps with a port.
_LOOPBACK = re.compile(
    r"(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9-]+\.)*localhost)(?::\d{1,5})?",
    re.IGNORECASE | re.ASCII,
)


def is_confidential(scope: Mapping[str, Any], proxies: TrustedProxies) -> bool:
    """Tell whether only we hear what a client says.

    The browser decides by the name that it was given: to ``127.0.0.1`` it speaks by no
    network, also where a container's port is in between, or an SSH tunnel. Whoever only
    claims that name reveals nobody's secrets but their own.

    Args:
        scope: The request's ASGI scope.
        proxies: Who may say that the client uses HTTPS.
    """
    if Visit(scope, proxies).secure:
        return True
    headers = scope["headers"]
    if not _LOOPBACK.fullmatch(the_only(headers, b"host")):
        return False
    # A proxy's client may be anywhere, whatever name the proxy asks for.
    if any(name in OF_PROXIES for name, _ in headers):
        return False
    peer = scope.get("client")
    address = parse_address(peer[0]) if peer else None
    return not peer or (address is not None and is_private(address))

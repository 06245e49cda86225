"""What came: which page a request means, and which visit it is.

`find_target` finds the page, `normalise` turns what people write into its key, `Visit`
picks out of the headers what decides how it is counted.
"""

from hitsvc.request.cookies import CookieWriter, find_cookie, secure_name
from hitsvc.request.target import Target, find_target
from hitsvc.request.urls import normalise
from hitsvc.request.visit import TrustedProxies, Visit

__all__ = [
    "CookieWriter",
    "Target",
    "TrustedProxies",
    "Visit",
    "find_cookie",
    "find_target",
    "normalise",
    "secure_name",
]

"""What came: which page a request means, and which visit it is.

`TargetFinder` finds the page, `normalise` turns what people write into its key, `Visit`
picks out of the headers what decides how it is counted. `Clients` says who sent it, `Sites`
whose pages are counted, `NewPages` who makes too many of them.
"""

from hitsvc.request.client import Clients, TrustedProxies, is_image_proxy
from hitsvc.request.cookies import CookieWriter, find_cookie, secure_name
from hitsvc.request.new_pages import NewPageLimits, NewPages
from hitsvc.request.sites import Sites
from hitsvc.request.target import Target, TargetFinder
from hitsvc.request.urls import normalise
from hitsvc.request.visit import Visit

__all__ = [
    "Clients",
    "CookieWriter",
    "NewPageLimits",
    "NewPages",
    "Sites",
    "Target",
    "TargetFinder",
    "TrustedProxies",
    "Visit",
    "find_cookie",
    "is_image_proxy",
    "normalise",
    "secure_name",
]

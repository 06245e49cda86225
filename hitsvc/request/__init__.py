"""What a request means: which page it names, and which visit it is.

`TargetFinder` finds the page. `Identity` turns what people write into the page's key. `Visit`
takes from the headers what decides how a visit is counted. `Clients` says who sent it,
`Sites` which sites are counted, `NewPages` who makes too many new pages, and `Bots` which
visitors are programs. `understand` corrects slips in an address, and `ShortAddresses` spells
out short ones.
"""

from hitsvc.request.bots import Bots, declared_bots
from hitsvc.request.claimants import claims_of
from hitsvc.request.client import Clients, TrustedProxies
from hitsvc.request.cookies import CookieWriter, find_cookie, secure_name
from hitsvc.request.identity import PLAIN, Identity, normalise
from hitsvc.request.image_proxies import is_image_proxy
from hitsvc.request.line import is_confidential
from hitsvc.request.many_pages import SharedCookies
from hitsvc.request.new_pages import NewPageLimits, NewPages
from hitsvc.request.own_visits import OwnVisits, is_left_out, leave_out
from hitsvc.request.purpose import OLD_PURPOSES, only_prepares
from hitsvc.request.query import as_meant, printable, understand
from hitsvc.request.shared import BeforeFork
from hitsvc.request.short import ShortAddresses
from hitsvc.request.sites import Sites
from hitsvc.request.target import Target, TargetFinder
from hitsvc.request.visit import USER_AGENT, Visit, the_only

__all__ = [
    "OLD_PURPOSES",
    "PLAIN",
    "USER_AGENT",
    "BeforeFork",
    "Bots",
    "Clients",
    "CookieWriter",
    "Identity",
    "NewPageLimits",
    "NewPages",
    "OwnVisits",
    "SharedCookies",
    "ShortAddresses",
    "Sites",
    "Target",
    "TargetFinder",
    "TrustedProxies",
    "Visit",
    "as_meant",
    "claims_of",
    "declared_bots",
    "find_cookie",
    "is_confidential",
    "is_image_proxy",
    "is_left_out",
    "leave_out",
    "normalise",
    "only_prepares",
    "printable",
    "secure_name",
    "the_only",
    "understand",
]

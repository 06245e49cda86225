"""The sums of a site, for everybody where that is switched on: ``/s/HOST`` and ``/site.json``.

A site's numbers are sums over its pages. A separate process makes the sums of all sites at
once. However many people ask, it takes a hundredth of a store's core at most. `open_sums`
joins the parts, and `site_routes` says what is where.
"""

from hitsvc.sites.resource import site_routes
from hitsvc.sites.sums import PublicSums, open_sums

__all__ = ["PublicSums", "open_sums", "site_routes"]

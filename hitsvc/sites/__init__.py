"""Sites, for everybody to read where that is switched on: ``/s/HOST`` and ``/site.json``.

A site's numbers are sums over its pages. A process of its own makes them, of all sites at
once, whoever asks and however often: it takes a hundredth of a store's core at most.
`open_sites` puts it together.
"""

from hitsvc.sites.resource import site_routes
from hitsvc.sites.sums import PublicSums, open_sums

__all__ = ["PublicSums", "open_sums", "site_routes"]

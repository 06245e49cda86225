"""The page at ``/`` with its assets, and ``hits.js``.

`Assets` reads the files in ``assets/`` once. `page_routes` says where each is served.
"""

from hitsvc.pages.page import Assets, page_routes

__all__ = ["Assets", "page_routes"]

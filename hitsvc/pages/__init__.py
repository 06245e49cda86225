"""What people see in a browser: the page at ``/``, its assets, ``hits.js``.

`Assets` reads the files of ``assets/`` once; `page_routes` says where each is served.
"""

from hitsvc.pages.page import Assets, page_routes

__all__ = ["Assets", "page_routes"]

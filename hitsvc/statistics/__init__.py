"""The statistics of one page, for everybody to read.

`statistics_routes` says where they are. `stats_path` makes the address for a page's key.
"""

from hitsvc.statistics.address import stats_path
from hitsvc.statistics.resource import statistics_routes

__all__ = ["statistics_routes", "stats_path"]

"""The history of a page as a picture.

`draw_chart` makes an SVG of a page's hits day by day. Knows nothing of HTTP or Redis.
"""

from hitsvc.chart.history import ChartLook, DayHits, draw_chart
from hitsvc.chart.plot import scale

__all__ = ["ChartLook", "DayHits", "draw_chart", "scale"]

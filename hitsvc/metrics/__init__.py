"""What the service counts about itself: numbers in shared memory, and their text.

A `Board` is made before the workers are forked. Each worker has a row of it, which its
`Tally` raises once a batch. Where metrics are off, a `HitTally` counts hits alone. Another
process makes the text for Prometheus from all rows.
"""

from hitsvc.metrics.board import Board, Rows
from hitsvc.metrics.hit_tally import HitTally
from hitsvc.metrics.tally import Tally
from hitsvc.metrics.text import CONTENT_TYPE, Value, render

__all__ = [
    "CONTENT_TYPE",
    "Board",
    "HitTally",
    "Rows",
    "Tally",
    "Value",
    "render",
]

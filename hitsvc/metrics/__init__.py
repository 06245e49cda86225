"""What the service counts of itself: numbers in shared memory, and their text.

A `Board` is made before the workers are forked. Each has a row of it, which its `Tally`
raises once a batch (its `HitTally` where metrics are off); the text for Prometheus is made of all rows by another process.
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

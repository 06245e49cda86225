"""What the service counts of itself: numbers in shared memory, and their text.

A `Board` is made before the workers are forked. Each has a row of it, which its `Tally`
raises once a batch; the text for Prometheus is made of all rows by another process.
"""

from hitsvc.metrics.board import Board, Rows
from hitsvc.metrics.tally import Tally, TimedBackend
from hitsvc.metrics.text import CONTENT_TYPE, Value, render

__all__ = [
    "CONTENT_TYPE",
    "Board",
    "Rows",
    "Tally",
    "TimedBackend",
    "Value",
    "render",
]

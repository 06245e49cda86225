"""The counter: what the rest of the service calls to count and to read."""

from hitsvc.counter.hit_counter import HitCounter
from hitsvc.counter.troubles import troubles_of

__all__ = ["HitCounter", "troubles_of"]

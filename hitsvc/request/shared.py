"""What the workers of one service share. Made before they are forked."""

from collections.abc import Callable
from typing import NamedTuple

from hitsvc.counting import DayKeys


class BeforeFork(NamedTuple):
    """What is shared; by default, that of a process alone.

    Attributes:
        tells_of_proxy: Tells whether no other worker has said that a proxy is not trusted.
        tells_of_visitors: The same, that visitors are not known.
        day_keys: Keys of claims, which the parent turns; `None`: each process has its own.
        tells_of_zone: The same as of a proxy, that days are of another zone.
        is_going: Tells whether the service was told to stop, and answers until it does.
    """

    tells_of_proxy: Callable[[], bool] = lambda: True
    tells_of_visitors: Callable[[], bool] = lambda: True
    day_keys: DayKeys | None = None
    tells_of_zone: Callable[[], bool] = lambda: True
    is_going: Callable[[], bool] = lambda: False

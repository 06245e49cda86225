"""How far the number of visitors is from the truth, on a real Valkey.

``python -m bench.visitors``: days of 100 to 100,000 visitors, each day with a key of its own,
noted and read as the service does it. Two minutes.
"""

import os
import statistics
from collections.abc import Iterator

from redis import Redis

from hitsvc.counting import Calendar, ClaimHash, DayKeys
from tests.support.valkey import Valkey

# Visitors of a day, and how many such days.
DAYS = {100: 1_000, 1_000: 500, 10_000: 200, 100_000: 50}
_AT_ONCE = 1_000
_SKETCH = "hits:{example.com/a}:v:2026-330"
_PAGE, _SITE, _AGENT = b"example.com/a", b"example.com", b"Mozilla/5.0 Firefox/128.0"


def names(visitors: int) -> Iterator[str]:
    """Name so many visitors of a page, on a day."""
    calendar = Calendar()
    claims, today = ClaimHash(DayKeys(60, calendar)), calendar.today()
    while visitors:
        address = os.urandom(8)
        if seen := claims.seen(today, _PAGE, _SITE, address, _AGENT):
            yield seen.page
            visitors -= 1


def counted(store: "Redis", visitors: int) -> int:
    """Let them come, and tell how many a store says there were."""
    store.delete(_SKETCH)
    waiting = list(names(visitors))
    for at in range(0, visitors, _AT_ONCE):
        store.pfadd(_SKETCH, *waiting[at : at + _AT_ONCE])
    return int(store.pfcount(_SKETCH))


def main() -> None:
    """Measure, and print a table."""
    valkey = Valkey()
    print("| visitors | days | mean | standard deviation | 95 of 100 within | worst |")
    print("|---|---|---|---|---|---|")
    with Redis(unix_socket_path=str(valkey.socket)) as store:
        for visitors, days in DAYS.items():
            errors = [counted(store, visitors) / visitors - 1 for _ in range(days)]
            sizes = sorted(map(abs, errors))
            row = (
                f"{visitors:,} | {days:,} | {statistics.mean(errors):+.2%} | "
                f"{statistics.pstdev(errors):.2%} | {sizes[int(0.95 * days)]:.2%} | "
                f"{sizes[-1]:.2%}"
            )
            print(f"| {row} |", flush=True)
    valkey.close()


if __name__ == "__main__":
    main()

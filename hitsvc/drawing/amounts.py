"""How a count is written: which numbers, in which format."""

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_BASE = 10**15

_UNITS = " kMGTPE"
_BASE = re.compile(r"[0-9]{1,16}")


def metric(number: int) -> str:
    """Shorten a number: 1.2k, 12.3k, 123k, 1.2M; cut off, never rounded up."""
    if number < 0:
        return f"-{metric(-number)}"
    power = min((len(str(number)) - 1) // 3, len(_UNITS) - 1)
    if not power:
        return str(number)
    whole, rest = divmod(number, 1000**power)
    tenth = rest * 10 // 1000**power if whole < 100 else 0
    return f"{whole}.{tenth}{_UNITS[power]}" if tenth else f"{whole}{_UNITS[power]}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "grouped": "{:,}".format,
    "metric": metric,
}
_SHOWN = {"total", "today", "both"}


@dataclass(frozen=True, slots=True)
class Amount:
    """Turns the numbers of a URL into the text that is shown.

    Attributes:
        show: ``total``, ``today``, or ``both``: today / total.
        base: Added to the total.
        write: Writes one number.
    """

    show: str = "total"
    base: int = 0
    write: Callable[[int], str] = str

    @property
    def needs_today(self) -> bool:
        """Whether today's number is shown at all."""
        return self.show != "total"

    def text(self, total: int, today: int = 0) -> str:
        """Write the numbers of a URL; ASCII, nothing that XML must escape."""
        if self.show == "total":
            return self.write(total + self.base)
        if self.show == "today":
            return self.write(today)
        return f"{self.write(today)} / {self.write(total + self.base)}"


def amount(form: str | None, show: str | None, base: str | None) -> Amount:
    """Read the query parameters ``format``, ``show`` and ``base``.

    What is missing or wrong is as its default.
    """
    number = int(base) if base and _BASE.fullmatch(base) else 0
    return Amount(
        show=show if show in _SHOWN else "total",
        base=number if number <= MAX_BASE else 0,
        write=_FORMATS.get(form or "", str),
    )

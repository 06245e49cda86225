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


FORMATS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "grouped": "{:,}".format,
    "metric": metric,
}
# What can be shown, and how many days it takes, today included.
_DAYS = {"total": 0, "today": 1, "both": 1, "week": 7, "month": 30, "year": 365}
_VISITORS = "visitors"
# The same of visitors: ``visitors`` is all of them, ``visitors-today`` those of today.
SHOWN = (
    frozenset(_DAYS) | {_VISITORS} | {f"{_VISITORS}-{n}" for n in _DAYS if n != "total"}
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Turns the numbers of a URL into the text that is shown.

    Attributes:
        show: ``total``, ``today``, ``both``: today / total; or ``week``, ``month``,
            ``year``: the latest 7, 30 or 365 days.
        base: Added to the total.
        write: Writes one number.
        of_visitors: The numbers are those of visitors, not of hits.
    """

    show: str = "total"
    base: int = 0
    write: Callable[[int], str] = str
    of_visitors: bool = False

    @property
    def days(self) -> int:
        """How many of the latest days must be known, today included."""
        return _DAYS[self.show]

    def text(self, total: int, recent: int = 0) -> str:
        """Write the numbers of a URL; ASCII, nothing that XML must escape.

        Args:
            total: All its hits; the base is added to them alone.
            recent: Those of the latest `days`.
        """
        if self.show == "total":
            return self.write(total + self.base)
        if self.show == "both":
            return f"{self.write(recent)} / {self.write(total + self.base)}"
        return self.write(recent)


def amount(form: str | None, show: str | None, base: str | None) -> Amount:
    """Read the query parameters ``format``, ``show`` and ``base``.

    What is missing or wrong is as its default.
    """
    name = show if show and show in SHOWN else ""
    of_visitors = name.startswith(_VISITORS)
    if of_visitors:
        name = name.removeprefix(_VISITORS).removeprefix("-")
    return Amount(
        show=name or "total",
        base=0 if of_visitors else base_of(base or "") or 0,
        write=FORMATS.get(form or "", str),
        of_visitors=of_visitors,
    )


def base_of(text: str) -> int | None:
    """Read what is added to a total; None for what is no such number."""
    if not _BASE.fullmatch(text) or int(text) > MAX_BASE:
        return None
    return int(text)

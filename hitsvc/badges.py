"""Badges: the picture that a page embeds to show its count.

Knows nothing of HTTP or Redis.
"""

from hitsvc.shields import BLUE, RED, clean, escape, flat, flat_badge, geometry
from hitsvc.templates import fill

# Redis counts in signed 64-bit integers: none is longer than -9223372036854775808.
_MAX_DIGITS = 20

# Stands for the number in a badge that is being prepared. XML cannot hold it, so no
# label and no template can be mistaken for it.
_NUMBER = "\0"


class Badges:
    """Draws the badges of one service: one look, and one label, for every count."""

    def __init__(self, label: str = "hits", template: str | None = None) -> None:
        """Prepare everything that does not depend on the number.

        Args:
            label: The text on the left.
            template: What `load_template` returned; None for the built-in badge.
        """
        self._label = clean(label)
        # All digits are 6.99 px wide in Verdana, so a badge's geometry depends on how
        # many there are, not which: what lies between the numbers is kept for each.
        self._pieces = tuple(
            self._draw("0" * digits, template).encode().split(_NUMBER.encode())
            for digits in range(_MAX_DIGITS + 1)
        )

    def count(self, number: int) -> bytes:
        """Draw a count.

        Args:
            number: The count, as Redis gave it.

        Returns:
            The SVG, in UTF-8.
        """
        # PERF: 0.3 to 0.6 us (timeit, Python 3.11, AMD EPYC), against 12 to 16 us for
        # `flat_badge` without its cache.
        digits = b"%d" % number
        return digits.join(self._pieces[len(digits)])

    def error(self, reason: str) -> bytes:
        """Draw a red badge that says, in a word or two, why there is no count.

        It is the built-in one even where there is a template, which may well be made
        for digits only.
        """
        return flat_badge(self._label, reason, RED)

    def _draw(self, digits: str, template: str | None) -> str:
        place, label = geometry(self._label, digits), escape(self._label)
        if template is None:
            return flat(place, label, _NUMBER, BLUE)
        return fill(template, place | {"label": label, "count": _NUMBER})

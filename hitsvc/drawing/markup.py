"""Text and numbers as XML and SVG want them."""

import re

SVG_NAMESPACE = "http://www.w3.org/2000/svg"

# What XML 1.0 forbids, and the control characters that it allows but nobody can see.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
)


def clean(text: str) -> str:
    """Make a text safe to show: no control characters, no surrounding space."""
    return _UNPRINTABLE.sub(" ", text).strip()


def escape(text: str) -> str:
    """Escape a text for XML."""
    return text.translate(_ESCAPES)


def number(value: float) -> str:
    """Write a number as JavaScript does: a whole one has no decimal point."""
    return str(int(value)) if value == int(value) else repr(value)

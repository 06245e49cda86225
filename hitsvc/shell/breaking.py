"""Where the name of a page may be broken into lines: behind its marks, not within words."""

import re

from markupsafe import Markup

_MARKS = re.compile(r"(?<=[/\-._?&=])(?=.)", re.DOTALL)


def breakable(name: str) -> Markup:
    """Let a browser break a name behind its marks; copied, it is the same text.

    Args:
        name: Plain text.

    Returns:
        The name, escaped, with ``<wbr>``.
    """
    return Markup("<wbr>").join(_MARKS.split(name))

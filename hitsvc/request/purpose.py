"""Requests for what may never be looked at: prefetches and previews.

A page that is prerendered is another matter: whatever is in it asks for once, before the
page is shown, so that is a view.
"""

import re
from collections.abc import Iterable

# What browsers have said it with before there was Sec-Purpose; Chrome sends both.
OLD_PURPOSES = ("purpose", "x-purpose", "x-moz")


def only_prepares(sec_purpose: str | None, old: Iterable[str]) -> bool:
    """Return whether a browser only prepares for a visit that may never come.

    Args:
        sec_purpose: The ``Sec-Purpose`` header (Fetch, 2.2.5), if there is one; then it
            alone decides.
        old: The headers of `OLD_PURPOSES` that there are.
    """
    said = ";".join(old) if sec_purpose is None else sec_purpose
    words = {word.strip() for word in re.split("[;,]", said.lower())}
    if "preview" in words:
        return True
    return "prefetch" in words and "prerender" not in words

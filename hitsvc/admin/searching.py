"""Looking for a text in the addresses of pages, as people type it."""

import re
from collections.abc import Iterable
from urllib.parse import quote

_SCHEME = re.compile(r"https?://", re.IGNORECASE)


class Search:
    """A text that is looked for.

    Capital letters are as good as small ones, an address may be pasted as a browser has it,
    and what a key has escaped may be typed as it is read.
    """

    def __init__(self, text: str) -> None:
        """Take what was typed; an empty text is in every page."""
        plain = _SCHEME.sub("", text.strip(), count=1)
        if plain != text.strip():
            plain = plain.rstrip("/")
        folded = plain.casefold()
        escaped = quote(plain, safe="/%?#[]@!$&'()*+,;=:~").casefold()
        self._wanted = {folded, escaped}

    def is_in(self, text: str) -> bool:
        """Tell whether it is in a text."""
        folded = text.casefold()
        return any(wanted in folded for wanted in self._wanted)

    def places(self, pages: Iterable[str]) -> list[int]:
        """Return the places of the pages that have it."""
        return [place for place, page in enumerate(pages) if self.is_in(page)]

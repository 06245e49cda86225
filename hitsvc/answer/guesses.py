"""What somebody may have meant who asks at an address where there is nothing."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from hitsvc.request import printable

# How other counters, and people's memory, call what is here.
_ALSO_CALLED = {
    "/count/tag.svg": (
        *("/count.svg", "/badge.svg", "/badge", "/tag.svg", "/hits.svg", "/hit.svg"),
        *("/hits", "/hit", "/tag", "/counter.svg", "/counter"),
    ),
    "/count/tag.png": ("/count.png", "/badge.png", "/tag.png", "/hits.png"),
    "/count/pixel.gif": ("/pixel.gif", "/count.gif", "/pixel"),
    "/count.json": ("/hits.json", "/hit.json"),
    "/nocount/tag.svg": ("/nocount.svg",),
    "/nocount/tag.png": ("/nocount.png",),
    "/nocount/shields.json": ("/shields.json", "/shields", "/endpoint.json"),
    "/graph.svg": ("/graph", "/chart.svg", "/chart", "/graph.png", "/count/graph.svg"),
    "/hits.js": ("/hit.js", "/script.js", "/hits.min.js", "/count.js", "/counter.js"),
    "/p": ("/stats", "/statistics", "/stat", "/page"),
    "/healthz": ("/health", "/ping", "/status", "/livez"),
    "/readyz": ("/ready",),
    "/openapi.json": ("/api", "/swagger.json", "/openapi.yaml"),
    "/leave-me-out": ("/opt-out", "/optout", "/leave"),
}
_KNOWN_AS = {name: path for path, names in _ALSO_CALLED.items() for name in names}
# What a page's short address may end with, and who answers in that form.
_FORMS = {
    ".png": "/count/tag.png",
    ".gif": "/count/pixel.gif",
    ".json": "/count.json",
}
# What a setting may have switched off: nothing else was meant.
_OPTIONAL = frozenset({"/site.json", "/graph.svg", "/openapi.json", "/p"})
# APPSEC: to compare 64 letters with 30 addresses takes 0.6 ms.
_LONGEST = 64
_LONGEST_PAGE = _LONGEST_QUERY = 200
# Part of the letters that are the same: `/count/tg.svg`, but not `/nowhere`.
_ALIKE = 0.75


class Guesses:
    """Knows what there is."""

    def __init__(
        self,
        addresses: Iterable[str],
        names_page: Callable[[bytes], bool],
        base: str = "",
    ) -> None:
        """Prepare.

        Args:
            addresses: Where there is something for everybody.
            names_page: Tells whether a path, without the slash before it, is a page.
            base: The path of a site below which the service is, or ``""``.
        """
        below = f"{base}/" if base else "{"
        self._addresses = [
            path
            for path in addresses
            if "{" not in path and not f"{path}/".startswith(below)
        ]
        self._names_page = names_page
        self._base = base

    def __call__(self, path: bytes, query: bytes) -> str:
        """Return the address that was meant, with its query; ``""`` if nobody knows.

        Args:
            path: As it was sent, with its escapes.
            query: What follows the question mark.

        Returns:
            Printable ASCII.
        """
        text = printable(path)
        base = self._base if text.startswith(f"{self._base}/") else ""
        asked = f"/{text.removeprefix(base).strip('/')}"
        guess = (
            self._named(asked)
            or self._page_behind(asked)
            or self._alike(asked)
            or self._page(asked)
        )
        if not guess:
            return ""
        if query and "?" not in guess and len(query) <= _LONGEST_QUERY:
            guess += f"?{printable(query)}"
        return base + guess

    def _named(self, asked: str) -> str:
        """Know an address by another name, or by a slip of the shift key."""
        name = asked.lower()
        meant = _KNOWN_AS.get(name, name)
        return meant if meant in self._addresses else ""

    def _page_behind(self, asked: str) -> str:
        """Know the address of a page behind one of ours: the longest that there is."""
        first, _, rest = asked[1:].partition("/")
        for ours in (f"/{first}/{rest.partition('/')[0]}", f"/{first}"):
            page = asked[len(ours) + 1 :]
            if (found := self._named(ours)) and self._is_page(page):
                return f"{found}?url={page}"
        return ""

    def _page(self, asked: str) -> str:
        """Know the address of a page alone, perhaps with the ending of another form."""
        page = asked[1:]
        for ending, form in _FORMS.items():
            if page.endswith(ending) and self._is_page(page.removesuffix(ending)):
                return f"{form}?url={page.removesuffix(ending)}"
        return f"{asked}.svg" if self._is_page(page) else ""

    def _is_page(self, text: str) -> bool:
        """Tell whether a text is a page, and no picture."""
        return (
            len(text) <= _LONGEST_PAGE
            and not text.endswith((".svg", *_FORMS))
            and self._names_page(text.encode())
        )

    def _alike(self, asked: str) -> str:
        if len(asked) > _LONGEST or asked in _OPTIONAL:
            return ""
        alike = get_close_matches(asked.lower(), self._addresses, 1, _ALIKE)
        return alike[0] if alike else ""

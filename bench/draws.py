"""What is requested in turn: a list for wrk, by the kind of an entry's pages."""

import random
from pathlib import Path

from bench import pages

FEW_URLS = 1_000
MANY_URLS = 10_000_000
SPREAD_URLS = 100_000

AGENTS = 5_000
_SEED = 20_240_101
# As Chrome names itself; what differs is what a bot's mark could hide in.
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Linux; Android 10; K",
)
_DRAWS = 100_000


def numbers(kind: str) -> tuple[int, ...]:
    """Draw the numbers of pages, as `pages.page` names them; none for other kinds."""
    if kind == "zipf":
        return pages.zipf()
    if kind == "few":
        return pages.spread(FEW_URLS, FEW_URLS)
    if kind == "spread":
        return pages.spread(SPREAD_URLS, MANY_URLS)
    return ()


def agent(number: int) -> str:
    """Name a browser, another for each number."""
    system = _SYSTEMS[number % len(_SYSTEMS)]
    version = f"{100 + number % 50}.0.{number}.{number % 97}"
    return (
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version} Safari/537.36"
    )


def write(kind: str, path: Path) -> None:
    """Write what is requested in turn, a line each, for ``wrk/hits.lua``; none for one page.

    Args:
        kind: See `bench.scenarios.Entry.pages`.
        path: The file.
    """
    path.write_text("".join(f"{line}\n" for line in _lines(kind)))


def _lines(kind: str) -> list[str]:
    if kind == "sites":
        drawn = pages.spread(pages.SITE_PAGES, pages.SITE_PAGES)
        return [pages.query(pages.site_page(number)) for number in drawn]
    if kind in {"agent", "agents"}:
        draw = random.Random(_SEED)  # noqa: S311 - the same each time
        most = AGENTS if kind == "agents" else 1
        drawn = tuple(draw.randrange(most) for _ in range(_DRAWS))
        return [f"{pages.query(pages.HOT)}\t{agent(number)}" for number in drawn]
    return [pages.query(pages.page(number)) for number in numbers(kind)]

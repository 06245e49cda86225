"""The pages that are visited: their names, their keys, and who is visited how often."""

import random
from functools import cache
from itertools import accumulate
from urllib.parse import quote

_SEED = 20_240_101
ZIPF_PAGES = 100_000
_ZIPF_DRAWS = 500_000

SITES = 10_000
SITE_PAGES = 100_000

HOT = "hot.example/a-page"


def page(number: int) -> str:
    """Name a page by its number, in a fixed width."""
    return f"www.example.com/blog/{number:08d}"


def site_page(number: int) -> str:
    """Name a page of one of many sites: its number says which site, and which page."""
    site, post = number % SITES, number // SITES
    return f"site{site:05d}.example/posts/{post:06d}"


def total_key(key: str) -> str:
    """Name the Redis key of a page's total."""
    return f"hits:{{{key}}}"


def query(key: str) -> str:
    """Write a page as the query string of an embed code."""
    return f"?url={quote(f'https://{key}', safe='')}"


@cache
def zipf() -> tuple[int, ...]:
    """Draw pages as the web does: page n is visited 1/n as often as the first."""
    # A benchmark must draw the same each time.
    draw = random.Random(_SEED)  # noqa: S311
    weights = accumulate(1 / rank for rank in range(1, ZIPF_PAGES + 1))
    return tuple(
        draw.choices(range(ZIPF_PAGES), cum_weights=list(weights), k=_ZIPF_DRAWS)
    )


@cache
def spread(count: int, total: int) -> tuple[int, ...]:
    """Draw that many different pages out of a total, evenly."""
    return tuple(random.Random(_SEED).sample(range(total), count))  # noqa: S311

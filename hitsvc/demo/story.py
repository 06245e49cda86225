"""The made-up sites: a small blog, the manual of a program, and a choir.

Their names end in ``.example``, which nobody can own (RFC 2606).
"""

from typing import NamedTuple


class Page(NamedTuple):
    """A page, and how it is read.

    Attributes:
        key: Its host and path.
        daily: Views on a usual day of these weeks.
        age: How many days ago it was seen first.
        began: Views a day in the beginning, as a part of `daily`.
        weekend: Views on a Saturday or Sunday, as a part of those of other days.
        bursts: Days ago, and views of that day, on which somebody has linked to it.
        older: Views from before days were counted.
    """

    key: str
    daily: float
    age: int
    began: float = 0.5
    weekend: float = 1.1
    bursts: tuple[tuple[int, int], ...] = ()
    older: int = 0


_BLOG = "fieldnotes.example"
_MANUAL = "docs.quillmark.example"
_CHOIR = "harbour-choir.example"
SITES = (_BLOG, _MANUAL, _CHOIR)
# What is shown first: it has a bit of everything.
SHOWCASE = f"{_BLOG}/sourdough-in-winter"


def _blog(path: str, daily: float, age: int, *bursts: tuple[int, int]) -> Page:
    """A post: read most when it is new, and then by those who search."""
    new = (age, round(daily * 6 + 20))
    return Page(f"{_BLOG}{path}", daily, age, 0.8, 1.15, (new, *bursts))


def _manual(path: str, daily: float, age: int = 520, began: float = 0.35) -> Page:
    """A page of a manual: read at work, and by more people each month."""
    return Page(f"{_MANUAL}{path}", daily, age, began, 0.42)


def _choir(path: str, daily: float, *bursts: tuple[int, int]) -> Page:
    """A page of a choir: read on weekends, and before a concert."""
    return Page(f"{_CHOIR}{path}", daily, 410, 0.7, 1.7, bursts)


PAGES = (
    Page(_BLOG, 74, 540, 0.45, 1.15, ((298, 410), (121, 330), (33, 290)), 8_214),
    Page(SHOWCASE, 96, 431, 0.3, 1.3, ((431, 160), (298, 520), (57, 380)), 2_960),
    _blog("/a-shed-of-ones-own", 41, 388, (230, 280)),
    _blog("/paper-maps", 35, 344, (121, 640)),
    _blog("/mending-a-bicycle-lamp", 29, 301),
    _blog("/the-heron-on-the-canal", 12, 266),
    _blog("/tomatoes-on-a-balcony", 47, 221, (33, 410)),
    _blog("/one-bag-for-a-week", 38, 187),
    _blog("/why-i-keep-a-paper-diary", 26, 150, (88, 350)),
    _blog("/k%C3%A4sesp%C3%A4tzle", 18, 118),
    _blog("/a-radio-from-1962", 31, 83),
    _blog("/walking-home", 22, 52),
    _blog("/first-frost", 44, 19),
    _blog("/apples-in-storage", 58, 6),
    Page(f"{_BLOG}/about", 9, 540, 0.5, 1.0, (), 1_105),
    Page(f"{_BLOG}/feed-readers", 5, 402, 0.9, 0.9),
    _manual("", 118),
    _manual("/install", 92),
    _manual("/start", 87),
    _manual("/guide/tables", 41),
    _manual("/guide/footnotes", 28),
    _manual("/guide/cross-references", 33),
    _manual("/guide/fonts", 37, 400, 0.5),
    _manual("/guide/right-to-left", 11, 300, 0.6),
    _manual("/reference/commands", 64),
    _manual("/reference/settings", 52),
    _manual("/reference/errors", 30),
    _manual("/migrating-to-2", 45, 96, 1.6),
    _manual("/changes", 24),
    _manual("/licence", 3, 500, 0.8),
    _choir("", 21, (205, 160), (12, 190)),
    _choir("/concerts", 17, (207, 240), (14, 280)),
    _choir("/rehearsals", 8),
    _choir("/join", 6),
    _choir("/gallery", 9, (203, 120), (10, 150)),
    _choir("/contact", 2.5),
)

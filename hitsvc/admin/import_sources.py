"""What ``--from`` names: which reader reads a source, and what tells it again."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError

from hitsvc.admin.importers import (
    AccessLog,
    Busuanzi,
    GoatCounter,
    HitCounter,
    ImportRefused,
    LeftOut,
    OwnFormat,
    Plausible,
    Row,
    Shape,
    Shaper,
    Source,
    Vercount,
    content_id,
    gathered,
    key_of,
    read_sitemap,
)
from hitsvc.request import declared_bots
from hitsvc.store import plain_url, redact, see_url

OURS = "hitsvc"
FILES = (OURS, "hit-counter", "goatcounter", "plausible", "access-log")
STORES = ("vercount", "busuanzi")
NAMES = FILES + STORES
_TIMEOUT_S = 30.0


class _Reader(Protocol):
    def rows(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """How a source is to be read.

    Attributes:
        importer: One of `NAMES`.
        shape: What the operator says about the rows.
        mode: What becomes of them; it is part of what tells an import again.
        visits: Count visits where a source has them beside views.
        sitemap: Which pages there may be, where a source has only hashes.
        key_of: Turns a URL into its key, or raises `InvalidURL`.
    """

    importer: str
    shape: Shape
    mode: str = "add"
    visits: bool = False
    sitemap: Source | None = None
    key_of: Callable[[str], str] = key_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that can be imported.

    Attributes:
        id: Tells it, and how it is read, from all others.
        left_out: What of it is left out; complete when `rows` has been read.
        rows: Gives each page and day once, in order.
    """

    id: str
    left_out: LeftOut
    rows: Callable[[], Iterator[Row]] = field(repr=False)


def open_file(source: Source, choices: Choices) -> Opened:
    """Prepare to import a file.

    Raises:
        ImportRefused: It cannot be read, or the choices do not fit it.
    """
    if choices.importer in STORES:
        msg = (
            f"--from {choices.importer} reads its Redis: give the URL, such as "
            "redis://127.0.0.1:6379/0, instead of a file"
        )
        raise ImportRefused(msg)
    shaper = Shaper(choices.shape, choices.key_of)
    said = {"mode": choices.mode, "visits": str(choices.visits)}
    return Opened(
        content_id(source, choices.importer, choices.shape, said),
        shaper.left_out,
        lambda: gathered(_reader(source, shaper, choices).rows(), shaper.left_out),
    )


def _reader(source: Source, shaper: Shaper, choices: Choices) -> _Reader:
    if choices.importer == "goatcounter":
        return GoatCounter(source, shaper, visits_only=choices.visits)
    readers: dict[str, Callable[[Source, Shaper], _Reader]] = {
        OURS: OwnFormat,
        "hit-counter": HitCounter,
        "plausible": Plausible,
        "access-log": lambda log, rows: AccessLog(log, rows, declared_bots().named),
    }
    return readers[choices.importer](source, shaper)


def open_other_store(url: str, choices: Choices) -> Opened:
    """Prepare to import another counter's Redis.

    It may go on counting, so its content tells nothing again: what does is where it is.
    An import that was cut off so goes on with the numbers of then, each page once.

    Raises:
        ImportRefused: The choices do not fit it.
        SettingsError: The URL is malformed.
    """
    see_url(url, "FILE")
    if choices.importer not in STORES:
        msg = f"{redact(url)} is a Redis: say with --from which counter it belongs to ({', '.join(STORES)})"
        raise ImportRefused(msg)
    shaper = Shaper(choices.shape, choices.key_of)
    digest = hashlib.sha256()
    for part in (
        b"store",
        choices.importer.encode(),
        choices.mode.encode(),
        redact(url).encode(),
        choices.shape.fingerprint(),
    ):
        digest.update(b"%d:%s" % (len(part), part))
    return Opened(
        digest.hexdigest(),
        shaper.left_out,
        lambda: _rows_of(url, shaper, choices),
    )


def _rows_of(url: str, shaper: Shaper, choices: Choices) -> Iterator[Row]:
    with _connected(url) as client, _told(url):
        reader: _Reader
        if choices.importer == "vercount":
            reader = Vercount(client, shaper)
        else:
            pages = read_sitemap(choices.sitemap) if choices.sitemap else ()
            reader = Busuanzi(client, shaper, pages)
        # It reads to the end before anything is counted: no number changes meanwhile.
        yield from gathered(reader.rows(), shaper.left_out)


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    # Their names are bytes of any kind.
    client = Redis.from_url(plain_url(url, _TIMEOUT_S), socket_timeout=_TIMEOUT_S)
    with client:
        yield client


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except RedisError as ex:
        msg = f"{redact(url)} cannot be read: {ex}"
        raise ImportRefused(msg) from ex

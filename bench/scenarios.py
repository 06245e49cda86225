"""The scenarios: who is asked for what, by how many, over which store."""

from dataclasses import dataclass

from bench.contenders import CONTENDERS, PRODUCT

ALL = tuple(CONTENDERS)
COUNTERS = tuple(name for name in ALL if name not in {"hello", "flask", "flask-wal"})

FEW_URLS = 1_000
MANY_URLS = 10_000_000
SPREAD_URLS = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a scenario's table: a contender, over a kind of store.

    Attributes:
        label: What the results call it.
        contender: The contender's name.
        delay_ms: What a round trip to the store takes longer, through a proxy; None
            for no proxy.
        existing: How many URLs the store knows at the start.
        appendfsync: The store's setting; None for no append-only file.
        pages: Which pages are visited: ``hot`` for one, ``zipf``, ``few`` for the
            first thousand, or ``spread`` over the ten million.
    """

    label: str
    contender: str = PRODUCT
    delay_ms: float | None = None
    existing: int = 0
    appendfsync: str | None = None
    pages: str = "hot"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A table of the results. Its first entry is compared with each other one.

    Attributes:
        name: What the command line calls it.
        title: What the report calls it.
        entries: Who takes part.
        path: What is requested.
        connections: How many, each with one request in flight.
        counts: Whether a request is a hit.
        returning: Whether the visitors bring a live cookie.
        half_rate: Whether requests come at half of the product's saturated rate.
        rounds: How many, in a full run.
        seconds: How long each takes, in a full run.
    """

    name: str
    title: str
    entries: tuple[Entry, ...]
    path: str = "/count/tag.svg"
    connections: int = 64
    counts: bool = True
    returning: bool = False
    half_rate: bool = False
    rounds: int = 3
    seconds: int = 3


def _each(names: tuple[str, ...], pages: str = "hot") -> tuple[Entry, ...]:
    return tuple(Entry(name, name, pages=pages) for name in names)


def _connections(count: int) -> Scenario:
    return Scenario(
        f"c{count}",
        f"First visits to one hot URL, {count} connection{'s' * (count > 1)}",
        _each(ALL[:-2]),
        connections=count,
    )


HOT = Scenario(
    "hot",
    "First visits to one hot URL, 64 connections",
    _each(ALL),
    rounds=5,
    seconds=4,
)
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        HOT,
        Scenario(
            "zipf", "First visits over 100,000 URLs, Zipf-like", _each(ALL[:-1], "zipf")
        ),
        Scenario(
            "returning",
            "Returning visitors with a live cookie",
            _each(COUNTERS),
            counts=False,
            returning=True,
        ),
        Scenario(
            "reads",
            "Reads: /nocount/tag.svg",
            _each(COUNTERS),
            path="/nocount/tag.svg",
            counts=False,
        ),
        Scenario(
            "text", "First visits as text: /count", _each(COUNTERS), path="/count"
        ),
        _connections(1),
        _connections(16),
        _connections(256),
        Scenario(
            "distant",
            "Redis 2 ms away, 256 connections",
            (
                Entry("2 ms away", delay_ms=2),
                Entry("loopback"),
                Entry("proxy without delay", delay_ms=0),
            ),
            connections=256,
            rounds=5,
        ),
        Scenario(
            "existing",
            "Existing URLs in the store",
            (
                Entry("10,000,000 URLs", existing=MANY_URLS, pages="few"),
                Entry("1,000 URLs", existing=FEW_URLS, pages="few"),
                Entry(
                    "10,000,000 URLs, visits all over",
                    existing=MANY_URLS,
                    pages="spread",
                ),
            ),
            rounds=5,
        ),
        Scenario(
            "fsync",
            "Append-only file, 256 connections",
            (
                Entry("appendfsync always", appendfsync="always"),
                Entry("appendfsync everysec", appendfsync="everysec"),
            ),
            connections=256,
            rounds=5,
        ),
        Scenario(
            "half",
            "At half of the product's saturated rate, 64 connections",
            _each((PRODUCT, "hello")),
            half_rate=True,
            rounds=5,
            seconds=5,
        ),
    )
}

"""The scenarios: who is asked for what, by how many, over which store."""

from dataclasses import dataclass

from bench.contenders import CONTENDERS, PRODUCT
from bench.draws import FEW_URLS, MANY_URLS, agent
from bench.pages import ZIPF_PAGES

ALL = tuple(CONTENDERS)
COUNTERS = (PRODUCT, "idiomatic", "go", "nginx")
# Fixed answers are measured in one scenario; Flask with a write-ahead log there alone.
WITH_HELLO = (PRODUCT, "hello", *COUNTERS[1:])

# What `hits.js` sends, as far as a server looks at it.
_SCRIPT = (("Origin", "https://hot.example"), ("Content-Length", "0"))
_PRERENDER = (("Sec-Purpose", "prefetch;prerender"),)
_BROWSER = (("User-Agent", agent(0)),)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a scenario's table: a contender, over a kind of store.

    Attributes:
        label: What the results call it.
        contender: The contender's name.
        delay_ms: What a round trip to the store takes longer, through a proxy; None
            for no proxy.
        existing: How many URLs the store knows at the start.
        history: Whether each of these was visited daily for 2,000 days.
        cluster: Whether the store is a cluster of three primaries.
        appendfsync: The store's setting; None for no append-only file.
        pages: What is visited, as `bench.draws` has it: ``hot`` for one page, ``zipf``,
            ``few`` for the first thousand, ``spread`` over the ten million, ``sites``
            for 10,000 sites, ``agents`` for one page by 5,000 browsers, or ``agent``.
        path: What is requested, if not what the scenario says.
        method: Of the requests.
        headers: What they are sent with.
    """

    label: str
    contender: str = PRODUCT
    delay_ms: float | None = None
    existing: int = 0
    history: bool = False
    cluster: bool = False
    appendfsync: str | None = None
    pages: str = "hot"
    path: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


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
        _each(WITH_HELLO),
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
            "zipf",
            "First visits over 100,000 URLs, Zipf-like",
            _each((*WITH_HELLO, "flask"), "zipf"),
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
        Scenario(
            "script",
            "First visits by the script: POST /count.json with Origin",
            (
                Entry(PRODUCT, path="/count.json", method="POST", headers=_SCRIPT),
                Entry("its badge"),
                Entry("go", "go"),
                Entry("nginx", "nginx"),
            ),
        ),
        Scenario(
            "prerender",
            "First visits by a browser that prerenders",
            (Entry("prerendered", headers=_PRERENDER), Entry("as it is", headers=())),
        ),
        Scenario(
            "sites",
            "First visits all over 10,000 sites of 10 pages",
            _each((PRODUCT, "go", "nginx"), "sites"),
        ),
        Scenario(
            "agents",
            "First visits by 5,000 browsers",
            (
                Entry("5,000 user agents", pages="agents"),
                Entry("one user agent, from a list", pages="agent"),
                Entry("one user agent", headers=_BROWSER),
                Entry("none"),
            ),
        ),
        Scenario(
            "history",
            "100,000 URLs that were visited daily for 2,000 days, on 31 December",
            (
                Entry("2,000 days", existing=ZIPF_PAGES, history=True, pages="zipf"),
                Entry("no days yet", existing=ZIPF_PAGES, pages="zipf"),
            ),
        ),
        Scenario(
            "cluster",
            "Three primaries on this machine, 100,000 URLs",
            (
                Entry("three primaries", cluster=True, pages="zipf"),
                Entry("one store", pages="zipf"),
            ),
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

"""Every number that workers count: its name, its meaning, and its place in a row.

A row is an array of 64-bit words. All labels and buckets are fixed here, so nobody who
visits or embeds can make a new time series.
"""

from dataclasses import dataclass

from hitsvc.errors import (
    CounterBusy,
    CounterFull,
    CounterUnavailable,
    HitsError,
    InvalidURL,
    SiteNotCounted,
    TooManyNewPages,
    VisitorsNotCounted,
)


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers that share a name.

    Attributes:
        name: As Prometheus knows it.
        kind: ``counter``, ``gauge`` or ``histogram``.
        meaning: For people.
        at: The first of its words in a row. Of a histogram, that is the first bucket;
            the sum stands behind the last.
        label: What tells its values apart; empty for a single value.
        values: Of the label, a word each.
        bounds: Of a histogram's buckets, but for the last, which has none; in the unit
            of the words.
        scale: How many units of the words make one of the text.
        latest: The largest of all rows is shown, and not their sum.
    """

    name: str
    kind: str
    meaning: str
    at: int
    label: str = ""
    values: tuple[str, ...] = ("",)
    bounds: tuple[int, ...] = ()
    scale: int = 1
    latest: bool = False

    @property
    def width(self) -> int:
        """How many words it takes."""
        return len(self.bounds) + 2 if self.bounds else len(self.values)

    @property
    def end(self) -> int:
        """The first word behind it."""
        return self.at + self.width


# Whether a process writes the row; the parent alone changes it.
LIVE = 0

HITS = Family(
    "hitsvc_hits_total",
    "counter",
    "Hits: counted, recognised as a refresh (remembered), or not acknowledged by the "
    "store (refused).",
    at=1,
    label="result",
    values=("counted", "remembered", "refused"),
)
READS = Family(
    "hitsvc_reads_total", "counter", "Counts read without counting.", at=HITS.end
)
BATCHES = Family(
    "hitsvc_batches_total",
    "counter",
    "Batches sent to the store, by what became of them.",
    at=READS.end,
    label="result",
    values=("answered", "failed"),
)
SIZES = Family(
    "hitsvc_batch_operations",
    "histogram",
    "Hits and reads in a batch.",
    at=BATCHES.end,
    bounds=(1, 4, 16, 64, 128, 256, 511),
)
SECONDS = Family(
    "hitsvc_store_seconds",
    "histogram",
    "How long the store took to acknowledge what it was sent.",
    at=SIZES.end,
    bounds=tuple(
        us * 1000
        for us in (250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000)
    ),
    scale=10**9,
)
REFUSALS = Family(
    "hitsvc_store_refusals_total",
    "counter",
    "Hits and reads that the store answered with an error, by the error's first word.",
    at=SECONDS.end,
    label="kind",
    values=(
        "OOM",
        "NOREPLICAS",
        "READONLY",
        "MISCONF",
        "LOADING",
        "CLUSTERDOWN",
        "MOVED",
        "NOPERM",
        "WRONGTYPE",
        "other",
    ),
)
ERRORS = Family(
    "hitsvc_errors_total",
    "counter",
    "Requests answered with an error, by its kind.",
    at=REFUSALS.end,
    label="kind",
    values=("unavailable", "busy", "full", "new_pages", "site", "url"),
)
LAST_FAILURE = Family(
    "hitsvc_store_last_failure_timestamp_seconds",
    "gauge",
    "When a batch failed last; 0 for never.",
    at=ERRORS.end,
    latest=True,
)
STARTS = Family(
    "hitsvc_worker_starts_total",
    "counter",
    "Worker processes started, those that took another's place included.",
    at=LAST_FAILURE.end,
)
CONNECTIONS = Family(
    "hitsvc_connections",
    "gauge",
    "Connections of clients, as of the last second.",
    at=STARTS.end,
)

FAMILIES = (
    HITS,
    READS,
    BATCHES,
    SIZES,
    SECONDS,
    REFUSALS,
    ERRORS,
    LAST_FAILURE,
    STARTS,
    CONNECTIONS,
)
# 64 bytes are a line of a CPU's cache: no two workers write to the same one.
_LINE_WORDS = 8
ROW_WORDS = -(-CONNECTIONS.end // _LINE_WORDS) * _LINE_WORDS

_KINDS: dict[type[HitsError], str] = {
    CounterBusy: "busy",
    CounterFull: "full",
    CounterUnavailable: "unavailable",
    TooManyNewPages: "new_pages",
    SiteNotCounted: "site",
    InvalidURL: "url",
    VisitorsNotCounted: "url",
}


def error_word(error: HitsError) -> int | None:
    """Return the word that counts an error; ``None`` for one that no request meets."""
    for kind in type(error).__mro__:
        if kind in _KINDS:
            return ERRORS.at + ERRORS.values.index(_KINDS[kind])
    return None


def refusal_word(reason: str) -> int:
    """Return the word that counts what Redis answered."""
    kind = reason.partition(" ")[0]
    known = kind if kind in REFUSALS.values else "other"
    return REFUSALS.at + REFUSALS.values.index(known)

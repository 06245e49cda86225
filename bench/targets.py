"""What the product shall reach, as ratios: absolute numbers are the machine's."""

from dataclasses import dataclass

from bench.results import SERVER_US


@dataclass(frozen=True, slots=True)
class Target:
    """One ratio of medians.

    Attributes:
        title: What the report calls it.
        scenario: Where it is measured.
        metric: ``rate``, a percentile, such as ``p99_us``, or `bench.results.SERVER_US`.
        over: What the scenario's first entry is divided by.
        limit: What it must reach: at least for rates, at most for latencies.
        aim: What would be better still.
    """

    title: str
    scenario: str
    metric: str
    over: str
    limit: float
    aim: float | None = None


TARGETS = (
    Target("hot URL ÷ bare Go + redigo", "hot", "rate", "go", 2.0, 2.4),
    Target("hot URL ÷ nginx + Lua + Redis", "hot", "rate", "nginx", 2.0, 2.4),
    Target("hot URL: server CPU a hit ÷ bare Go's", "hot", SERVER_US, "go", 0.42, 0.36),
    Target(
        "hot URL: server CPU a hit ÷ a fixed answer's",
        "hot",
        SERVER_US,
        "floor",
        2.5,
        2.0,
    ),
    Target("100,000 URLs ÷ bare Go", "zipf", "rate", "go", 1.3, 1.45),
    Target(
        "100,000 URLs: server CPU a hit ÷ bare Go's",
        "zipf",
        SERVER_US,
        "go",
        0.62,
        0.52,
    ),
    Target("script's hits ÷ bare Go's badge", "script", "rate", "go", 1.5, 1.8),
    Target("returning visitors ÷ bare Go", "returning", "rate", "go", 1.5, 1.8),
    Target("median of one connection ÷ bare Go's", "c1", "p50_us", "go", 1.05, 0.95),
    Target("16 connections ÷ bare Go", "c16", "rate", "go", 1.45, 1.6),
    Target("p99 at half the rate ÷ hello world's", "half", "p99_us", "hello", 2.0, 1.5),
    Target(
        "2,000 days, on the last of a year ÷ none",
        "history",
        "rate",
        "no days yet",
        0.8,
        0.9,
    ),
    Target("hot URL ÷ hello world in Falcon", "hot", "rate", "hello", 0.75, 0.9),
    Target("hot URL ÷ idiomatic Falcon + redis-py", "hot", "rate", "idiomatic", 5.0, 6),
    Target("hot URL ÷ Flask + SQLite (2 workers)", "hot", "rate", "flask", 40, 60),
    Target("the same, write-ahead log", "hot", "rate", "flask-wal", 40, 60),
    Target("Redis 2 ms away ÷ loopback", "distant", "rate", "loopback", 0.85, 0.95),
    Target(
        "10,000,000 existing URLs ÷ 1,000", "existing", "rate", "1,000 URLs", 0.95, 1.0
    ),
    Target(
        "appendfsync always ÷ everysec",
        "fsync",
        "rate",
        "appendfsync everysec",
        0.5,
        0.8,
    ),
    Target("p99, saturated ÷ bare Go's", "hot", "p99_us", "go", 1.5),
)
MAX_ROUND_TRIPS_A_HIT = 0.1

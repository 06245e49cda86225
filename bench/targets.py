"""What the product shall reach, as ratios: absolute numbers are the machine's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One ratio of medians.

    Attributes:
        title: What the report calls it.
        scenario: Where it is measured.
        metric: ``rate`` or a percentile, such as ``p99_us``.
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
    Target("÷ idiomatic Falcon + redis-py", "hot", "rate", "idiomatic", 5.0, 6),
    Target("÷ hello world in Falcon, same worker", "hot", "rate", "hello", 0.75, 0.9),
    Target("÷ bare Go + redigo", "hot", "rate", "go", 1.0, 1.25),
    Target("÷ nginx + Lua + Redis", "hot", "rate", "nginx", 0.7, 1.0),
    Target("÷ Flask + SQLite (2 workers)", "hot", "rate", "flask", 40, 60),
    Target("÷ the same, write-ahead log", "hot", "rate", "flask-wal", 40, 60),
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
    Target("p99 at half the rate ÷ hello world's", "half", "p99_us", "hello", 2.0),
    Target("median of one connection ÷ idiomatic", "c1", "p50_us", "idiomatic", 1.0),
)
MAX_ROUND_TRIPS_A_HIT = 0.1

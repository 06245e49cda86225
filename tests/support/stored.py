"""What a store holds of a page, read as an operator would."""

from datetime import UTC, datetime, timedelta

from redis import Redis, RedisCluster

from hitsvc.counting import Day, Keys

KEYS = Keys("hits:")


def today(ago: int = 0) -> Day:
    """Return the day so many days ago (UTC)."""
    return Day.of(datetime.now(UTC).date() - timedelta(days=ago))


def put_day(redis: Redis, page_key: str, day: Day, hits: int) -> None:
    """Give a page hits of a day, and leave its total alone."""
    redis.hset(KEYS.page(page_key).year(day.year), day.field, str(hits))


def day_hits(redis: Redis | RedisCluster, page_key: str) -> int:
    """Add up the hits of a page's days, this year's and last year's."""
    page = KEYS.page(page_key)
    years = {today().year, today(1).year}
    return sum(int(hits) for year in years for hits in redis.hvals(page.year(year)))

"""Settings of what is counted: the store, the pages, the visitors, the badge."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from hitsvc.settings.mistakes import Right
from hitsvc.settings.networks import networks
from hitsvc.settings.zones import known_zone

_HOSTS = Right("hosts, separated by commas", "example.org, *.example.com")


class CountSettings(BaseModel):
    """What is counted, where it is kept, and how it is shown."""

    redis_url: Annotated[
        str,
        Field(
            description="Where hits are stored: `embedded`, `memory`, or a `redis://`, "
            "`rediss://`, `unix://`, `redis+sentinel://`, `rediss+sentinel://`, "
            "`redis+cluster://` or `rediss+cluster://` URL.",
            pattern=r"^(embedded|memory|unix://.+|rediss?(\+sentinel|\+cluster)?://.+)$",
        ),
        Right("a store: embedded, memory or a URL", "redis://127.0.0.1:6379/0"),
    ] = "embedded"
    admin_redis_url: Annotated[
        str,
        Field(
            description="The same store with a user that may change and remove counts, "
            "for the dashboard and commands such as `hitsvc set`: a URL. Empty: the one "
            "above.",
            pattern=r"^(|unix://.+|rediss?(\+sentinel|\+cluster)?://.+)$",
            min_length=0,
        ),
        Right("the URL of the store", "redis://admin:PASSWORD@127.0.0.1:6379/0"),
    ] = ""
    key_prefix: Annotated[
        str,
        Field(
            description="What every Redis key starts with.",
            pattern=r"^[^\s{}]*$",
            min_length=0,
        ),
        Right("text without white space and braces", "hits:"),
    ] = "hits:"
    cookie_timeout: Annotated[
        int,
        Field(
            description="Seconds for which a visitor's refreshes are not counted; 0 "
            "counts every view and sets no cookie.",
            ge=0,
            le=34_560_000,  # 400 days: browsers cap Max-Age there (RFC 6265bis)
        ),
    ] = 60
    refresh: Annotated[
        str,
        Field(
            description="How a refresh is told: `cookie`; `claim`, a keyed hash of address "
            "and user agent; `both`: a cookie, else a claim; or `off`: every view counts.",
            pattern=r"^(cookie|claim|both|off)$",
        ),
    ] = "cookie"
    visitors: Annotated[
        str,
        Field(
            description="`on`: a day's visitors are counted too, by page and by site; or "
            "`off`.",
            pattern=r"^(on|off)$",
        ),
    ] = "off"
    random_value_length: Annotated[
        int,
        Field(description="Characters in an anti-refresh cookie's value.", ge=8, le=64),
    ] = 12
    svg_template: Annotated[
        Path | None,
        Field(
            description="An SVG file to use as the badge. It must contain `{count}`."
        ),
        Right("an SVG file that contains {count}", "badge.svg"),
    ] = None
    badge_label: Annotated[
        str,
        Field(description="The text on the left of the badge.", max_length=64),
        Right("text of at most 64 characters", "hits"),
    ] = "hits"
    redis_timeout: Annotated[
        float,
        Field(
            description="Seconds that Redis may take to accept a connection and "
            "acknowledge a batch of hits. A visitor waits twice that at most.",
            ge=0.01,
            le=10,
            allow_inf_nan=False,
        ),
    ] = 0.22
    acknowledge: Annotated[
        str,
        Field(
            description="Who must have a hit before it is answered: the `primary`, or a "
            "`replica` of it, too. Then Redis may take 0.2 seconds longer.",
            pattern=r"^(primary|replica)$",
        ),
    ] = "primary"
    queue_limit: Annotated[
        int,
        Field(
            description="Hits that may wait for Redis in each worker; above it a hit "
            "is answered 503 at once.",
            ge=1,
            le=1_000_000,
        ),
    ] = 10_000
    sites: Annotated[
        str,
        Field(
            description="Hosts whose pages are counted, separated by commas; "
            "`*.example.org` is `example.org` and all below it. Empty: every host.",
            min_length=0,
        ),
        _HOSTS,
    ] = ""
    deny: Annotated[
        str,
        Field(
            description="Hosts whose pages are not counted, written likewise.",
            min_length=0,
        ),
        _HOSTS,
    ] = ""
    timezone: Annotated[
        str,
        Field(
            description="The time zone in which days begin, for all that is counted: a "
            "name of the tz database.",
        ),
        AfterValidator(known_zone),
        Right("the name of a time zone", "Europe/Berlin"),
    ] = "UTC"
    bots: Annotated[
        str,
        Field(
            description="`skip`: programs that say in `User-Agent` that they are bots "
            "see the number and do not raise it; or `count`.",
            pattern=r"^(skip|count)$",
        ),
    ] = "skip"
    ignore: Annotated[
        str,
        Field(
            description="Addresses and networks, separated by commas, whose visits see "
            "the number and do not raise it, such as your own. Empty: none.",
            min_length=0,
        ),
        AfterValidator(networks),
        Right("addresses or networks, separated by commas", "203.0.113.7"),
    ] = ""
    new_pages_by_client: Annotated[
        int,
        Field(
            description="Pages that one client's network may have counted for the first "
            "time in a minute, in each worker; 0 is no limit.",
            ge=0,
        ),
    ] = 120
    new_pages_by_site: Annotated[
        int,
        Field(
            description="The same of one site.",
            ge=0,
        ),
    ] = 2_000
    new_pages_in_all: Annotated[
        int,
        Field(
            description="The same of all clients and sites together.",
            ge=0,
        ),
    ] = 5_000

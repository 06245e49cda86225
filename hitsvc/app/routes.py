"""The route table: every address that counts, reads or tells, and who answers there."""

from hitsvc.answer import (
    PNG,
    BadgeRenderer,
    ChartRenderer,
    JsonHistoryRenderer,
    JsonRenderer,
    PixelRenderer,
    PngRenderer,
    ShieldsRenderer,
    TextRenderer,
    VisitedJsonRenderer,
)
from hitsvc.badge import BadgeMaker
from hitsvc.png import Painter
from hitsvc.request import BeforeFork
from hitsvc.resources import (
    CountReader,
    HistoryReader,
    HitTaker,
    Liveness,
    ManyReader,
    NotInstalled,
    NotInstalledTaker,
    Readiness,
    Services,
)
from hitsvc.shell import Door
from hitsvc.store import StoreCheck


def of_counts(
    services: Services,
    badges: BadgeMaker,
    painter: Painter | None,
    statistics: Door,
) -> dict[str, object]:
    """Return the addresses of counts with the resource that answers at each."""
    text, badge = TextRenderer(), BadgeRenderer(badges)
    days = JsonHistoryRenderer(services.looks)
    chart = ChartRenderer(services.looks, services.calendar.zone)
    png = painter and PngRenderer(badges, painter)
    take_png = HitTaker(services, png) if png else NotInstalledTaker(services, PNG)
    read_png = CountReader(services, png) if png else NotInstalled(services, PNG)
    take_json = HitTaker(services, JsonRenderer())
    if services.counter.tells_visitors:
        take_json = HitTaker(services, VisitedJsonRenderer())
    return {
        "/count": HitTaker(services, text),
        "/count/tag.svg": HitTaker(services, badge),
        "/count/tag.png": take_png,
        "/count/pixel.gif": HitTaker(services, PixelRenderer()),
        "/count.json": take_json,
        "/nocount": CountReader(services, text),
        "/nocount/tag.svg": CountReader(services, badge),
        "/nocount/tag.png": read_png,
        "/nocount/shields.json": CountReader(services, ShieldsRenderer(badges.label)),
        "/nocount.json": ManyReader(services, days, statistics),
        "/graph.svg": HistoryReader(services, chart, statistics),
    }


def of_health(
    services: Services, check: StoreCheck, shared: BeforeFork
) -> dict[str, object]:
    """Return the addresses that tell how the service is."""
    return {
        "/healthz": Liveness(shared.is_going),
        "/readyz": Readiness(services.counter, check, shared.is_going),
    }

"""What people see in a browser, put together: which pages there are, and who may see them."""

from typing import NamedTuple

from hitsvc.leave_me_out import LeaveMeOut
from hitsvc.pages import Assets, page_routes
from hitsvc.request import Identity
from hitsvc.services import Services
from hitsvc.settings import Settings, links
from hitsvc.shell import Door, Link, Shell
from hitsvc.statistics import statistics_routes

# Those that have templates and files of their own.
_PACKAGES = ["hitsvc.pages", "hitsvc.statistics"]


class Front(NamedTuple):
    """The pages.

    Attributes:
        shell: The frame of all of them.
        routes: What answers at each address.
        statistics: Who may see what is known of pages day by day.
    """

    shell: Shell
    routes: dict[str, object]
    statistics: Door


def open_front(settings: Settings, identity: Identity, services: Services) -> Front:
    """Make the pages.

    Args:
        settings: The configuration.
        identity: What is one page.
        services: Where the counts are.
    """
    maker = Door(settings.page, "The pages that make badges")
    statistics = Door(settings.stats, "Statistics")
    bar = [(maker, Link("Badge", "")), (statistics, Link("Statistics", "p"))]
    shell = Shell(
        _PACKAGES,
        base=settings.base_path,
        bar=[link for door, link in bar if door.is_public],
        footer=[Link(*link) for link in links(settings.footer)],
    )
    routes = {
        "/leave-me-out": LeaveMeOut(shell, services.proxies),
        **statistics_routes(shell, services.counter, services.targets, statistics),
        **page_routes(Assets(shell, identity.kept), maker),
        **shell.routes(),
    }
    return Front(shell, routes, statistics)

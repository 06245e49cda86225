"""What people see in a browser, put together: which pages there are, and who may see them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hitsvc.access import Keyring, Operator, Tokens
from hitsvc.badge import BadgeMaker, icon_names, installed_icons
from hitsvc.pages import Assets, page_routes
from hitsvc.request import Identity
from hitsvc.resources import LeaveMeOut, Services
from hitsvc.settings import Settings, links
from hitsvc.shell import Door, Link, Shell, nobody
from hitsvc.statistics import statistics_routes

if TYPE_CHECKING:
    from hitsvc.dashboard import OperatorSide
    from hitsvc.sites import PublicSums

# Those that have templates and files of their own.
_PACKAGES = ["hitsvc.pages", "hitsvc.statistics"]
_OPERATORS, _SITES = "hitsvc.dashboard", "hitsvc.sites"


class Front(NamedTuple):
    """The pages.

    Attributes:
        shell: The frame of all of them.
        routes: What answers at each address.
        statistics: Who may see what is known of pages day by day.
        ends: What is to be closed at the end.
    """

    shell: Shell
    routes: dict[str, object]
    statistics: Door
    ends: "Sequence[OperatorSide | PublicSums]"


def open_front(
    settings: Settings,
    identity: Identity,
    services: Services,
    badges: BadgeMaker,
    operator: Operator | None = None,
) -> Front:
    """Make the pages.

    Args:
        settings: The configuration.
        identity: What is one page.
        services: Where the counts are.
        badges: Draws the service's badges.
        operator: What the operator's side needs, if it is more than the settings have.
    """
    side = _operator_side(settings, identity, services, operator)
    sums = _site_sums(settings, services, operator)
    knows = side.knows if side else nobody
    maker = Door(settings.page, "The pages that make badges", knows)
    statistics = Door(settings.stats, "Statistics", knows)
    bar = [(maker, Link("Badge", "")), (statistics, Link("Statistics", "p"))]
    shell = Shell(
        [*_PACKAGES, *([_OPERATORS] if side else []), *([_SITES] if sums else [])],
        base=settings.base_path,
        bar=[link for door, link in bar if door.is_public],
        footer=[Link(*link) for link in links(settings.footer)],
    )
    routes = {
        "/leave-me-out": LeaveMeOut(shell, services.proxies),
        **statistics_routes(
            shell, services.counter, services.targets, statistics, services.calendar
        ),
        **page_routes(_assets(settings, shell, badges, identity, statistics), maker),
        **shell.routes(),
        **(side.routes(shell) if side else {}),
        **_of_sites(shell, identity, sums, statistics),
    }
    return Front(shell, routes, statistics, [end for end in (side, sums) if end])


def _assets(
    settings: Settings,
    shell: Shell,
    badges: BadgeMaker,
    identity: Identity,
    statistics: Door,
) -> Assets:
    """Make the page that makes badges, and its companions."""
    return Assets(
        shell,
        badges,
        identity.kept,
        icons=icon_names(installed_icons()),
        statistics=statistics.is_public,
        visitors=settings.visitors == "on",
    )


def _site_sums(
    settings: Settings, services: Services, operator: Operator | None
) -> "PublicSums | None":
    """Return what reads the sums of sites, if everybody may."""
    store = operator and operator.store
    if settings.site_stats == "off" or (settings.redis_url == "memory" and not store):
        return None
    # PERF: 40 ms of a start that does not need it.
    from hitsvc.sites import open_sums

    today, counter = services.calendar.today, services.counter
    run = store.sum if store else None
    visitors = counter.site_visitors if counter.tells_visitors else None
    how = lambda: today().date.isoformat(), run, visitors
    return open_sums(settings, services.send, *how)


def _of_sites(
    shell: Shell, identity: Identity, sums: "PublicSums | None", door: Door
) -> dict[str, object]:
    if sums is None:
        return {}
    from hitsvc.sites import site_routes

    return site_routes(shell, identity, sums, door)


def _operator_side(
    settings: Settings,
    identity: Identity,
    services: Services,
    operator: Operator | None,
) -> "OperatorSide | None":
    """Return the operator's addresses, if there is a token that opens them."""
    operator = operator or Operator(
        Keyring(Tokens(settings.admin_token, settings.admin_read_token))
    )
    if not operator.keyring.opens:
        return None
    from hitsvc.dashboard import open_operator_side

    return open_operator_side(
        settings, operator, services.proxies, identity, services.calendar
    )

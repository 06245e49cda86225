"""What people see in a browser, put together: which pages there are, and who may see them."""

from typing import NamedTuple

from hitsvc.leave_me_out import LeaveMeOut
from hitsvc.pages import Assets, page_routes
from hitsvc.request import Identity
from hitsvc.services import Services
from hitsvc.settings import Settings, links
from hitsvc.shell import Door, Link, Shell

# Those that have templates and files of their own.
_PACKAGES = ["hitsvc.pages"]


class Front(NamedTuple):
    """The pages.

    Attributes:
        shell: The frame of all of them.
        routes: What answers at each address.
    """

    shell: Shell
    routes: dict[str, object]


def open_front(settings: Settings, identity: Identity, services: Services) -> Front:
    """Make the pages.

    Args:
        settings: The configuration.
        identity: What is one page.
        services: Where the counts are.
    """
    maker = Door(settings.page, "The pages that make badges")
    shell = Shell(
        _PACKAGES,
        base=settings.base_path,
        bar=[Link("Badge", "")] if maker.is_public else [],
        footer=[Link(*link) for link in links(settings.footer)],
    )
    routes = {
        "/leave-me-out": LeaveMeOut(shell, services.proxies),
        **page_routes(Assets(shell, identity.kept), maker),
        **shell.routes(),
    }
    return Front(shell, routes)

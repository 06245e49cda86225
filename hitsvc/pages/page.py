"""The page at ``/``, the script that other sites embed, and what goes with them."""

import json
from collections.abc import Iterable, Sequence
from importlib import resources
from urllib.parse import quote

from falcon.asgi import Request, Response

from hitsvc.badge import BadgeMaker, LookParser
from hitsvc.shell import ONE_DAY, Asset, Door, FileResource, Shell, asset_of_file

SCRIPT = "text/javascript; charset=utf-8"

_STYLES = ("flat", "flat-square", "plastic", "for-the-badge", "social")
_SHOWN = 17_777

# In the script, for what the operator's settings say.
_KEPT = '"HITSVC_KEPT"'

# What other sites load: they may read it, and also pages that isolate themselves
# (Cross-Origin-Embedder-Policy) may.
_FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Assets:
    """The page and its companions, made once at construction.

    Attributes:
        index: The page at ``/``.
        embed: The script that other sites embed, ``/hits.js``.
        of_site: What that loads for numbers of sites, ``/site.js``.
        openapi: The description of the service's addresses, ``/openapi.json``.
        robots: ``/robots.txt``.
    """

    def __init__(
        self,
        shell: Shell,
        badges: BadgeMaker,
        kept: Iterable[str] = (),
        *,
        icons: Sequence[str] = (),
        statistics: bool = True,
        visitors: bool = False,
    ) -> None:
        """Read the files and render the page.

        Args:
            shell: The frame of pages; it knows this package.
            badges: Draws the service's badges.
            kept: What tells pages apart beside their paths; see `Identity.kept`.
            icons: The names of the logos that there are.
            statistics: Everybody may see the statistics, so codes lead to them.
            visitors: Visitors are counted too, so the page says so.
        """
        web = resources.files("hitsvc.pages") / "assets"
        shell.add_file("icons.json", json.dumps(icons).encode())
        self.index = shell.page(
            "pages/index.html",
            styles=_styles(badges),
            label=badges.label,
            icons=len(icons),
            statistics=statistics,
            visitors=visitors,
        )
        self.embed = asset_of_file(_embed(kept), SCRIPT, ONE_DAY)
        self.of_site = asset_of_file((web / "site.js").read_bytes(), SCRIPT, ONE_DAY)
        self.openapi = asset_of_file(
            (web / "openapi.json").read_bytes(), "application/json", ONE_DAY
        )
        self.robots = asset_of_file(
            (web / "robots.txt").read_bytes(), "text/plain; charset=utf-8", ONE_DAY
        )


def _styles(badges: BadgeMaker) -> list[tuple[str, str, str]]:
    """Draw a badge of each style: its name, its name in words, and a picture."""
    looks = LookParser()
    styles = []
    for name in _STYLES:
        svg = badges.draw(looks.parse({"style": name, "format": "grouped"}), _SHOWN)
        picture = f"data:image/svg+xml,{quote(svg)}"
        styles.append((name, name.replace("-", " ").capitalize(), picture))
    return styles


def _embed(kept: Iterable[str]) -> bytes:
    """Return the script that other sites embed, which knows what tells pages apart.

    It is made of hits.js by `make script`; a test holds the two together.
    """
    file = resources.files("hitsvc.pages") / "assets" / "hits.min.js"
    names = json.dumps(",".join(kept))
    return file.read_text(encoding="utf-8").replace(_KEPT, names).encode()


class PublicFileResource(FileResource):
    """One file that other sites load."""

    async def on_get(self, req: Request, resp: Response) -> None:
        """Send the file, and let other sites use it."""
        await super().on_get(req, resp)
        resp.set_headers(_FOR_OTHER_SITES)

    on_head = on_get


class Page(FileResource):
    """The page at ``/``, for those who may see it."""

    def __init__(self, asset: Asset, door: Door) -> None:
        """Serve ``asset`` behind a door."""
        super().__init__(asset)
        self._door = door

    async def on_get(self, req: Request, resp: Response) -> None:
        """Send the page."""
        self._door.open(req)
        await super().on_get(req, resp)

    on_head = on_get


def page_routes(assets: Assets, door: Door) -> dict[str, object]:
    """Say where the page is served, and what goes with it."""
    return {
        "/": Page(assets.index, door),
        "/hits.js": PublicFileResource(assets.embed),
        "/site.js": PublicFileResource(assets.of_site),
        "/openapi.json": PublicFileResource(assets.openapi),
        "/robots.txt": FileResource(assets.robots),
    }

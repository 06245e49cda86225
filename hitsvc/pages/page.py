"""The page at ``/``, its assets, and the pages for errors.

`Assets` reads the package's ``assets`` directory once. A file that the pages refer to as
``static/<stem>.<ext>`` is served as ``/static/<stem>.<hash>.<ext>``: its name changes
with its content, so browsers may keep it for ever.
"""

import html
import json
from collections.abc import Iterable, Mapping
from importlib import resources
from string import Template

import falcon
import falcon.asgi

from hitsvc.pages.files import Asset

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
REVALIDATE = "no-cache"
ONE_DAY = "public, max-age=86400"
FOR_EVER = "public, max-age=31536000, immutable"

# In the script, for what the operator's settings say.
_KEPT = '"HITSVC_KEPT"'

# Below that, error pages look for the others where they are without a proxy's path.
_MAX_DEPTH = 20

# What other sites load: they may read it, and also pages that isolate themselves
# (Cross-Origin-Embedder-Policy) may.
_FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Assets:
    """The page's files, read once at construction.

    Attributes:
        index: The page at ``/``.
        embed: The script that other sites embed, ``/hits.js``.
        openapi: The description of the service's addresses, ``/openapi.json``.
        favicon: The icon, for browsers that ask for ``/favicon.ico``.
        robots: ``/robots.txt``.
        static: Each file under ``/static/``, by its hashed name.
    """

    def __init__(self, base: str = "", kept: Iterable[str] = ()) -> None:
        """Read the files and put the hashed names into the pages.

        Args:
            base: The path that a proxy leaves on, or ``""``.
            kept: What tells pages apart beside their paths; see `Identity.kept`.
        """
        self._base = base.encode()
        web = resources.files("hitsvc.pages") / "assets"
        self.static: dict[str, Asset] = {}
        self._names: dict[str, str] = {}
        for name, content_type in (
            ("favicon.svg", "image/svg+xml"),
            ("ask.js", SCRIPT),
            ("codes.js", SCRIPT),
            ("colors.js", SCRIPT),
            ("copy.js", SCRIPT),
            ("page.js", SCRIPT),
            ("style.css", "text/css; charset=utf-8"),
        ):
            asset = Asset.of((web / name).read_bytes(), content_type, FOR_EVER)
            stem, extension = name.split(".")
            hashed = f"{stem}.{asset.plain.etag}.{extension}"
            self._names[f"static/{name}"] = f"static/{hashed}"
            self.static[hashed] = asset

        self.index = Asset.of(self.page("index.html").encode(), HTML, REVALIDATE)
        self.embed = Asset.of(_embed(kept), SCRIPT, ONE_DAY)
        self.openapi = Asset.of(
            (web / "openapi.json").read_bytes(), "application/json", ONE_DAY
        )
        self.favicon = Asset.of(
            (web / "favicon.svg").read_bytes(), "image/svg+xml", ONE_DAY
        )
        self.robots = Asset.of(
            (web / "robots.txt").read_bytes(), "text/plain; charset=utf-8", ONE_DAY
        )
        self._error = Template(self.page("error.html"))

    def page(self, name: str) -> str:
        """Return a page's text, with the names in it that its files are served by."""
        file = resources.files("hitsvc.pages") / "assets" / name
        text = file.read_text(encoding="utf-8")
        for plain, hashed in self._names.items():
            text = text.replace(plain, hashed)
        return text

    def error_page(self, status_title: str, message: str, path: bytes) -> bytes:
        """Return an HTML page that says what went wrong, in the page's own design.

        Args:
            status_title: Its heading.
            message: One sentence.
            path: Where it is shown, as it was sent: the page refers to the others from
                there, since only the proxy knows what is in front of that.
        """
        depth = path.removeprefix(self._base).count(b"/") - 1
        return self._error.substitute(
            title=html.escape(status_title),
            message=html.escape(message),
            root="../" * depth or "./" if depth <= _MAX_DEPTH else "/",
        ).encode()


def _embed(kept: Iterable[str]) -> bytes:
    """Return the script that other sites embed, which knows what tells pages apart.

    It is made of hits.js by `make script`; a test holds the two together.
    """
    file = resources.files("hitsvc.pages") / "assets" / "hits.min.js"
    names = json.dumps(",".join(kept))
    return file.read_text(encoding="utf-8").replace(_KEPT, names).encode()


class FileResource:
    """One file at one address."""

    def __init__(self, asset: Asset) -> None:
        """Serve ``asset``."""
        self._asset = asset

    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response
    ) -> None:
        """Send the file."""
        self._asset.send(req, resp)

    # NOTE: Falcon does not map HEAD to GET; it leaves the body out by itself.
    on_head = on_get


class PublicFileResource(FileResource):
    """One file that other sites load."""

    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response
    ) -> None:
        """Send the file, and let other sites use it."""
        await super().on_get(req, resp)
        resp.set_headers(_FOR_OTHER_SITES)

    on_head = on_get


class StaticResource:
    """The files whose names carry a hash of their content."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        """Serve ``files``, by name."""
        self._files = files

    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, name: str
    ) -> None:
        """Send the file of that name, or 404."""
        asset = self._files.get(name)
        if asset is None:
            raise falcon.HTTPNotFound
        asset.send(req, resp)

    on_head = on_get


def page_routes(assets: Assets) -> dict[str, object]:
    """Say where the page, its assets and what goes with it are served."""
    return {
        "/": FileResource(assets.index),
        "/hits.js": PublicFileResource(assets.embed),
        "/openapi.json": PublicFileResource(assets.openapi),
        "/favicon.ico": FileResource(assets.favicon),
        "/robots.txt": FileResource(assets.robots),
        "/static/{name}": StaticResource(assets.static),
    }

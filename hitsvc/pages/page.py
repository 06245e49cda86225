"""The page at ``/``, its assets, and the pages for errors.

`Assets` reads the package's ``assets`` directory once. A file that the pages refer to as
``/static/<stem>.<ext>`` is served as ``/static/<stem>.<hash>.<ext>``: its name changes
with its content, so browsers may keep it for ever.
"""

import gzip
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from string import Template
from types import MappingProxyType
from typing import Self

import falcon
import falcon.asgi

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
REVALIDATE = "no-cache"
ONE_DAY = "public, max-age=86400"
FOR_EVER = "public, max-age=31536000, immutable"

# What the page does not use. The clipboard it does.
_UNUSED = (
    "accelerometer autoplay browsing-topics camera display-capture "
    "encrypted-media fullscreen geolocation gyroscope magnetometer microphone midi "
    "payment picture-in-picture publickey-credentials-get screen-wake-lock usb "
    "xr-spatial-tracking"
)

# APPSEC: nothing is loaded from another host, nothing runs or styles inline, and
# nobody frames the page.
SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        # NOTE: the page's own badge counts by this Referer; other sites get none.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # A page that opened this one, or was opened by it, cannot reach into it.
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED.split()),
    }
)

# What other sites load: they may read it, and also pages that isolate themselves
# (Cross-Origin-Embedder-Policy) may.
_FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

# APPSEC: Ours has 20 characters. Falcon takes 6 ms for 16 KB.
_MAX_IF_NONE_MATCH_LENGTH = 1000

_NO_WEIGHT = re.compile(r"q=0(\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of one representation, and the tag that names exactly them."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: typed, tagged, and compressed ahead of time."""

    content_type: str
    cache_control: str
    plain: Body
    gzipped: Body | None

    @classmethod
    def of(cls, data: bytes, content_type: str, cache_control: str) -> Self:
        """Make an asset of ``data``; keep the gzip form only where it is smaller."""
        tag = _digest(data)
        small = gzip.compress(data, mtime=0)
        gzipped = Body(small, f"{tag}-gzip") if len(small) < len(data) else None
        return cls(content_type, cache_control, Body(data, tag), gzipped)

    def send(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer with this file, or with 304 if the client has it already."""
        body = self.plain
        if self.gzipped and accepts_gzip(req.get_header("Accept-Encoding", default="")):
            body = self.gzipped
        resp.set_headers(dict(SECURITY_HEADERS))
        resp.set_header("Cache-Control", self.cache_control)
        resp.set_header("Vary", "Accept-Encoding")
        resp.etag = body.etag
        if _has(req, body.etag):
            resp.status = falcon.HTTP_304
            return
        resp.content_type = self.content_type
        resp.data = body.data
        if body is self.gzipped:
            resp.set_header("Content-Encoding", "gzip")


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

    def __init__(self) -> None:
        """Read the files and put the hashed names into the pages."""
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
            self._names[f"/static/{name}"] = f"/static/{hashed}"
            self.static[hashed] = asset

        self.index = Asset.of(self.page("index.html").encode(), HTML, REVALIDATE)
        self.embed = Asset.of((web / "hits.js").read_bytes(), SCRIPT, ONE_DAY)
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

    def error_page(self, status_title: str, message: str) -> bytes:
        """Return an HTML page that says what went wrong, in the page's own design."""
        return self._error.substitute(
            title=html.escape(status_title), message=html.escape(message)
        ).encode()


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


def _has(req: falcon.asgi.Request, etag: str) -> bool:
    """Tell whether the client has what an ``ETag`` names."""
    header = req.get_header("If-None-Match", default="")
    if len(header) > _MAX_IF_NONE_MATCH_LENGTH:
        return False
    tags = req.if_none_match or ()
    # Falcon tells the asterisk from a tag of that name by its type.
    return any(tag == (etag if isinstance(tag, falcon.ETag) else "*") for tag in tags)


def accepts_gzip(header: str) -> bool:
    """Tell whether an ``Accept-Encoding`` header allows gzip."""
    weights = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "")
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return not _NO_WEIGHT.fullmatch(weight)


def _digest(data: bytes) -> str:
    """Return a short name for ``data`` that no other content will have."""
    return hashlib.sha256(data).hexdigest()[:16]

"""The frame around every page: its bar, its footer, its files.

A package that has pages keeps their templates in ``templates/`` and what these load in
``static/``. A template is named by its package and its file, such as ``pages/index.html``,
and refers to a file by ``static("page.js")``: that is served as
``/static/page.<hash>.js``, so its name changes with its content and browsers may keep it for
ever.

All addresses in pages are relative, because only a proxy knows what is in front of them.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from importlib.metadata import metadata
from typing import Any, NamedTuple

import falcon
from falcon.asgi import Request, Response
from jinja2 import pass_context

import hitsvc
from hitsvc.shell.files import (
    FOR_EVER,
    HTML,
    REVALIDATE,
    Asset,
    FileResource,
    asset_of_file,
)
from hitsvc.shell.templates import environment

# Below that, pages look for the others where they are without a proxy's path.
MAX_DEPTH = 20

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
_OWN = "hitsvc.shell"


class Link(NamedTuple):
    """A link in the bar or the footer.

    Attributes:
        text: What is seen.
        href: An absolute address, or one relative to the service's page.
    """

    text: str
    href: str


class Shell:
    """Renders pages.

    Attributes:
        static: Each file under ``/static/``, by its hashed name.
    """

    def __init__(
        self,
        packages: Iterable[str] = (),
        *,
        base: str = "",
        bar: Iterable[Link] = (),
        footer: Iterable[Link] = (),
    ) -> None:
        """Read the files and the names of the templates of some packages.

        Args:
            packages: Their full names, beside this one.
            base: The path that a proxy leaves on, or ``""``.
            bar: What the bar leads to.
            footer: The operator's links.
        """
        self._base = base.encode()
        names = [_OWN, *packages]
        self.static: dict[str, Asset] = {}
        self._hashed: dict[str, str] = {}
        for package in names:
            self._add_files(package)
        self._templates = environment(names)
        self._templates.globals |= {
            "static": _static(self._hashed),
            "version": hitsvc.__version__,
            "bar": list(bar),
            "footer": [
                *of_the_project(metadata("hitsvc").get_all("Project-URL")),
                *footer,
            ],
        }
        self.favicon = self.static[self._hashed["favicon.svg"]]

    def render(self, template: str, path: bytes = b"/", /, **values: Any) -> bytes:
        """Render a page.

        Args:
            template: Its package and its file, such as ``pages/index.html``.
            path: Where it is shown, as it was sent: ``root`` leads from there to the
                service's page.
            **values: What it shows; all of it is escaped.
        """
        found = self._templates.get_template(template)
        return found.render(root=self.root(path), **values).encode()

    def page(
        self,
        template: str,
        path: bytes = b"/",
        cache_control: str = REVALIDATE,
        **values: Any,
    ) -> Asset:
        """Render a page, ready to be sent; see `render`."""
        page = self.render(template, path, **values)
        return asset_of_file(page, HTML, cache_control)

    def error_page(self, title: str, message: str, path: bytes) -> bytes:
        """Render a page that says what went wrong.

        Args:
            title: Its heading.
            message: One sentence.
            path: Where it is shown; see `render`.
        """
        return self.render(
            "shell/error.html",
            path,
            title=title,
            message=message,
            is_operators=self.inside(path).startswith(b"/admin/"),
        )

    def root(self, path: bytes) -> str:
        """Return the way from a page to the service's page: ``""``, or so many ``../``.

        Args:
            path: Where the page is, as it was sent, without the query.
        """
        depth = self.inside(path).count(b"/") - 1
        return "../" * depth if depth <= MAX_DEPTH else "/"

    def inside(self, path: bytes) -> bytes:
        """Return a path without what the proxy has left in front of ours."""
        return path.removeprefix(self._base)

    def routes(self) -> dict[str, object]:
        """Say where the files are served."""
        return {
            "/favicon.ico": FileResource(self.favicon.kept_for_a_day()),
            "/static/{name}": StaticResource(self.static),
        }

    def add_file(self, name: str, data: bytes) -> None:
        """Serve what is made at the start as if it was one of the files.

        Raises:
            ValueError: There is one of that name.
        """
        if name in self._hashed:
            msg = f"two files are named {name}"
            raise ValueError(msg)
        stem, _, extension = name.rpartition(".")
        asset = asset_of_file(data, _TYPES[extension], FOR_EVER)
        self._hashed[name] = f"{stem}.{asset.plain.etag}.{extension}"
        self.static[self._hashed[name]] = asset

    def _add_files(self, package: str) -> None:
        directory = resources.files(package) / "static"
        if not directory.is_dir():
            return
        for file in sorted(directory.iterdir(), key=lambda file: file.name):
            self.add_file(file.name, file.read_bytes())


def _static(hashed: Mapping[str, str]) -> Callable[[Any, str], str]:
    """Return what finds a file's address from where the page is."""

    @pass_context
    def static(context: Any, name: str) -> str:
        return f"{context['root']}static/{hashed[name]}"

    return static


def of_the_project(said: Iterable[str] | None) -> list[Link]:
    """Return where the program's source and manual are, as far as its package says.

    Args:
        said: The fields ``Project-URL`` of the package.
    """
    links = dict(line.split(", ", 1) for line in said or ())
    return [
        Link(name, links[name]) for name in ("Documentation", "Source") if name in links
    ]


def path_as_sent(req: Request) -> bytes:
    """Return the path of a request with its escapes, as `Shell.root` wants it."""
    return req.scope.get("raw_path") or req.path.encode()


class StaticResource:
    """The files whose names carry a hash of their content."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        """Serve ``files``, by name."""
        self._files = files

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        """Send the file of that name, or 404."""
        asset = self._files.get(name)
        if asset is None:
            raise falcon.HTTPNotFound
        asset.send(req, resp)

    on_head = on_get

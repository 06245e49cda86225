"""Reads the pages of a site: a sitemap in XML, or a text file of URLs."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.parsers import expat

from hitsvc.admin.importers.left_out import printable
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.source import Source

MAX_URLS = 1_000_000
_MAX_URL = 4096
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_CHUNK = 1 << 16


def read_sitemap(source: Source, *, limit: int = MAX_URLS) -> Iterator[str]:
    """Give the URLs in a file.

    Args:
        source: The file.
        limit: How many there may be.

    Raises:
        ImportRefused: It is damaged, too large, empty, or a list of sitemaps; or has
            what is no URL.
    """
    number = 0
    xml = source.head().lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    for number, url in enumerate(_of_xml(source) if xml else _of_text(source), 1):
        if number > limit:
            msg = f"{source.name} has more than {limit:,} URLs"
            raise ImportRefused(msg)
        if not _has_host(url):
            msg = f"{source.name} has {printable(url)} as URL {number}: a URL is such as https://example.com/post"
            raise ImportRefused(msg)
        yield url
    if not number:
        msg = (
            f"{source.name} has no URLs: give the site's sitemap, or a list of its URLs"
        )
        raise ImportRefused(msg)


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).netloc)
    except ValueError:  # brackets around what is no address
        return False


def _of_text(source: Source) -> Iterator[str]:
    for _, line in source.lines():
        url = (line or b"").decode("utf-8-sig", "surrogateescape").strip()
        if url and not url.startswith("#"):
            yield url


class _Locations:
    """Collects what stands in ``<loc>``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text: list[str] | None = None
        self._size = 0
        self.found: list[str] = []

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag in {"sitemapindex", f"{_SPACE} sitemapindex"}:
            msg = f"{self._name} is a list of sitemaps: give the sitemaps themselves"
            raise ImportRefused(msg)
        if tag in {"loc", f"{_SPACE} loc"}:
            self._text = []
            self._size = 0

    def data(self, text: str) -> None:
        if self._text is not None:
            self._size += len(text)
            if self._size <= _MAX_URL:
                self._text.append(text)

    def end(self, tag: str) -> None:
        if self._text is not None and tag in {"loc", f"{_SPACE} loc"}:
            if self._size <= _MAX_URL:
                self.found.append("".join(self._text).strip())
            self._text = None

    def entity(self, *_: object) -> None:
        msg = f"{self._name} declares entities, which no sitemap needs"
        raise ImportRefused(msg)


def _of_xml(source: Source) -> Iterator[str]:
    parser = expat.ParserCreate(namespace_separator=" ")
    locations = _Locations(source.name)
    parser.StartElementHandler = locations.start
    parser.EndElementHandler = locations.end
    parser.CharacterDataHandler = locations.data
    # Entities within entities grow without end.
    parser.EntityDeclHandler = locations.entity
    with source.open() as content:
        try:
            while chunk := content.read(_CHUNK):
                parser.Parse(chunk)
                yield from locations.found
                locations.found.clear()
            parser.Parse(b"", True)
        except expat.ExpatError as ex:
            msg = f"{source.name}, line {ex.lineno}: this is not XML ({ex})"
            raise ImportRefused(msg) from ex

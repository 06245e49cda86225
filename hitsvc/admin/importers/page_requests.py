"""Which requests of an access log are views of a page."""

from hitsvc.admin.importers.requests import Request

NOT_GET = "not a GET"
NOT_OK = "not answered with 200 or 304"
NO_PAGE = "no page: a picture, a script, a feed or another file"
PREFETCH = "fetched in advance: perhaps nobody looked"
NO_PATH = "no path: asked of a proxy"

_STATUS = frozenset({200, 304})
# Names ending so are files for a page or for a program; any other ending, as of
# `/v1.2`, is part of a page's name.
_ENDINGS = (
    "7z aac apk asc atom avi avif bin bmp bz2 cfg class css csv dat deb dll dmg doc docx "
    "ear env eot eps epub exe flac flv gif gz heic ico ics img ini iso jar jpeg jpg js "
    "json json5 jsonld jxl less lock log m3u8 m4a m4v map md5 mid mjs mkv mov mp3 mp4 "
    "mpeg mpg msi odp ods odt ogg ogv opus otf pdf pem pkg png ppt pptx ps psd rar rdf "
    "rpm rss rtf sass scss sha256 sig sql svg svgz swf tar tgz tif tiff toml torrent ts "
    "ttf txt vtt war wasm wav webm webmanifest webp wma wmv woff woff2 xls xlsx xml xsl "
    "xz yaml yml zip zst"
)
_FILES = frozenset(_ENDINGS.split())
_HTML = ("text/html", "application/xhtml+xml")
# What browsers, certificates and proxies ask for by themselves.
_FOR_PROGRAMS = ("/.well-known/", "/cdn-cgi/")


def path_of(target: str) -> str:
    """Return the path of a request's target."""
    return target.partition("?")[0].partition("#")[0]


def why_no_view(request: Request) -> str:
    """Return why a request is no view of a page, or nothing if it is one."""
    if request.method != "GET":
        return NOT_GET
    if request.status not in _STATUS:
        return NOT_OK
    if not request.target.startswith("/"):
        return NO_PATH
    if request.prepares:
        return PREFETCH
    path = path_of(request.target)
    kind = request.kind.partition(";")[0].strip().lower()
    if (kind and kind not in _HTML) or path.startswith(_FOR_PROGRAMS):
        return NO_PAGE
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return NO_PAGE if dot and ending.lower() in _FILES else ""

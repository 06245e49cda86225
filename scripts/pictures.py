"""Make all pictures of the documentation: ``make pictures``.

They are photographs of what ``hitsvc demo`` shows, at one moment that is always the same, so
that a picture changes when a page does and not each day. It needs a Chromium in
PATH.

    python -m scripts.pictures                     # all, into docs/pictures
    python -m scripts.pictures --to DIR dashboard  # those whose names begin so
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Page, Route, sync_playwright

from hitsvc.demo import SHOWCASE, SITES
from scripts.contact_sheet import sheet
from tests.conftest import BROWSER_FLAGS, BROWSERS
from tests.support.commands import clean_environment, free_port

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
ENDING = ".webp"
# A Thursday afternoon: a day with something to compare it with.
MOMENT = datetime(2026, 11, 12, 15, 4, tzinfo=UTC)
# The demo with a clock that begins then. It moves on every 25 seconds, since workers that
# see no time pass are taken for dead; by then what shows an age is photographed. libfaketime, which could do that from outside,
# keeps Python's threads waiting for ever.
_DEMO = f"""import time
start = time.monotonic()
time.time = lambda: {MOMENT.timestamp()} + (time.monotonic() - start) // 25 * 25
from hitsvc.cli.main import main
main()"""
# What the service is called in the pictures.
PUBLIC = "https://hits.example.org"
_START_S = 30.0
# As sharp as screens are today. At 0.8 letters have no visible fringes.
_SCALE, _QUALITY = 2, 0.8
_LOOK_AGAIN_MS = 150
_DESK, _PHONE = (1280, 800), (390, 844)


class Shot(NamedTuple):
    """One picture.

    Attributes:
        name: Of the file, without its ending.
        path: What is on it.
        size: The window's, in pixels of CSS.
        scheme: The reader's colours.
    """

    name: str
    path: str
    size: tuple[int, int]
    scheme: str


def _shots(name: str, path: str, *, tall: int = 0) -> list[Shot]:
    """Return a page in light, in dark and on a phone."""
    desk = (_DESK[0], tall or _DESK[1])
    return [
        Shot(f"{name}-light", path, desk, "light"),
        Shot(f"{name}-dark", path, desk, "dark"),
        Shot(f"{name}-phone", path, _PHONE, "light"),
    ]


SHOTS = (
    *_shots("dashboard", "/admin/", tall=1330),
    *_shots("site", f"/s/{SITES[0]}"),
    *_shots("statistics", f"/p/{SHOWCASE}?period=90", tall=1012),
    *_shots("builder", f"/#url={quote(f'https://{SHOWCASE}', safe='')}"),
)
ROW, SHEET = "badges-row", "badges"
NAMES = [*(shot.name for shot in SHOTS), ROW, SHEET]

_LOOKS = (
    "",
    "style=flat-square&color=brightgreen&label=views",
    "style=for-the-badge&color=orange&format=metric",
    "style=plastic&show=both&format=grouped",
    "style=social&logo=github&label=readers&format=grouped",
)
_ROW = """<!doctype html><style>
body { margin: 0; width: 592px; font-size: 0; }
p { margin: 0; padding: 14px 16px; display: flex; gap: 14px; align-items: center; }
p + p { background: #0d1117; }
</style>"""

# Letters are not painted alike each time, by parts of a pixel: what counts as another
# picture differs in the means of squares, by so much of 255.
_SQUARE, _ALIKE = 16, 14
_PACK = """async ([png, before, quality, square, alike]) => {
  const draw = async (source, part) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth / part;
    canvas.height = image.naturalHeight / part;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return { canvas, data: context.getImageData(0, 0, canvas.width, canvas.height).data };
  };
  const now = `data:image/png;base64,${png}`;
  if (before) {
    const old = (await draw(`data:image/webp;base64,${before}`, square)).data;
    const fresh = (await draw(now, square)).data;
    if (old.length === fresh.length && old.every((value, n) => Math.abs(value - fresh[n]) <= alike))
      return before;
  }
  return (await draw(now, 1)).canvas.toDataURL("image/webp", quality).split(",")[1];
}"""


def main(arguments: Sequence[str]) -> None:
    """Take all pictures, or some."""
    parser = argparse.ArgumentParser(prog="python -m scripts.pictures")
    parser.add_argument("--to", type=Path, default=PICTURES, metavar="DIR")
    parser.add_argument("names", nargs="*", metavar="NAME")
    chosen = parser.parse_args(arguments)
    wanted = tuple(chosen.names) or ("",)
    chosen.to.mkdir(parents=True, exist_ok=True)
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not binary:
        sys.exit(f"this needs one of {', '.join(BROWSERS)} in PATH")
    with demo() as (service, code), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=list(BROWSER_FLAGS)
        )
        for name, picture in _taken(browser, service, code, wanted):
            file = chosen.to / f"{name}{ENDING}"
            before = file.read_bytes() if file.exists() else b""
            file.write_bytes(_packed(browser, picture, before))
            print(f"{file.stat().st_size:8,} {file}")
        browser.close()


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run the demonstration at the moment of the pictures.

    Yields:
        Its address, and the path that opens its dashboard.
    """
    url = f"http://127.0.0.1:{free_port()}"
    options = ["--still", f"--port={url.rpartition(':')[2]}"]
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _DEMO, "demo", *options],
            cwd=directory,
            env=clean_environment(PYTHONUNBUFFERED="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            lines = iter(process.stdout or ())
            code = urlsplit(next(line.split()[-1] for line in lines if "code=" in line))
            yield url, f"{code.path}?{code.query}"
        finally:
            process.terminate()
            process.communicate()


def _taken(
    browser: Browser, service: str, code: str, wanted: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    """Take the pictures whose names begin as is wanted."""
    with _window(browser, service, _DESK, "light") as page:
        page.goto(PUBLIC + code)  # it opens the dashboard once
        session = page.context.storage_state()
    for shot in SHOTS:
        if shot.name.startswith(wanted):
            size, scheme = shot.size, shot.scheme
            with _window(browser, service, size, scheme, session) as page:
                page.goto(PUBLIC + shot.path, wait_until="networkidle")
                yield shot.name, _still(page)
    for name, html in ((ROW, _row()), (SHEET, sheet())):
        if name.startswith(wanted):
            with _window(browser, service, (700, 100), "light") as page:
                page.goto(f"{PUBLIC}/healthz")  # so that images are of the same site
                page.set_content(html, wait_until="load")
                body = page.locator("body")
                yield name, body.screenshot()


def _still(page: Page) -> bytes:
    """Photograph a window when nothing in it moves any more."""
    before = b""
    while (now := page.screenshot(animations="disabled")) != before:
        before = now
        page.wait_for_timeout(_LOOK_AGAIN_MS)
    return now


@contextmanager
def _window(
    browser: Browser,
    service: str,
    size: tuple[int, int],
    scheme: Any,
    session: Any = None,
) -> Iterator[Page]:
    """Open a window that sees the service as if it were on the web."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        device_scale_factor=_SCALE,
        reduced_motion="reduce",
        storage_state=session,
    )
    context.route(f"{PUBLIC}/**", lambda route: _pass_on(route, service))
    yield context.new_page()
    context.close()


def _pass_on(route: Route, service: str) -> None:
    """Be the proxy before the service, which speaks HTTPS."""
    request = route.request
    public = urlsplit(PUBLIC)
    headers = {
        name: value
        for name, value in request.all_headers().items()
        if not name.startswith(":") and name not in {"host", "accept-encoding"}
    }
    client = HTTPConnection(urlsplit(service).netloc, timeout=_START_S)
    path = request.url.removeprefix(PUBLIC)
    forwarded = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    client.request(request.method, path, request.post_data, headers | forwarded)
    answer = client.getresponse()
    route.fulfill(
        status=answer.status, headers=dict(answer.getheaders()), body=answer.read()
    )
    client.close()


def _row() -> str:
    """Write some badges, on white and on black."""
    badges = "".join(
        f'<img src="{PUBLIC}/nocount/tag.svg?url={quote(SHOWCASE, safe="")}&{look}">'
        for look in _LOOKS
    )
    return f"{_ROW}<p>{badges}</p><p>{badges}</p>"


def _packed(browser: Browser, png: bytes, before: bytes) -> bytes:
    """Make a WebP of a PNG, as a canvas of the browser does.

    Args:
        browser: Whose.
        png: The picture.
        before: The WebP that is there; it stays if nobody could tell them apart.
    """
    page = browser.new_page()
    pictures = [b64encode(png).decode(), b64encode(before).decode()]
    found: str = page.evaluate(_PACK, [*pictures, _QUALITY, _SQUARE, _ALIKE])
    page.close()
    return b64decode(found)


if __name__ == "__main__":
    main(sys.argv[1:])

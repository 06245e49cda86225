"""Photograph the page for the documentation: ``python -m scripts.screenshots``.

Starts a service of its own, gives it a history, and writes ``docs/page-*.png`` and ``statistics-*.png`` with
the Chromium that the tests use.
"""

import math
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import expect, sync_playwright
from redis import Redis

from hitsvc.counting import Day, Keys
from hitsvc.serve import running_socket
from tests.conftest import BROWSER_FLAGS, BROWSERS
from tests.support.service import Service

DOCS = Path(__file__).parents[1] / "docs"
DAYS = 400
OLDER_VIEWS = 9_000


class Shot(NamedTuple):
    """One picture: its name, the window's size, the reader's colours, and what is on it."""

    name: str
    width: int
    height: int
    scheme: str
    path: str


MAKER = (
    "#url=https%3A%2F%2Fexample.com%2Fpost&label=views&color=brightgreen&logo=github"
    "&format=grouped"
)
STATISTICS = "p/example.com/post?period=90"
SHOTS = (
    Shot("page-light", 1280, 800, "light", MAKER),
    Shot("page-dark", 1280, 800, "dark", MAKER),
    Shot("page-phone", 390, 844, "light", MAKER),
    Shot("statistics-light", 1280, 1150, "light", STATISTICS),
    Shot("statistics-dark", 1280, 1150, "dark", STATISTICS),
    Shot("statistics-phone", 390, 1150, "light", STATISTICS),
)


def main(directory: Path = DOCS) -> None:
    """Take all pictures."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=list(BROWSER_FLAGS)
        )
        with Service(Path(scratch) / "service") as service:
            _invent_history(service, "example.com/post")
            for shot in SHOTS:
                _take(browser, service.url, shot, directory / f"{shot.name}.png")
        browser.close()


def _take(browser: Any, url: str, shot: Shot, file: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
    )
    page = context.new_page()
    page.goto(f"{url}/{shot.path}")
    if shot.path is MAKER:
        expect(page.locator("#preview")).to_be_visible()
        # As it opens for somebody who sees its badges: on a public host, looks folded.
        page.evaluate(
            "document.getElementById('looks').open = false;"
            "document.getElementById('banner').className = '';"
            "document.getElementById('banner').textContent ="
            " 'Paste its address, copy one line. No account, no tracking.'"
        )
    page.screenshot(path=file)
    context.close()


def _invent_history(service: Service, page_key: str) -> None:
    """Give a page a past that looks like one: growing, and quiet at weekends."""
    keys = Keys("hits:").page(page_key)
    today = datetime.now(UTC).date()
    past = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    hits = {
        Day.of(day): round(
            (30 + n)
            * (0.55 if day.weekday() > 4 else 1)
            * (1.2 + math.sin(n * 1.7) / 3)
        )
        for n, day in enumerate(past)
    }
    with Redis(unix_socket_path=str(running_socket(service.data_dir))) as redis:
        for day, number in hits.items():
            redis.hset(keys.year(day.year), day.field, number)
        redis.set(keys.total, OLDER_VIEWS + sum(hits.values()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

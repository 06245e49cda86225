"""Themes made for busuanzi, as npm has them, show our numbers for one changed address.

A site is built with each theme and the manual's own settings, and opened: nothing else of
the theme is touched. They come with ``npm ci --prefix tests/generators``.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.generators.building import HERE, node, put, snippets, write
from tests.support.service import PATIENT, Service

pytestmark = [pytest.mark.service, pytest.mark.browser]

SNIPPETS = snippets("moving/busuanzi.md")
THEMES = ("next", "butterfly")
# Sums of a site are made by another process, and asked for again after three seconds.
PATIENT_MS = 30_000
_PLUGINS = ("index", "ejs", "marked", "pug", "stylus")


@pytest.fixture(name="visited", scope="module")
def _visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that tells numbers of sites, and visitors."""
    settings = {"HITSVC_SITE_STATS": "on", "HITSVC_VISITORS": "on"}
    # Else who comes from this computer is behind a proxy, and of no known address.
    settings["HITSVC_FORWARDED_ALLOW_IPS"] = "192.0.2.1"
    with Service(tmp_path_factory.mktemp("themes"), env=PATIENT | settings) as service:
        yield service


def build(theme: str, site: Path, service: str) -> Path:
    """Make a site of two posts."""
    wanted = ", ".join(
        f'"{path.name}": "*"'
        for path in (HERE / "node_modules").glob("hexo-*")
        if path.name.endswith(_PLUGINS)
    )
    write(
        site / "package.json",
        f'{{"hexo": {{"version": "8.1.2"}}, "dependencies": {{{wanted}}}}}',
    )
    write(
        site / "_config.yml",
        f"url: http://127.0.0.1\npermalink: :title/\ntheme: {theme}\n",
    )
    put(SNIPPETS[theme], site, service)
    for name in ("one", "two"):
        write(
            site / "source" / "_posts" / f"{name}.md",
            f"---\ntitle: {name}\ndate: 2026-01-01\n---\nSome text.\n",
        )
    node(site, "hexo", "generate", "--silent")
    return site / "public"


def value(page: Any, name: str, wanted: str = r"^[1-9]\d*$") -> int:
    """Return the number that an element of a theme shows, once it is as wanted."""
    page.wait_for_function(
        """([id, wanted]) => {
          const element = document.getElementById(id);
          return new RegExp(wanted).test(element?.textContent) && element.checkVisibility();
        }""",
        arg=[f"busuanzi_value_{name}", wanted],
        timeout=PATIENT_MS,
    )
    return int(page.locator(f"#busuanzi_value_{name}").text_content())


@pytest.mark.parametrize(
    "theme", ["next", pytest.param("butterfly", marks=pytest.mark.long)]
)
def test_a_theme_shows_our_numbers(
    theme: str,
    visited: Service,
    browser: Any,
    serve: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    """Views of the page go up by one with each visitor, and are there for the site."""
    if not shutil.which("node"):
        pytest.skip("this needs Node.js")
    host = serve(build(theme, tmp_path, visited.url))
    ours = re.compile(r"^http://127\.0\.0\.1[:/]")
    for visits in (1, 2):
        with browser.new_context() as context:
            # Fonts and styles of others, which themes ask for, are not what is tried.
            context.route(lambda url: not ours.match(url), lambda route: route.abort())
            page = context.new_page()
            for _ in range(2):  # loaded again, it counts once
                page.goto(f"http://{host}/one/")
                assert value(page, "page_pv", f"^{visits}$") == visits
            assert visited.get(f"/nocount?url={host}/one") == str(visits)
            page.goto(
                f"http://{host}/"
            )  # Butterfly has no numbers of the site beside a post
            assert 1 <= value(page, "site_pv") <= 2 * visits
            assert value(page, "site_uv") >= 1


def test_every_file_of_the_manual_is_tried() -> None:
    """A new theme with a file is one to build."""
    assert set(SNIPPETS) == set(THEMES)

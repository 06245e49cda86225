"""A site that is made as docs/embed/generators.md says counts its pages.

Each generator makes three pages with the manual's own snippet. Those of npm come with
``npm ci --prefix tests/generators``, Docusaurus, which is as large as all others, with
``npm ci --prefix tests/generators/docusaurus``.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.generators.building import HERE, node, put, run, snippets, write
from tests.support.service import Service

pytestmark = [pytest.mark.service, pytest.mark.browser]

NAMES = ("index", "one", "two")
SNIPPETS = snippets("embed/generators.md")


def recipe(name: str, site: Path, service: str) -> str:
    """Put the manual's file where it says; return its text."""
    return put(SNIPPETS[name], site, service)


def eleventy(site: Path, service: str) -> Path:
    """Make a site with Eleventy."""
    recipe("eleventy", site, service)
    write(
        site / "_includes" / "base.njk",
        '<!doctype html><body>{{ content | safe }}{% include "hits.njk" %}</body>',
    )
    for name in NAMES:
        write(site / f"{name}.md", f"---\nlayout: base.njk\n---\n# {name}\n")
    write(site / ".eleventyignore", "node_modules\n")
    node(site, "eleventy", "--quiet")
    return site / "_site"


def astro(site: Path, service: str) -> Path:
    """Make a site with Astro."""
    recipe("astro", site, service)
    write(site / "package.json", '{"type": "module"}')
    for name in NAMES:
        write(
            site / "src" / "pages" / f"{name}.astro",
            '---\nimport Hits from "../components/Hits.astro";\n---\n'
            f"<html><body><h1>{name}</h1><Hits /></body></html>\n",
        )
    node(site, "astro", "build")
    return site / "dist"


def vitepress(site: Path, service: str) -> Path:
    """Make a site with VitePress."""
    recipe("vitepress", site, service)
    text = SNIPPETS["vitepress-page"][1]
    for name in NAMES:
        write(site / f"{name}.md", f"# {name}\n\n{text}")
    write(site / "package.json", '{"type": "module"}')
    node(site, "vitepress", "build")
    # As its pages are named where addresses have no ".html".
    made = site / ".vitepress" / "dist"
    for name in NAMES[1:]:
        write(made / name / "index.html", (made / f"{name}.html").read_text("utf-8"))
    return made


def hexo(site: Path, service: str) -> Path:
    """Make a site with Hexo, and the least of a theme."""
    recipe("hexo", site, service)
    plugins = ("index", "ejs", "marked")
    known = [
        path.name
        for path in (HERE / "node_modules").glob("hexo-*")
        if path.name.endswith(plugins)
    ]
    wanted = ", ".join(f'"{name}": "*"' for name in known)
    write(
        site / "package.json",
        f'{{"hexo": {{"version": "8.1.2"}}, "dependencies": {{{wanted}}}}}',
    )
    write(
        site / "_config.yml",
        "url: http://127.0.0.1\npermalink: :title/\ntheme: least\n",
    )
    layout = site / "themes" / "least" / "layout"
    write(layout / "post.ejs", "<html><body><%- page.content %></body></html>")
    write(layout / "index.ejs", "<html><body><h1>index</h1></body></html>")
    for name in NAMES:
        write(
            site / "source" / "_posts" / f"{name}.md",
            f"---\ntitle: {name}\ndate: 2026-01-01\n---\nSome text.\n",
        )
    node(site, "hexo", "generate")
    return site / "public"


def docusaurus(site: Path, service: str) -> Path:
    """Make a site with Docusaurus, of pages alone."""
    text = recipe("docusaurus", site, service)
    write(
        site / "docusaurus.config.js",
        'export default {title: "A site", url: "http://127.0.0.1", baseUrl: "/",\n'
        f'presets: [["classic", {{docs: false, blog: false}}]],\n{text}}};\n',
    )
    for name in NAMES:
        page = f"# {name}\n\n{SNIPPETS['docusaurus-page'][1]}"
        write(site / "src" / "pages" / f"{name}.mdx", page)
    write(site / "package.json", "{}")
    node(site, "docusaurus", "build", where=HERE / "docusaurus")
    return site / "build"


def mkdocs(site: Path, service: str) -> Path:
    """Make a site with MkDocs."""
    pytest.importorskip(
        "mkdocs", reason="this needs MkDocs, which `make install` brings"
    )
    text = recipe("mkdocs", site, service)
    write(site / "mkdocs.yml", f"site_name: A site\ntheme: mkdocs\n{text}")
    for name in NAMES:
        page = f"# {name}\n\n{SNIPPETS['mkdocs-page'][1]}"
        write(site / "docs" / f"{name}.md", page)
    run(site, [sys.executable, "-m", "mkdocs", "build", "-q"])
    return site / "site"


GENERATORS = {
    "eleventy": eleventy,
    "astro": astro,
    "vitepress": vitepress,
    "hexo": hexo,
    "docusaurus": docusaurus,
    "mkdocs": mkdocs,
}


# What the fastest of npm's and of Python's do is tried always.
ALWAYS = {"eleventy", "mkdocs"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ALWAYS else [pytest.mark.long])
        for name in GENERATORS
    ],
)
def test_a_page_counts_once(
    name: str,
    counter: Service,
    browser: Any,
    serve: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    """It goes up by one when it is opened, and stays when it is loaded again."""
    if name != "mkdocs" and not shutil.which("node"):
        pytest.skip("this needs Node.js")
    host = serve(GENERATORS[name](tmp_path, counter.url))
    with browser.new_context() as context:
        page = context.new_page()
        for path, visits in (("one", 1), ("two", 1), ("one", 1)):
            for _ in range(2):
                page.goto(f"http://{host}/{path}/")
                page.wait_for_function(
                    "() => document.querySelector('[data-hits]').textContent === '1'"
                )
                total = counter.get(f"/nocount?url={host}/{path}")
                assert int(total) == visits


def test_every_file_of_the_manual_is_tried() -> None:
    """A new recipe with a file is one to build."""
    assert {name.removesuffix("-page") for name in SNIPPETS} == set(GENERATORS)

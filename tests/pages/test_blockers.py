"""What we tell people to embed is let through by ad blockers.

The engine is Ghostery's, with EasyList, AdGuard's list of trackers, and what EasyPrivacy
has on counters.
"""

import json
import re
import shutil
import subprocess
import urllib.parse
from importlib import resources
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "tests" / "node" / "blocked.mjs"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

PAGE = "https://blog.example/post"
PIXEL = "/count/pixel.gif"
# A name of each kind that a service may have, and a part of a site.
SERVICES = [
    "https://hits.example.org",
    "https://hits.example.com",
    "https://hits.blog.example",
    "https://blog.example/stats",
    "https://example.com/hits",
]
URL = f"url={urllib.parse.quote(PAGE, safe='')}"

_FULL = re.compile(r"https://hits\.example\.org(/[^\s\"'`<>()\\|]*)")
_SPAN = re.compile(r"`(?:GET )?(/(?:count|nocount|graph|hits)[^\s`]*)`")


def documented() -> set[str]:
    """Find the addresses that our documents give out, as paths of a service."""
    found = set()
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        found |= set(_FULL.findall(text)) | set(_SPAN.findall(text))
    return {re.sub("url=…|url=$", URL, path) for path in found}


def generated() -> set[str]:
    """Find those in the code that the page makes."""
    source = (resources.files("hitsvc.pages") / "static" / "codes.js").read_text(
        "utf-8"
    )
    script = (
        f"{source}\nconst made = ['count', 'nocount'].map((mode) =>"
        f"codes('https://hits.example.org/', mode, {json.dumps(PAGE)}, {{}}));"
        "console.log(JSON.stringify(made));"
    )
    result = subprocess.run(  # noqa: S603 - our own program
        [str(shutil.which("node")), "--input-type=module"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
    )
    codes = [code for made in json.loads(result.stdout) for code in made.values()]
    return set(_FULL.findall("\n".join(codes)))


def kind(path: str) -> str:
    """Tell what a browser asks for it as."""
    name = path.partition("?")[0]
    if name.endswith((".svg", ".png", ".gif")):
        return "image"
    return "script" if name.endswith(".js") else "xmlhttprequest"


def refused(urls: list[tuple[str, str]]) -> dict[str, str]:
    """Ask the engine; return the filter that refuses each URL that is refused."""
    asked = [{"url": url, "type": type_, "source": PAGE} for url, type_ in urls]
    result = subprocess.run(  # noqa: S603 - our own program
        [str(shutil.which("node")), str(ENGINE)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = zip(urls, json.loads(result.stdout), strict=True)
    return {url: found for (url, _), found in answers if found}


@pytest.fixture(autouse=True)
def _engine(node_modules: Path) -> None:
    """Skip what needs the engine and its lists where they are not installed."""
    for name in ("@ghostery/adblocker", "@adguard/dnr-rulesets"):
        if not (node_modules / name).is_dir():
            pytest.skip(f"this needs {name}: npm ci --prefix tests/node")


def test_what_we_give_out_is_let_through():
    """Every address for pages in the documents, and in the code that the page makes.

    The pixel is for mails and forums: blockers refuse whatever has that name.
    """
    paths = {path for path in documented() | generated() if PIXEL not in path}
    assert {"/hits.js", f"/count.json?{URL}", f"/count/tag.svg?{URL}"} <= paths

    assert refused([(at + path, kind(path)) for at in SERVICES for path in paths]) == {}


def test_what_we_warn_of_is_refused():
    """Else the warning, or this test's engine, would be worth nothing."""
    told = [
        (f"https://hits.example.com/count?{URL}", "xmlhttprequest"),
        ("https://hitcounter.example.org/hits.js", "script"),
        (f"https://hit-counter.example.org/count/tag.svg?{URL}", "image"),
        (f"https://hits.example.org{PIXEL}?{URL}", "image"),
    ]

    assert set(refused(told)) == {url for url, _ in told}

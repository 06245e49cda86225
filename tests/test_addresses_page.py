"""docs/addresses.md has every address of the service, and no other."""

import re

from falcon.inspect import inspect_routes

from hitsvc.app import create_app
from hitsvc.settings import Settings
from tests.test_docs import read

TOKEN = "0123456789abcdef0123456789abcdef"
# Parts of pages; nobody types them.
PARTS = {"/favicon.ico", "/robots.txt", "/site.js", "/static"}


def shortened(path: str) -> str:
    """Return what an address begins with, before anything that varies."""
    for folder in ("/admin", "/api/v1", "/p", "/s", "/static"):
        if path == folder or path.startswith(folder + "/"):
            return folder
    return path


def test_every_address_is_there_and_no_other() -> None:
    """But for parts of pages, and the short one of a badge, which is any page's."""
    settings = Settings(
        redis_url="unix:///none", admin_token=TOKEN, site_stats="on", page="public"
    )
    routes = {shortened(route.path) for route in inspect_routes(create_app(settings))}
    rows = re.findall(r"^\| (`.*?) \| ", read("docs/addresses.md"), re.MULTILINE)
    addresses = re.findall(r"`(?:GET |POST )?(/[^?`]*)", " ".join(rows))
    named = {shortened(address.rstrip("/") or "/") for address in addresses}

    assert named - {"/example.com/post.svg"} == routes - PARTS

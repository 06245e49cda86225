"""The service below a path that the proxy leaves on: ``HITSVC_BASE_PATH``."""

import pytest

from hitsvc.errors import SettingsError
from hitsvc.settings import Settings
from tests.support.contract import NOT_FOUND, ROUTES, contract
from tests.support.site import shown

BASE = "/tools/stats"


@pytest.fixture(name="below")
def _below(open_site):
    return open_site(base_path=BASE)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("base", ["", BASE])
def test_every_count_is_there_twice(below, base, route):
    """Below the path, and where it is without one; the same in all."""
    below.get("/count?url=example.com")

    result = below.get(f"{base}{route}?url=other.example")

    assert result.status_code == 200
    assert contract(route).items() <= dict(result.headers).items()
    assert shown(result) == ("0" if "nocount" in route else "1")


@pytest.mark.parametrize(
    "path", ["/", "/hits.js", "/healthz", "/robots.txt", "/count/"]
)
def test_so_is_all_else(below, path):
    """The page, the script, health."""
    assert below.get(f"{BASE}{path}?url=a.example").status_code == 200
    assert below.get(f"{path}?url=a.example").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_path_itself_leads_to_the_page(below, method):
    """Without its slash, the page would not find its files."""
    result = below.ask(method, BASE)

    assert (result.status_code, result.headers["location"]) == (308, "stats/")


@pytest.mark.parametrize("path", [f"{BASE}/none", "/none", f"{BASE}/a/none"])
def test_an_error_page_leads_to_the_page(below, path):
    """To that below the path, or to the other one."""
    result = below.get(path)

    root = "../" if "/a/" in path else "./"
    assert (result.status_code, NOT_FOUND in result.text) == (404, True)
    assert f'<a class="button" href="{root}">' in result.text


def test_an_error_has_the_form_of_its_address(below):
    """A badge is one there, too."""
    result = below.get(f"{BASE}/count/tag.svg?url=http://[")

    assert result.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["stats", "/stats/", "/", "//a", "/a b", "/{a}", "/%41"]
)
def test_what_is_no_path_stops_the_start(path):
    """With what is expected."""
    with pytest.raises(SettingsError, match="HITSVC_BASE_PATH="):
        Settings.load({"HITSVC_BASE_PATH": path})

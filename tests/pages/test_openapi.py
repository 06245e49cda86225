"""The description at /openapi.json, against the service that it describes."""

import json
from importlib import resources

import pytest
import schemathesis
from falcon.inspect import inspect_routes
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hitsvc.access import TOKEN_FILE, TokenFile
from hitsvc.app import create_app
from hitsvc.drawing import SHOWN
from hitsvc.settings import Settings
from tests.support.processes import eventually
from tests.support.service import PATIENT, Service
from tests.support.visitors import visit

DESCRIPTION = json.loads(
    (resources.files("hitsvc.pages") / "assets" / "openapi.json").read_text(
        encoding="utf-8"
    )
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HEALTH = {"/healthz", "/readyz"}
# What is there, or says more, where an operator has switched that on.
SITE = "/site.json"
OPTIONAL = (SITE, "/count.json", "/nocount.json", "/count/tag.svg", "/nocount")
MORE = {
    "HITSVC_SITE_STATS": "on",
    "HITSVC_VISITORS": "on",
    # The tester's own address is that of a visitor, and of no proxy.
    "HITSVC_FORWARDED_ALLOW_IPS": "192.0.2.1",
}
TOKEN = "0123456789abcdef0123456789abcdef"
KINDS = {
    *("HitTaker", "CountReader", "HistoryReader", "NotInstalled", "NotInstalledTaker"),
    "ManyReader",
}
COUNTS = {
    route.path
    for route in inspect_routes(create_app(Settings(redis_url="memory")))
    if route.class_name in KINDS
}
# As the service that is asked has a token, so has this one.
OPERATE = {
    route.path.replace(":path}", "}")
    for route in inspect_routes(
        create_app(Settings(redis_url="unix:///none", admin_token=TOKEN))
    )
    if route.path.startswith("/api/")
}


schema = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(name="token", scope="module")
def _token(service_data_dir):
    return TokenFile(service_data_dir / TOKEN_FILE).read()


@pytest.fixture(name="more_url", scope="module")
def _more_url(tmp_path_factory):
    """A service that shows sites and counts visitors, and has one of both."""
    with Service(tmp_path_factory.mktemp("more"), env=PATIENT | MORE) as service:
        visit(service.url, "/count?url=example.com/post")
        sums = f"{SITE}?host=example.com&top=1"
        assert eventually(lambda: visit(service.url, sums).status == 200)
        assert '"visitors": 1' in visit(service.url, sums).body
        yield service.url


AS_DESCRIBED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@schema.exclude(path=SITE).parametrize()
@AS_DESCRIBED
def test_the_service_answers_as_described(case, service_url, token):
    """Whatever is asked, right or wrong: statuses, types, headers and bodies are these."""
    mine = {"Authorization": f"Bearer {token}"} if case.path in OPERATE else {}
    answer = case.call(base_url=service_url, headers=mine)
    known = DESCRIPTION["paths"][case.path]
    if answer.status_code == 501:
        # The server's own, to methods that it does not know; or an extra is missing.
        assert (
            "501" in known.get(case.method.lower(), {"responses": ["501"]})["responses"]
        )
        return
    case.validate_response(answer, checks=CHECKS)


@schema.include(path=list(OPTIONAL)).parametrize()
@AS_DESCRIBED
def test_a_service_that_shows_more_answers_as_described(case, more_url):
    """Sites, and visitors where there are numbers."""
    answer = case.call(base_url=more_url)
    if answer.status_code != 501:  # the server's own, to methods that it does not know
        case.validate_response(answer, checks=CHECKS)


def test_it_describes_every_address_of_the_counter():
    """All but the page and its files, and the statistics that people read."""
    assert set(DESCRIPTION["paths"]) == COUNTS | HEALTH | OPERATE | {SITE}


def test_it_names_all_that_can_be_shown():
    """Of hits and of visitors."""
    show = DESCRIPTION["components"]["parameters"]["show"]["schema"]
    assert set(show["enum"]) == SHOWN


def test_it_describes_every_method(service_url):
    """But for HEAD and OPTIONS, which every address has."""
    for path in COUNTS | OPERATE:
        answer = visit(service_url, path, method="OPTIONS")
        allowed = set(answer.headers["allow"].lower().split(", "))
        assert set(DESCRIPTION["paths"][path]) == allowed - {"head", "options"}, path

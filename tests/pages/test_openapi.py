"""The description at /openapi.json, against the service that it describes."""

import json
from importlib import resources

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

from hitsvc.app import create_app
from hitsvc.settings import Settings
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
KINDS = {
    *("HitTaker", "CountReader", "HistoryReader", "NotInstalled", "NotInstalledTaker"),
    "ManyReader",
}
COUNTS = {
    route.path
    for route in inspect_routes(create_app(Settings(redis_url="memory")))
    if route.class_name in KINDS
}


schema = schemathesis.openapi.from_dict(DESCRIPTION)


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_the_service_answers_as_described(case, service_url):
    """Whatever is asked, right or wrong: statuses, types, headers and bodies are these."""
    answer = case.call(base_url=service_url)
    known = DESCRIPTION["paths"][case.path]
    if answer.status_code == 501:
        # The server's own, to methods that it does not know; or an extra is missing.
        assert (
            "501" in known.get(case.method.lower(), {"responses": ["501"]})["responses"]
        )
        return
    case.validate_response(answer, checks=CHECKS)


def test_it_describes_every_address_of_the_counter():
    """All but the page and its files."""
    assert set(DESCRIPTION["paths"]) == COUNTS | HEALTH


def test_it_describes_every_method(service_url):
    """But for HEAD and OPTIONS, which every address has."""
    for path in COUNTS:
        answer = visit(service_url, path, method="OPTIONS")
        allowed = set(answer.headers["allow"].lower().split(", "))
        assert set(DESCRIPTION["paths"][path]) == allowed - {"head", "options"}

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


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
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


def test_it_describes_every_address_of_the_counter():
    """All but the page and its files."""
    assert set(DESCRIPTION["paths"]) == COUNTS | HEALTH | OPERATE


def test_it_describes_every_method(service_url):
    """But for HEAD and OPTIONS, which every address has."""
    for path in COUNTS | OPERATE:
        answer = visit(service_url, path, method="OPTIONS")
        allowed = set(answer.headers["allow"].lower().split(", "))
        assert set(DESCRIPTION["paths"][path]) == allowed - {"head", "options"}, path

"""The operator's addresses before and after what is behind them has been opened."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from falcon.routing import map_http_methods

from hitsvc.access import Keyring, Operator, OperatorStore, Sessions, Tokens
from hitsvc.counting import Calendar
from hitsvc.dashboard import open_operator_side
from hitsvc.dashboard.gate import Gate
from hitsvc.dashboard.routes import OpenedSide
from hitsvc.request import Identity, TrustedProxies
from hitsvc.settings import Settings
from hitsvc.shell import Shell
from tests.dashboard.operating import LOCAL, WRITE, Api

SETTINGS = Settings.load({})
OPERATOR = Operator(
    Keyring(Tokens(WRITE, "")), store=OperatorStore(lambda: None, lambda: None)
)
MEANS = Identity.of(SETTINGS), Calendar("UTC")


@pytest.fixture(name="opened", scope="module")
def _opened() -> Mapping[str, object]:
    """What is behind the addresses."""
    sessions = Sessions(OPERATOR.keyring)
    gate = Gate(OPERATOR.keyring, sessions, TrustedProxies(""))
    side = OpenedSide(SETTINGS, OPERATOR, gate, sessions, *MEANS)
    return side.routes(Shell(["hitsvc.dashboard"]))


@pytest.fixture(name="addresses", scope="module")
def _addresses() -> Mapping[str, object]:
    """What a service has at its start."""
    side = open_operator_side(SETTINGS, OPERATOR, TrustedProxies(""), *MEANS)
    assert side is not None
    return side.routes(Shell())


def test_each_address_has_something_behind_it(addresses, opened):
    """And nothing is behind none."""
    assert list(addresses) == list(opened)


@pytest.mark.parametrize("name", ["media_type", "is_closed"])
def test_errors_take_the_form_of_what_is_behind(addresses, opened, name):
    """They are shown before it is opened, too."""
    for address, resource in opened.items():
        assert getattr(addresses[address], name) == getattr(resource, name, "")


def test_methods_are_those_behind(operated):
    """Falcon is told of one that takes all."""
    for target, methods in {
        "/api/v1/sites": "GET, HEAD",
        "/admin/change": "POST",
    }.items():
        answer = operated.ask("OPTIONS", target, LOCAL)
        assert answer.headers["allow"] == methods
        refused = operated.ask("PATCH", target, LOCAL)
        assert refused.status_code == 405
        assert refused.headers["allow"] == f"{methods}, OPTIONS"


async def test_who_come_at_once_open_it_once(addresses):
    """And each is answered by that."""
    asked = [addresses["/api/v1/sites"], addresses["/admin/page"]]

    first, second, third = await asyncio.gather(
        *(_responders(resource) for resource in (*asked, asked[0]))
    )

    assert first is third
    assert first["GET"] is not second["GET"]


async def _responders(resource: Any) -> Any:
    return await resource._responders(resource._address)


def test_a_program_is_answered_by_what_is_behind(operated):
    """Once it is opened, and while it is."""
    api = Api(operated)

    assert api.get("/sites")["sites"] == Api(operated).get("/sites")["sites"]


def test_a_store_is_made_of_the_settings():
    """Where nobody gives one; nothing is connected."""
    operator, sessions = Operator(OPERATOR.keyring), Sessions(OPERATOR.keyring)
    gate = Gate(operator.keyring, sessions, TrustedProxies(""))
    settings = SETTINGS.model_copy(update={"redis_url": "unix:///run/none.sock"})

    side = OpenedSide(settings, operator, gate, sessions, *MEANS)

    asyncio.run(side.close())


def test_all_methods_of_what_is_behind_are_known_to_falcon(opened):
    """It calls `on_request` for those that a resource does not name itself."""
    named = {method for one in opened.values() for method in map_http_methods(one)}

    assert named <= {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}

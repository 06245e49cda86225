"""Who may see a page."""

import falcon
import pytest
from falcon import testing

from hitsvc.shell import Door

REQUEST = testing.create_asgi_req()


@pytest.mark.parametrize(
    ("state", "operator"), [("public", False), ("public", True), ("private", True)]
)
def test_it_opens(state, operator):
    """To everybody, or to the operator."""
    Door(state, "Pages", lambda _: operator).open(REQUEST)


def test_a_private_door_is_closed_to_strangers():
    """With a sentence; nobody is known where nobody can sign in."""
    with pytest.raises(falcon.HTTPForbidden) as caught:
        Door("private", "Pages").open(REQUEST)

    assert caught.value.description == "Pages are not public on this service"


def test_a_door_that_is_off_is_closed_to_the_operator_too():
    """There is nothing behind it."""
    with pytest.raises(falcon.HTTPNotFound) as caught:
        Door("off", "Pages", lambda _: True).open(REQUEST)

    assert caught.value.description == "Pages are switched off on this service"


@pytest.mark.parametrize(
    ("state", "public", "there"),
    [("public", True, True), ("private", False, True), ("off", False, False)],
)
def test_it_says_what_it_is(state, public, there):
    """For links that lead to it."""
    door = Door(state, "Pages")

    assert (door.is_public, door.is_there) == (public, there)

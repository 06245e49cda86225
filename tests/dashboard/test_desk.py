"""Where the work is done: what a store says that does not let us."""

from typing import Any

import pytest
from falcon import HTTPConflict
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError, ResponseError

from hitsvc.dashboard.book import Book
from hitsvc.dashboard.desk import Desk
from hitsvc.errors import SettingsError
from tests.dashboard.operating import Api, Browser, refusal
from tests.support.stored import KEYS


class Refusing:
    """A client whose every script fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def eval(self, *_words: Any) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NoPermissionError("NOPERM no EVAL"), "NOPERM no EVAL"),
        (ResponseError("OOM"), "OOM"),
        (RedisConnectionError("away"), "the store does not answer (away)"),
    ],
)
def test_why_nothing_can_be_changed_is_known(error: Exception, why: str) -> None:
    """By trying what changes do."""
    assert Book(Refusing(error), KEYS).why_read_only() == why


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NoPermissionError("NOPERM no EVAL"), 403, "HITSVC_ADMIN_REDIS_URL"),
        (ResponseError("OOM full"), 409, "OOM full"),
    ],
)
def test_what_the_store_refuses_is_told(operated, error, status, words) -> None:
    """To programs and people; pages say so beforehand, too."""
    operated.refuse_scripts(error)

    answer = refusal(Api(operated).ask("PUT", "/pages/example.com/a", {"total": 1}))
    assert answer[0] == status
    assert words in answer[1]
    browser = Browser(operated).signed_in()
    assert "Nothing can be changed here" in browser.text("")
    assert "WRONG" in browser.text("settings").upper()
    assert "Change it" not in browser.text("page?url=example.com/a")


async def test_a_store_of_a_kind_that_cannot_be_asked_is_told() -> None:
    """Such as one that the operator's commands do not speak to."""

    def connect() -> Any:
        msg = "this is a cluster"
        raise SettingsError(msg)

    desk = Desk(connect, KEYS)
    with pytest.raises(HTTPConflict) as caught:
        await desk.read(Book.why_read_only)
    await desk.close()

    assert caught.value.description == "this is a cluster"


def test_what_the_store_refuses_midway_is_told(operated):
    """A read that fails for a reason of the store's own."""
    operated.redis.set(KEYS.sites, "no set")

    answer = Api(operated).ask("GET", "/sites")

    assert answer.status_code == 409
    assert "WRONGTYPE" in answer.text

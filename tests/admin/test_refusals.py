"""What a store refuses an operator, said in a sentence."""

import io
from datetime import date
from typing import Any

import pytest
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from hitsvc.admin.client import explained
from hitsvc.admin.doctor import _headers
from hitsvc.admin.importers import Row
from hitsvc.admin.repair import Repair
from hitsvc.admin.saving import SaveStream
from hitsvc.admin.scripting import Scripts
from hitsvc.counting import Keys
from hitsvc.errors import StoreError

KEYS = Keys("hits:")
ROW = Row("a.example", date(2026, 1, 1), 3)


class Forbidding:
    """A client whose user may do nothing."""

    def eval(self, *_words: Any) -> None:
        msg = "NOPERM"
        raise NoPermissionError(msg)


class Revisited:
    """A client whose pages are counted again the moment they leave the index."""

    def __init__(self, client: Any, page: str) -> None:
        self._client = client
        self._page = page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def srem(self, *words: Any) -> Any:
        """Take it out, and count a hit."""
        self._client.incr(KEYS.page(self._page).total)
        self._client.hincrby(KEYS.page(self._page).year(2026), "1", 1)
        return self._client.srem(*words)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (RedisError("away"), "did not answer .away.; nobody knows whether"),
        (ResponseError("OOM"), "did not do what it was asked: OOM"),
        (NoPermissionError("no"), "does not let its user .* HITSVC_ADMIN_REDIS_URL"),
    ],
)
def test_what_a_store_says_is_a_sentence(said, expected):
    """What it refused it has not done; of what was lost nobody knows."""
    with pytest.raises(StoreError, match=expected), explained():
        raise said


def test_a_user_that_may_not_is_no_wrong_page():
    """It is explained as what it is, elsewhere."""
    with pytest.raises(NoPermissionError):
        Scripts(Forbidding(), KEYS).run("reset", ["a.example"])


def test_late_rows_are_written_behind_the_others():
    """As an export of their own."""
    stream = io.BytesIO()
    save = SaveStream(stream)
    save.write([ROW])
    save.more([ROW])
    assert save.rows == 2
    assert stream.getvalue().count(b"a.example,2026-01-01,3") == 2


def test_a_page_that_is_counted_again_stays_listed(client):
    """Though it was gone when the index was looked through."""
    client.sadd(KEYS.sites, "a.example")
    client.sadd(KEYS.pages("a.example"), "a.example")
    Repair(Revisited(client, "a.example"), KEYS, sleep=print).run()
    assert client.smembers(KEYS.pages("a.example")) == {"a.example"}


@pytest.mark.parametrize(("scheme", "lines"), [("https", 0), ("http", 1)])
def test_plain_http_is_told_about(scheme, lines):
    """Pages on https cannot embed it."""
    assert len(_headers(scheme, {"cache-control": "no-store"})) == lines

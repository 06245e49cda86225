"""The steps of an import in a cluster: cut off, stopped and overtaken."""

from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError, ResponseError

from hitsvc.admin.importers import MAX_HITS, LeftOut, Row
from hitsvc.errors import StoreError
from tests.admin.imports import KEYS, pages, run
from tests.support.cut import CutClient, PausedClient

ROWS = [Row(f"{site}.example/{n}", None, n + 1) for site in "ab" for n in range(3)]
FIRST = KEYS.page("a.example/0")


def rows_at_a_time(client: Any, number: int = 2) -> Any:
    return run(client, ROWS, batch_rows=number)


def test_whoever_is_overtaken_counts_nothing_again(cluster_client):
    """Stopped at any command, until its lock has expired and another has done all."""
    rows_at_a_time(cluster_client)
    expected = pages(cluster_client)
    for pause_at in count():
        cluster_client.flushall()

        def meanwhile() -> None:
            cluster_client.delete(KEYS.lock)  # it has expired
            rows_at_a_time(cluster_client)

        paused = PausedClient(cluster_client, pause_at, meanwhile)
        with suppress(StoreError, RedisError):
            rows_at_a_time(paused)
        assert pages(cluster_client) == expected, pause_at
        if not paused.paused:
            break
    assert pause_at > 20


def test_what_was_done_again_is_told_as_done(cluster_client):
    """An import that goes on says what the one before has counted."""
    for cut_at in count():
        cluster_client.flushall()
        try:
            run(CutClient(cluster_client, cut_at, after=True), ROWS, batch_rows=2)
        except Lost:
            cluster_client.delete(KEYS.lock)
        else:
            break
        dry = run(cluster_client, ROWS, batch_rows=2, dry_run=True)
        outcome = rows_at_a_time(cluster_client)
        if not outcome.done_before:
            assert outcome == dry
            assert outcome.rows_before + outcome.rows == len(ROWS), cut_at
    assert cut_at > 20


def test_it_can_be_asked_for_again_after_it_was_cut_off(cluster_client):
    """Marks of the time before say nothing then, wherever that is cut off itself."""
    for cut_at in count():
        cluster_client.flushall()
        rows_at_a_time(cluster_client)
        for page in pages(cluster_client):
            if page.startswith("hits:{"):
                cluster_client.delete(page)
        try:
            cut = CutClient(cluster_client, cut_at, after=True)
            run(cut, ROWS, batch_rows=2, again=True)
        except Lost:
            cluster_client.delete(KEYS.lock)
        else:
            break
        dry = run(cluster_client, ROWS, batch_rows=2, again=True, dry_run=True)
        assert dry.rows == len(ROWS)
        for page in pages(cluster_client):
            if page.startswith("hits:{"):
                cluster_client.delete(page)
        run(cluster_client, ROWS, batch_rows=2, again=True)
        assert cluster_client.get(FIRST.total) == "1", cut_at
    assert cut_at > 20


def test_marks_of_pages_expire_and_that_of_the_whole_stays(cluster_client):
    """A cluster does not fill with them."""
    rows_at_a_time(cluster_client)
    marks = cluster_client.keys("hits:{*}:m:*")
    assert len(marks) == len(ROWS)
    assert all(cluster_client.ttl(name) > 600_000 for name in marks)
    assert cluster_client.ttl(KEYS.import_mark("one")) == -1


def test_a_page_that_cannot_be_counted_does_not_keep_the_others(cluster_client):
    """It is named."""
    cluster_client.set(FIRST.total, MAX_HITS)
    left_out = LeftOut()
    assert run(cluster_client, ROWS, left_out, batch_rows=3).pages == 5
    assert left_out.reasons


def test_what_a_node_refuses_ends_it_and_it_goes_on_later(cluster_client):
    """Pages of the others have been counted by then."""
    cluster_client.set(FIRST.step("one.0"), "no mark")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        rows_at_a_time(cluster_client, 6)
    counted = len(cluster_client.keys("hits:{*}"))
    cluster_client.delete(FIRST.step("one.0"))
    outcome = rows_at_a_time(cluster_client, 6)
    assert counted == len(ROWS) - 1
    assert sum(int(cluster_client.get(KEYS.page(r.url).total)) for r in ROWS) == 12
    assert (outcome.rows, outcome.rows_before) == (1, len(ROWS) - 1)

"""A batch's words to Redis, and what it makes of the replies."""

import pytest
from redis.exceptions import ResponseError

from hitsvc.batch import Batch, Count, Look, Operation, Seen, Today
from hitsvc.errors import CounterUnavailable
from hitsvc.keys import page_keys

A = page_keys("hits:", "a.example")
B = page_keys("hits:", "b.example")
REFUSED = ResponseError("WRONGTYPE Operation against a key")


def batch(*operations: Operation) -> Batch:
    return Batch(operations, "20300102", 60)


def test_hits_of_one_url_raise_it_once():
    """Three hits are one INCRBY and one HINCRBY, then a SET for each token."""
    assert batch(Count(A, "t1"), Count(A, None), Count(A, "t3")).commands == [
        ("INCRBY", "hits:{a.example}", 3),
        ("HINCRBY", "hits:{a.example}:days", "20300102", 3),
        ("SET", "hits:{a.example}:t:t1", 1, "EX", 60),
        ("SET", "hits:{a.example}:t:t3", 1, "EX", 60),
    ]


def test_hits_of_one_url_get_distinct_numbers_in_order():
    """A total of 10 after three hits makes them the 8th, 9th and 10th."""
    hits = batch(Count(A, "t1"), Count(A, None), Count(A, "t3"))
    assert hits.results([10, 3, b"OK", b"OK"]) == [8, 9, 10]


def test_urls_are_counted_apart():
    """Interleaved hits of two URLs each get their own URL's numbers."""
    hits = batch(Count(A, None), Count(B, None), Count(A, None))
    assert hits.results([5, 2, 70, 1]) == [4, 70, 5]


def test_no_command_needs_two_slots():
    """Every command names one key, and all keys of a URL share its hash tag."""
    commands = batch(Count(A, "t"), Look(B, "u"), Look(A, None), Today(B)).commands
    assert [str(command[1]).partition("}")[0] for command in commands] == [
        "hits:{a.example",
        "hits:{a.example",
        "hits:{a.example",
        "hits:{b.example",
        "hits:{b.example",
        "hits:{a.example",
        "hits:{b.example",
    ]


def test_reads_come_after_hits():
    """A read that arrived first sees what its batch has counted."""
    names = [command[0] for command in batch(Look(A, None), Count(A, "t")).commands]
    assert names == ["INCRBY", "HINCRBY", "SET", "GET"]


def test_look_tells_total_and_token():
    """A living token is seen with the total beside it."""
    looks = batch(Look(A, "t1"), Look(A, "t2"))
    assert looks.results([b"7", 1, b"7", 0]) == [Seen(7, True), Seen(7, False)]


def test_unknown_url_has_no_hits():
    """A key that is not there reads as nought."""
    assert batch(Look(A, None), Today(A)).results([None, None]) == [Seen(0, False), 0]


def test_today_reads_the_day():
    """The hits of the day come from the day's field."""
    today = batch(Today(A))
    assert today.commands == [("HGET", "hits:{a.example}:days", "20300102")]
    assert today.results([b"12"]) == [12]


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([REFUSED, 1, b"OK", 5, 1], id="the total"),
        pytest.param([9, REFUSED, b"OK", 5, 1], id="the day"),
        pytest.param([9, 1, REFUSED, 5, 1], id="the token"),
    ],
)
def test_refused_command_fails_its_hit_alone(replies):
    """Whatever of a hit is refused, that hit fails and another URL's does not."""
    first, second = batch(Count(A, "t"), Count(B, None)).results(replies)
    assert isinstance(first, CounterUnavailable)
    assert first.__cause__ is REFUSED
    assert second == 5


def test_refused_token_fails_only_the_hit_it_was_for():
    """Its neighbour of the same URL keeps its own number."""
    first, second = batch(Count(A, "t1"), Count(A, "t2")).results(
        [9, 2, REFUSED, b"OK"]
    )
    assert isinstance(first, CounterUnavailable)
    assert second == 9


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([REFUSED, 1], id="refused total"),
        pytest.param([b"5", REFUSED], id="refused token"),
        pytest.param([b"many", 1], id="not a number"),
    ],
)
def test_read_of_something_else_fails(replies):
    """A key that holds something else is an error, never a number."""
    (result,) = batch(Look(A, "t")).results(replies)
    assert isinstance(result, CounterUnavailable)

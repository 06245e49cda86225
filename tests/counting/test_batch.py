"""A batch's words to Redis, and what it makes of the replies."""

from datetime import date
from typing import Any

import pytest
from redis.exceptions import ResponseError

from hitsvc.badge import BadgeMaker
from hitsvc.counting.batch import Batch
from hitsvc.counting.commands import PageCommands, words
from hitsvc.counting.days import Day
from hitsvc.counting.keys import Keys
from hitsvc.counting.operations import (
    Claim,
    Count,
    Operation,
    Probe,
    Read,
    Reading,
)
from hitsvc.errors import CounterUnavailable, UnexpectedReply
from tests.support.hits import told

A = PageCommands("a.example", Keys("hits:").page("a.example"), 2, 60)
B = PageCommands("b.example", Keys("hits:").page("b.example"), 2, 60)
TODAY = Day.of(date(2030, 1, 2))
DAYS = (Day.of(date(2030, 1, 1)), TODAY)
REFUSED = ResponseError("WRONGTYPE Operation against a key")


def batch(*operations: Operation) -> Batch:
    return Batch(operations, TODAY)


def said(*operations: Operation) -> list[str]:
    return [" ".join(command) for command in words(batch(*operations).commands)]


def test_hits_of_one_url_raise_it_once():
    """Three hits are one INCRBY and one HINCRBY, then a SET for each token."""
    assert said(Count(A, "t1"), Count(A, None), Count(A, "t3")) == [
        "INCRBY hits:{a.example} 3",
        "HINCRBY hits:{a.example}:d:2030 2 3",
        "SET hits:{a.example}:t:t1 1 EX 60",
        "SET hits:{a.example}:t:t3 1 EX 60",
    ]


def test_hits_of_one_url_get_distinct_numbers_in_order():
    """A total of 10 after three hits makes them the 8th, 9th and 10th."""
    hits = batch(Count(A, "t1"), Count(A, None), Count(A, "t3"))
    assert [*map(told, hits.results([10, 4, b"OK", b"OK"]))] == [
        (8, 2, True, "t1"),
        (9, 3, True, None),
        (10, 4, True, "t3"),
    ]


def test_urls_are_counted_apart():
    """Interleaved hits of two URLs each get their own URL's numbers."""
    hits = batch(Count(A, None), Count(B, None), Count(A, None))
    assert [*map(told, hits.results([5, 2, 70, 1]))] == [
        (4, 1, True, None),
        (70, 1, True, None),
        (5, 2, True, None),
    ]


def test_no_command_needs_two_slots():
    """Every command names one key, and all keys of a URL share its hash tag."""
    commands = said(Count(A, "t1"), Read(B, "u", DAYS), Read(A))
    assert [command.split()[1].partition("}")[0] for command in commands] == [
        "hits:{a.example",
        "hits:{a.example",
        "hits:{a.example",
        "hits:{b.example",
        "hits:{b.example",
        "hits:{b.example",
        "hits:{a.example",
    ]


def test_as_many_replies_are_expected_as_commands_are_said():
    """Whatever is asked, in any mixture."""
    operations: list[Operation] = [
        Count(A, "t1"),
        Read(B, "u", DAYS),
        Count(B, None),
        Read(A),
    ]
    assert batch(*operations).expected == len(said(*operations))


def test_reads_come_after_hits():
    """A read that arrived first sees what its batch has counted."""
    names = [command.split()[0] for command in said(Read(A), Count(A, "t1"))]
    assert names == ["INCRBY", "HINCRBY", "SET", "GET"]


def test_look_tells_total_and_token():
    """A living token is seen with the total beside it."""
    looks = batch(Read(A, "t1"), Read(A, "t2"))
    assert looks.results([b"7", 1, b"7", 0]) == [
        Reading(7, alive=True, days=[]),
        Reading(7, alive=False, days=[]),
    ]


def test_unknown_url_has_no_hits():
    """A key or a day that is not there reads as nought."""
    look = Read(A, None, DAYS)
    assert batch(look).results([None, [None, None]]) == [
        Reading(0, known=False, days=[0, 0])
    ]


def test_look_tells_the_days():
    """The hits of the days come from the days' fields, in the order asked."""
    look = Read(A, None, DAYS)
    assert said(look)[1] == "HMGET hits:{a.example}:d:2030 1 2"
    assert batch(look).results([b"9", [b"2", b"7"]]) == [
        Reading(9, alive=False, days=[2, 7])
    ]


def test_probe_writes_what_is_soon_gone():
    """It is a token of the URL that no visitor can bring: five characters are too few."""
    assert said(Probe(A)) == ["SET hits:{a.example}:t:probe 1 EX 1"]
    assert batch(Probe(A)).results([b"OK"]) == [True]


def test_refused_probe_is_an_error():
    """A store that takes no writes cannot count."""
    (result,) = batch(Probe(A)).results([REFUSED])
    assert isinstance(result, CounterUnavailable)


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
    first, second = batch(Count(A, "t1"), Count(B, None)).results(replies)
    assert isinstance(first, CounterUnavailable)
    assert first.__cause__ is REFUSED
    assert told(second) == (5, 1, True, None)


def test_refused_token_fails_only_the_hit_it_was_for():
    """Its neighbour of the same URL keeps its own number."""
    first, second = batch(Count(A, "t1"), Count(A, "t2")).results(
        [9, 2, REFUSED, b"OK"]
    )
    assert isinstance(first, CounterUnavailable)
    assert told(second) == (9, 2, True, "t2")


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([REFUSED, 1, [b"1", b"2"]], id="refused total"),
        pytest.param([b"5", REFUSED, [b"1", b"2"]], id="refused token"),
        pytest.param([b"many", 1, [b"1", b"2"]], id="not a number"),
        pytest.param([b"5", 1, REFUSED], id="refused days"),
        pytest.param([b"5", 1, [b"1", b"many"]], id="a day that is no number"),
    ],
)
def test_read_of_something_else_fails(replies):
    """A key that holds something else is an error, never a number."""
    (result,) = batch(Read(A, "t", DAYS)).results(replies)
    assert isinstance(result, CounterUnavailable)


def test_days_of_two_years_are_in_two_hashes():
    """Around New Year each hash is asked for its own days, and the order is kept."""
    look = Read(A, None, [Day.of(date(2028, 12, 31)), Day.of(date(2029, 1, 1))])
    assert said(look)[1:] == [
        "HMGET hits:{a.example}:d:2028 366",
        "HMGET hits:{a.example}:d:2029 1",
    ]
    assert batch(look).results([b"9", [b"2"], [b"7"]]) == [Reading(9, days=[2, 7])]


def test_hits_without_a_date_are_told_where_asked():
    """They come last, and may be negative."""
    look = Read(A, None, DAYS, undated=True)
    assert said(look)[2] == "GET hits:{a.example}:d:0"
    assert batch(look).results([b"1", [b"2", b"7"], b"-8"]) == [
        Reading(1, days=[2, 7], undated=-8)
    ]


@pytest.mark.parametrize(
    ("hits", "total", "grown", "new"),
    [
        pytest.param(1, 1, True, 1, id="the first hit"),
        pytest.param(3, 3, True, 1, id="the first three"),
        pytest.param(1, 2, True, 0, id="the second"),
        pytest.param(1, 3, False, 0, id="the third"),
        pytest.param(2, 5, True, 0, id="past 4"),
        pytest.param(1, 1023, False, 0, id="before a power of two"),
        pytest.param(1, 1024, True, 0, id="a power of two"),
        pytest.param(1, 1025, False, 0, id="after it"),
    ],
)
def test_a_page_has_grown_when_its_total_passes_a_power_of_two(hits, total, grown, new):
    """That is when it is written into the index; a page that had none is new."""
    counted = batch(*[Count(A, None)] * hits)
    counted.results([total, 1])
    assert (counted.grown, counted.new) == (["a.example"] if grown else [], new)


def test_a_refused_hit_lets_no_page_grow():
    """Nobody knows its total."""
    counted = batch(Count(A, None))
    counted.results([REFUSED, 1])
    assert (counted.grown, counted.new) == ([], 0)


WRONG_NUMBERS: list[bytes | str] = [
    b"",
    b"1_0",
    b" -1",
    b"1 ",
    b"+1",
    b"--1",
    b"-",
    b"1.0",
    b"-0",
    b"0x1",
]
WRONG_NUMBERS += [
    "\u0661".encode(),
    b"1\n",
    b"9" * 20,
    b"9" * 5000,
    b"9223372036854775808",
]
WRONG_NUMBERS += [b"-9223372036854775809", b"0" * 30, b"\xff", "2_0", "\u0662"]


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
def test_what_redis_would_not_write_as_a_number_is_none(wrong):
    """As a total and as a day: no number that cannot be a count is ever shown."""
    for replies in ([wrong, [b"1", b"2"]], [b"5", [b"1", wrong]]):
        (result,) = batch(Read(A, None, DAYS)).results(replies)
        assert isinstance(result, CounterUnavailable)
        assert str(result) == "Redis holds something else than a number there"
    (result,) = batch(Read(A)).results([wrong])
    assert isinstance(result, CounterUnavailable)


@pytest.mark.parametrize("number", [0, 7, -1, 2**53, 10**18, 2**63 - 1, -(2**63)])
def test_every_number_that_redis_can_hold_is_read(number):
    """As bytes and as text, to the last one; a badge has room for each."""
    for written in (b"%d" % number, str(number)):
        (result,) = batch(Read(A)).results([written])
        assert result == Reading(number, days=[])
    assert BadgeMaker().count(number).count(b"%d" % number) >= 1


TOTAL, DAY, OK = 9, 1, b"OK"
OTHERS: list[Any] = [None, b"7", "7", True, 7, 7.5, [7], [], 2**63, {}, b"OK", 1j]


@pytest.mark.parametrize(
    "wrong", OTHERS, ids=lambda value: f"{type(value).__name__} {value!r:.20}"
)
@pytest.mark.parametrize(
    ("operation", "replies", "fits"),
    [
        pytest.param(Count(A, "t"), [..., DAY, OK], [7], id="total"),
        pytest.param(Count(A, "t"), [TOTAL, ..., OK], [7], id="day"),
        pytest.param(Count(A, "t"), [TOTAL, DAY, ...], [b"OK", True], id="token kept"),
        pytest.param(Probe(A), [...], [b"OK", True], id="probe"),
        pytest.param(Read(A), [...], [None, b"7", "7", b"OK"], id="read total"),
        pytest.param(Read(A, "t"), [b"5", ...], [7], id="token found"),
        pytest.param(Read(A, "t"), [..., 1], [None, b"7", "7", b"OK"], id="with token"),
        pytest.param(Read(A, None, DAYS), [b"5", ...], [], id="days"),
        pytest.param(
            Read(A, None, DAYS),
            [b"5", [None, ...]],
            [None, b"7", "7", b"OK"],
            id="a day",
        ),
    ],
)
def test_a_reply_of_another_type_fails_the_whole_batch(operation, replies, fits, wrong):
    """Replies may be out of step: none of them is believed."""

    def put(reply: Any) -> Any:
        if isinstance(reply, list):
            return [put(inner) for inner in reply]
        return wrong if reply is ... else reply

    asked = batch(operation, Count(B, None))
    is_count = isinstance(operation, Count)
    said = [*put(replies), 5, 1] if is_count else [5, 1, *put(replies)]
    if any(wrong is fit or (type(wrong), wrong) == (type(fit), fit) for fit in fits):
        assert len(asked.results(said)) == 2
    else:
        with pytest.raises(UnexpectedReply, match="another type"):
            asked.results(said)


def test_a_claim_is_made_if_it_is_not_there():
    """Redis decides; of two in one batch the first is made."""
    claims = (Claim(A, "c", 60), Claim(A, "c", 60))
    assert said(*claims) == ["SET hits:{a.example}:c:c 1 EX 60 NX"] * 2
    assert batch(*claims).results([b"OK", None]) == [True, False]
    refused = batch(*claims).results([True, REFUSED])[1]
    assert isinstance(refused, CounterUnavailable)
    assert refused.__cause__ is REFUSED
    with pytest.raises(UnexpectedReply):
        batch(*claims).results([b"OK", 1])


@pytest.mark.parametrize(
    ("token", "claimed", "alive"),
    [(0, 0, False), (1, 0, True), (0, 1, True), (1, 1, True)],
)
def test_a_claim_can_be_looked_for(token, claimed, alive):
    """Either of token and claim is enough."""
    read = Read(A, "t1", claim="c")
    assert said(read) == [
        "GET hits:{a.example}",
        "EXISTS hits:{a.example}:t:t1",
        "EXISTS hits:{a.example}:c:c",
    ]
    assert batch(read).results([b"7", token, claimed]) == [
        Reading(7, alive=alive, days=[])
    ]


def test_a_claim_that_is_not_told_of_fails_the_read():
    """As any other part of it."""
    read = Read(A, claim="c")
    (refused,) = batch(read).results([b"7", REFUSED])
    assert isinstance(refused, CounterUnavailable)
    assert refused.__cause__ is REFUSED
    with pytest.raises(UnexpectedReply):
        batch(read).results([b"7", b"1"])


@pytest.mark.parametrize(
    ("replies", "uncounted"),
    [
        ([REFUSED, REFUSED, b"OK"], True),
        ([REFUSED, 1, b"OK"], True),
        ([7, REFUSED, b"OK"], False),
        ([7, 1, REFUSED], False),
    ],
)
def test_a_refused_total_is_no_hit(replies, uncounted):
    """What is refused besides leaves one that is stored."""
    (result,) = batch(Count(A, "t1")).results(replies)
    assert isinstance(result, CounterUnavailable)
    assert result.is_uncounted is uncounted

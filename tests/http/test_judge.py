"""The judge of what came of a case."""

import pytest

from tests.http import judge
from tests.http.case import (
    AFTER,
    COUNT,
    EVIL,
    FOLLOWING,
    HIDDEN,
    PAGE,
    Then,
    get,
    may,
    refuses,
    sized,
    takes,
)
from tests.http.runner import Played
from tests.http.wire import Answer

OK, BAD, LOST = (
    Answer(200, {"a": "b"}, b"1"),
    Answer(400, {}, b""),
    Answer(502, {}, b""),
)

TAKEN = takes("", "", get(), fields={"a": "b", "c": None}, body=b"1")
REFUSED = refuses("", "", get() + FOLLOWING)
FREE = may("", "", sized(HIDDEN))
ASKED = takes("", "", get(), interim=(100,))
SILENT = takes("", "", get()[:-1], then=Then.SILENT, hits=[0])


def played(*answers: Answer, end: Then | None = Then.OPEN, **more) -> Played:
    counted = {name: more.pop(name, 0) for name in ("page", "evil", "after")}
    pages = dict(zip((PAGE, EVIL, AFTER), counted.values(), strict=True))
    return Played(list(answers), end=end, counted=pages, **more)


RIGHT = [
    pytest.param(TAKEN, played(OK, page=1), id="taken"),
    pytest.param(REFUSED, played(BAD, end=Then.CLOSED), id="refused"),
    pytest.param(FREE, played(OK, page=1), id="taken, free"),
    pytest.param(FREE, played(BAD, end=Then.CLOSED), id="refused, free"),
    pytest.param(ASKED, played(OK, page=1, interim=[100]), id="asked for"),
    pytest.param(SILENT, played(end=Then.SILENT), id="silent"),
]
# What is wrong, whoever did it.
WRONG = [
    pytest.param(TAKEN, played(BAD), id="another status"),
    pytest.param(TAKEN, played(end=Then.CLOSED), id="no answer"),
    pytest.param(TAKEN, played(OK, page=0), id="not counted"),
    pytest.param(TAKEN, played(OK, page=2), id="counted twice"),
    pytest.param(TAKEN, played(Answer(200, {}, b"1"), page=1), id="no field"),
    pytest.param(
        TAKEN, played(Answer(200, {"a": "b", "c": ""}, b"1"), page=1), id="a field"
    ),
    pytest.param(TAKEN, played(Answer(200, {"a": "b"}, b"2"), page=1), id="the body"),
    pytest.param(TAKEN, played(OK, page=1, end=None), id="another's answer"),
    pytest.param(TAKEN, played(OK, page=1, wrong="x"), id="no HTTP"),
    pytest.param(FREE, played(OK, page=1, evil=1), id="a hidden request"),
    pytest.param(FREE, played(OK, page=2), id="more than were asked for"),
    pytest.param(REFUSED, played(BAD, end=Then.CLOSED, after=2), id="twice behind it"),
]
# What a proxy may do, but not the service.
LENIENT = [
    pytest.param(REFUSED, played(OK, page=1, after=1), id="a proxy mends it"),
    pytest.param(REFUSED, played(end=Then.CLOSED), id="a proxy says nothing"),
    pytest.param(REFUSED, played(LOST, end=Then.CLOSED), id="a proxy gives up"),
    pytest.param(TAKEN, played(OK, page=1, end=Then.CLOSED), id="a proxy ends it"),
    pytest.param(ASKED, played(OK, page=1), id="a proxy does not ask for it"),
]


@pytest.mark.parametrize(("case", "what"), RIGHT)
def test_what_is_right_is_found_right(case, what):
    """By both judges."""
    assert judge.direct(case, what) == judge.behind(case, what) == []


@pytest.mark.parametrize(("case", "what"), WRONG)
def test_what_is_wrong_is_found(case, what):
    """By both judges."""
    assert judge.direct(case, what)
    assert judge.behind(case, what)


@pytest.mark.parametrize(("case", "what"), LENIENT)
def test_proxies_may_refuse_more_and_mend(case, what):
    """The service may not."""
    assert judge.direct(case, what)
    assert judge.behind(case, what) == []


def test_a_request_counts_each_time():
    """What must be taken is counted as often as it is in the bytes."""
    assert takes("", "", get() * 3).hits == {3}
    assert (get() * 3).count(COUNT) == 3

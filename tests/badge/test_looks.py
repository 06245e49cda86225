"""Looks: what the query parameters say about how a count is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.badge.looks import MAX_LABEL_LENGTH, PLAIN, Look, LookParser, ignored
from hitsvc.drawing.amounts import Amount

# Parameters, and what is not as usual then.
GIVEN = [
    ({"style": "plastic"}, Look(style="plastic")),
    ({"style": "popout-square"}, Look(style="flat-square")),
    ({"label": " page\nviews "}, Look(label="page views")),
    ({"label": ""}, Look(label="")),
    ({"label": "x" * MAX_LABEL_LENGTH}, Look(label="x" * MAX_LABEL_LENGTH)),
    ({"labelColor": "F80"}, Look(label_color="#f80")),
    ({"color": "red"}, Look(color="#dd4343")),
    ({"logo": "GitHub"}, Look(logo="github")),
    ({"logoColor": "white"}, Look(logo_color="white")),
    ({"logoSize": "auto"}, Look(logo_fits=True)),
    ({"show": "both"}, Look(Amount(show="both"))),
    ({"base": "7"}, Look(Amount(base=7))),
    ({"show": "today", "style": "bad"}, Look(Amount(show="today"))),
]
USUAL = [
    {},
    {"url": "example.com", "colour": "red"},
    {"style": "flat"},
    {"style": "popout"},
    {"style": "unknown"},
    {"style": ""},
    {"style": ["plastic", "plastic"]},
    {"label": "x" * (MAX_LABEL_LENGTH + 1)},
    {"label": ["a", "b"]},
    {"color": "no colour", "labelColor": "", "logoColor": "-"},
    {"logo": "no/logo", "logoSize": "large"},
    {"format": "plain", "show": "total", "base": "0"},
    {"format": "unknown", "show": "unknown", "base": "unknown"},
]


@pytest.mark.parametrize(("params", "expected"), GIVEN)
def test_a_parameter_changes_the_look(params, expected):
    """That which it names, and nothing else."""
    assert LookParser().parse(params) == expected


@pytest.mark.parametrize("params", USUAL)
def test_what_is_wrong_is_as_none(params):
    """The look is the usual one, and the very object, so that it is found fast."""
    assert LookParser().parse(params) is PLAIN


def test_a_look_is_remembered():
    """The same parameters, whatever their order, are read once."""
    looks = LookParser()
    params = {"style": "social", "label": "views", "url": "example.com"}
    assert looks.parse(params) is looks.parse(dict(reversed(params.items())))


def test_looks_can_be_keys():
    """Equal ones are the same key."""
    params = {"style": "social", "label": "views", "format": "metric"}
    assert len({LookParser().parse(params), LookParser().parse(params), PLAIN}) == 2


def test_a_look_writes_the_numbers():
    """For badges and for plain text alike; it says what it needs."""
    look = LookParser().parse({"format": "grouped", "show": "both", "base": "1000"})
    assert (look.text(1, 2), look.days) == ("2 / 1,001", 1)
    assert (PLAIN.text(1), PLAIN.days) == ("1", 0)


SENSIBLE = {
    "style": ["flat", "social", "popout-square"],
    "label": ["", "x" * 64],
    "labelColor": ["red", "fff"],
    "color": ["#4c1", "rgb(1,2,3)"],
    "logo": ["github", "nosuchicon"],
    "logoColor": ["white"],
    "logoSize": ["auto"],
    "format": ["plain", "grouped", "metric"],
    "show": ["total", "today", "both", "week", "month", "year"],
    "base": ["0", "1000000000000000"],
}
NONSENSE = {
    "style": ["round", "Flat"],
    "label": ["x" * 65],
    "labelColor": ["reddish"],
    "color": ["#12", "x" * 100],
    "logo": ["https://a.example/x.png"],
    "logoColor": ["?"],
    "logoSize": ["20"],
    "format": ["roman", "PLAIN"],
    "show": ["wek", "yesterday", "decade"],
    "base": ["-1", "1.5", "1000000000000001"],
}


@pytest.mark.parametrize("name", sorted(SENSIBLE))
def test_what_makes_no_sense_is_named(name):
    """Each parameter that is as none, and no other; an empty one is no mistake."""
    for value in [*SENSIBLE[name], ""]:
        assert ignored({name: value, "unknown": "x"}) == []
    for nonsense in NONSENSE[name]:
        assert ignored({name: nonsense}) == [name]
    assert ignored({name: [SENSIBLE[name][0], ""]}) == [name]


@pytest.mark.parametrize("name", sorted(set(NONSENSE) - {"label"}))
def test_what_is_named_changes_nothing(name):
    """It is as none, indeed."""
    for nonsense in NONSENSE[name]:
        assert LookParser().parse({name: nonsense}) is PLAIN


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["label", "color", "logo", "base"]), st.text()))
def test_any_parameters_give_a_look(params):
    """No value is an error."""
    assert isinstance(LookParser().parse(params), Look)

"""The list of what is counted."""

import re
from collections.abc import Iterator

import pytest

from hitsvc.errors import ChangeRefused, HitsError, InvalidURL, SettingsError
from hitsvc.metrics.catalogue import (
    ERRORS,
    FAMILIES,
    LIVE,
    REFUSALS,
    ROW_WORDS,
    error_word,
    refusal_word,
)


def below(error: type[HitsError]) -> Iterator[type[HitsError]]:
    """Name every error of a hierarchy."""
    for kind in error.__subclasses__():
        yield kind
        yield from below(kind)


# What a visitor can meet; the others stop a start or a command of the operator's.
OPERATORS = (SettingsError, ChangeRefused)
MET = [
    kind
    for kind in below(HitsError)
    if kind.__module__ == HitsError.__module__ and not issubclass(kind, OPERATORS)
]


def test_every_word_has_one_meaning():
    """No two families share one, and all are within the row."""
    taken = [LIVE]
    for family in FAMILIES:
        taken += range(family.at, family.end)

    assert len(taken) == len(set(taken))
    assert max(taken) < ROW_WORDS


def test_rows_keep_to_their_own_cache_lines():
    """A row is a whole number of lines of 64 bytes."""
    assert ROW_WORDS * 8 % 64 == 0


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_names_are_as_prometheus_wants_them(family):
    """Counters end in ``_total``, and nothing else does."""
    assert re.fullmatch(r"hitsvc_[a-z_]+", family.name)
    assert family.name.endswith("_total") == (family.kind == "counter")
    assert list(family.bounds) == sorted(set(family.bounds))


@pytest.mark.parametrize("error", MET)
def test_every_error_that_is_answered_is_counted(error):
    """As the kind that it is, or the one above it."""
    word = error_word(error("…"))

    assert word is not None
    assert ERRORS.at <= word < ERRORS.end


def test_the_kinds_of_errors_are_all_met():
    """Each counts an error of its own."""
    assert {error_word(error("…")) for error in MET} == set(
        range(ERRORS.at, ERRORS.end)
    )


def test_an_error_that_no_request_meets_is_no_number():
    """A wrong setting stops the start."""
    assert error_word(SettingsError("…")) is None


def test_an_error_that_is_new_below_a_known_one_is_counted():
    """It is of that kind."""

    class NewError(InvalidURL):
        """Not known to the catalogue."""

    assert error_word(NewError("…")) == error_word(InvalidURL("…"))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("OOM command not allowed when used memory > 'maxmemory'.", "OOM"),
        ("READONLY You can't write against a read only replica.", "READONLY"),
        ("WRONGTYPE Operation against a key", "WRONGTYPE"),
        ("ERR value is not an integer", "other"),
        ("ANYTHING else", "other"),
        ("", "other"),
    ],
)
def test_a_refusal_counts_by_its_first_word(reason, kind):
    """What is not known is another."""
    assert refusal_word(reason) == REFUSALS.at + REFUSALS.values.index(kind)

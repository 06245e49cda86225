"""How counts are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.amounts import MAX_BASE, Amount, amount, metric

METRIC = [
    (0, "0"),
    (999, "999"),
    (1000, "1k"),
    (1049, "1k"),
    (1100, "1.1k"),
    (1999, "1.9k"),
    (9_999, "9.9k"),
    (12_345, "12.3k"),
    (99_999, "99.9k"),
    (100_000, "100k"),
    (999_999, "999k"),
    (1_000_000, "1M"),
    (1_234_567, "1.2M"),
    (2**63 - 1, "9.2E"),
    (10**22, "10000E"),
    (-12_345, "-12.3k"),
]
NUMBERS = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(("number", "expected"), METRIC)
def test_a_metric_number_is_cut_off(number, expected):
    """It never shows hits that were not."""
    assert metric(number) == expected


@settings(deadline=None)
@given(st.integers(0, 10**20))
def test_a_metric_number_is_less_by_a_tenth_of_its_unit_at_most(number):
    """And never more."""
    text = metric(number)
    unit = 1000 ** " kMGTPE".index(text[-1]) if text[-1].isalpha() else 1
    shown = float(text.rstrip("kMGTPE"))
    assert shown * unit <= number * (1 + 1e-9)
    assert number < (shown + (0.1 if shown < 100 else 1)) * unit * (1 + 1e-9)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("plain", "1234"), ("grouped", "1,234"), ("metric", "1.2k"), ("roman", "1234")],
)
def test_a_number_has_a_format(form, expected):
    """An unknown one is plain."""
    assert amount(form, None, None).text(1234) == expected


@pytest.mark.parametrize(
    ("show", "expected", "days"),
    [
        ("total", "1,234", 0),
        ("today", "5,678", 1),
        ("both", "5,678 / 1,234", 1),
        ("week", "5,678", 7),
        ("month", "5,678", 30),
        ("year", "5,678", 365),
        ("tomorrow", "1,234", 0),
    ],
)
def test_what_is_shown_can_be_chosen(show, expected, days):
    """Only what is shown needs to be known."""
    shown = amount("grouped", show, None)
    assert shown.text(1234, 5678) == expected
    assert shown.days == days


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("0", 0),
        ("1000", 1000),
        (str(MAX_BASE), MAX_BASE),
        (str(MAX_BASE + 1), 0),
        ("0" * 17, 0),
        ("-1", 0),
        ("1_000", 0),
        ("1e3", 0),
        ("\u0661", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_a_base_is_added_if_it_is_a_number(base, expected):
    """From 0 to 10^15, in ASCII digits."""
    assert amount(None, None, base).text(1) == str(1 + expected)


def test_the_base_is_added_to_the_total_alone():
    """Days have none."""
    assert amount(None, "both", "100").text(7, 3) == "3 / 107"
    assert amount(None, "week", "100").text(7, 3) == "3"


def test_nothing_said_is_the_default():
    """It is one value, so that it can be compared."""
    assert amount(None, None, None) == Amount()


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from(["plain", "grouped", "metric"]))
def test_a_text_needs_no_escaping(total, today, form):
    """Only these characters occur."""
    text = amount(form, "both", str(MAX_BASE)).text(total, today)
    assert set(text) <= set("0123456789,.- /kMGTPE")

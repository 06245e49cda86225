"""Our own format: reading and writing."""

import gzip
import io
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hitsvc.admin.importers import (
    ImportRefused,
    OwnFormat,
    Row,
    Shaper,
    Source,
    write_rows,
)
from hitsvc.admin.importers.own_format import NO_ROW
from hitsvc.admin.importers.rows import MAX_HITS
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, TOO_MANY
from tests.admin.importers.samples import days_of, shaper, why

DAY = date(2026, 3, 1)
WHOLE = "# hitsvc 1\nurl,day,hits\nexample.com,2026-03-01,3\n# rows 1\n"
WHOLE_JSON = (
    '{"hitsvc":1}\n{"url":"example.com","day":"2026-03-01","hits":3}\n{"rows":1}\n'
)
keys = st.builds(
    "{}{}".format,
    st.sampled_from(["example.com", "a-b.example", "[::1]:81", "xn--mnchen-3ya.de"]),
    st.sampled_from(["", "/a", "/,", "/a,%22", "/|", "//a", "/%C3%BC", "/~'()*;="]),
)
some_rows = st.lists(
    st.one_of(
        st.builds(
            Row,
            keys,
            st.dates(),
            st.integers(0, MAX_HITS),
        ),
        st.builds(Row, keys, st.none(), st.integers(-MAX_HITS, MAX_HITS)),
    ),
    max_size=20,
)


def read(source: Source, **shape: object) -> tuple[list[Row], Shaper]:
    made = shaper(**shape)
    return list(OwnFormat(source, made).rows()), made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rows, st.sampled_from(["csv", "ndjson"]), st.booleans())
@example([Row("example.com/a", DAY, 0), Row("example.com", None, -3)], "csv", False)
def test_what_is_written_is_read_again(sample, rows, form, packed):
    """Each row, in order, and nothing is left out or noted."""
    stream = io.BytesIO()

    assert write_rows(rows, stream, form, packed=packed) == len(rows)

    found, made = read(sample("x", stream.getvalue()))
    assert found == rows
    assert (made.left_out.rows, made.left_out.notes) == (0, [])


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_the_packed_file_is_the_same_each_time(form):
    """No time of its making is in it."""
    first, second = io.BytesIO(), io.BytesIO()
    for stream in (first, second):
        write_rows([Row("example.com", DAY, 1)], stream, form, packed=True)

    assert first.getvalue() == second.getvalue()
    assert gzip.decompress(first.getvalue())


def test_csv_says_version_columns_rows_and_end():
    """What the documentation shows."""
    stream = io.BytesIO()
    write_rows([Row("example.com", DAY, 7), Row("example.com", None, 12)], stream)

    assert stream.getvalue().decode() == (
        "# hitsvc 1\nurl,day,hits\nexample.com,2026-03-01,7\nexample.com,,12\n# rows 2\n"
    )


def test_ndjson_says_the_same():
    """Every line is JSON."""
    stream = io.BytesIO()
    write_rows(
        [Row("example.com", DAY, 7), Row("example.com", None, 12)], stream, "ndjson"
    )

    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"hitsvc": 1},
        {"url": "example.com", "day": "2026-03-01", "hits": 7},
        {"url": "example.com", "day": None, "hits": 12},
        {"rows": 2},
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("url,day,hits\nExample.com/,2026-03-01,3\n", id="no version"),
        pytest.param("\ufeffurl,day,hits\r\nexample.com,2026-03-01,3\r\n", id="Excel"),
        pytest.param("hits,note,day,url\n3,x,2026-03-01,example.com\n", id="any order"),
        pytest.param("\n# a comment\nurl,day,hits\n\nexample.com,2026-03-01,3", id="#"),
        pytest.param('{"url":"example.com","day":"2026-03-01","hits":3}', id="JSON"),
        pytest.param(
            '\ufeff\n{"url":"example.com","day":"2026-03-01","hits":3}\n',
            id="JSON, BOM",
        ),
    ],
)
def test_what_other_programs_write_is_read(sample, text):
    """Without a version there is nothing to miss at the end."""
    found, made = read(sample("x", text))

    assert days_of(found) == {("example.com", "2026-03-01"): 3}
    assert made.left_out.notes == []


def test_without_a_column_of_days_all_is_undated(sample):
    """A counter that knows no days has url and hits."""
    found, _ = read(sample("x", "url,hits\nexample.com,3\n"))

    assert found == [Row("example.com", None, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "# hitsvc 1\nurl,day,hits\nexample.com,,1\n",
        "# hitsvc 1\nurl,day,hits\nexample.com,,1\n# rows 2\n",
        '{"hitsvc":1}\n{"url":"example.com","hits":1}\n',
        '{"hitsvc":1}\n{"url":"example.com","hits":1}\n{"rows":2}\n',
        "# hitsvc 1\nurl,day,hits\nexample.com,,1\n# rows 1\nexample.com,,1\n",
        f"# hitsvc 1\nurl,day,hits\nexample.com,,1\n{WHOLE}",
        f"{WHOLE}# hitsvc 1\nurl,day,hits\nexample.com,,1\n",
        "# hitsvc 1\nurl,day,hits\n",
    ],
)
def test_a_file_that_was_cut_off_is_refused(sample, text):
    """Its end is missing, or tells another number, or something follows it."""
    with pytest.raises(ImportRefused, match=r"x\.csv: .* cut off or changed"):
        read(sample("x.csv", text))


@pytest.mark.parametrize("text", [WHOLE, WHOLE_JSON])
def test_exports_may_follow_one_another(sample, text):
    """As those that a removal writes to standard output, and those joined by hand."""
    found, made = read(sample("x.csv", 2 * text))

    assert days_of(found) == {("example.com", "2026-03-01"): 6}
    assert made.left_out.reasons == {}


LEFT_OUT = [
    ("example.com,2026-03-01,", NO_HITS, 0),
    ("example.com,2026-03-01,1.5", NO_HITS, 0),
    ("example.com,2026-03-01,1_000", NO_HITS, 0),
    ("example.com,2026-03-01,٣", NO_HITS, 0),
    ("example.com,2026-03-01,-1", NO_HITS, -1),
    ("example.com,2026-02-30,5", NO_DAY, 5),
    ("example.com,20260301,5", NO_DAY, 5),
    ("example.com,yesterday,5", NO_DAY, 5),
    (f"example.com,,{MAX_HITS + 1}", TOO_MANY, MAX_HITS + 1),
    ("ftp://example.com,,5", "only http and https URLs can be counted", 5),
    ("http://,,5", "this is not a valid URL", 5),
    ("example.com", NO_ROW, 0),
]


@pytest.mark.parametrize(("line", "reason", "hits"), LEFT_OUT)
def test_a_row_that_is_none_is_left_out(sample, line, reason, hits):
    """The next one is read, and the record says where and why."""
    found, made = read(sample("x.csv", f"url,day,hits\n{line}\nexample.com,,2\n"))

    assert found == [Row("example.com", None, 2)]
    assert why(made.left_out) == {reason: (1, hits)}
    assert made.left_out.reasons[reason].examples[0].startswith("x.csv, line 2: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[]", NO_ROW),
        ("nonsense", NO_ROW),
        ("[" * 30_000, NO_ROW),
        ('{"url":"example.com","hits":' + "9" * 5000 + "}", NO_ROW),
        ('{"url":"example.com","hits":true}', NO_ROW),
        ('{"url":"example.com","hits":1.0}', NO_ROW),
        ('{"url":5,"hits":1}', NO_ROW),
        ('{"url":"example.com","day":"2026-13-01","hits":1}', NO_DAY),
        ('{"url":"example.com","day":20260301,"hits":1}', NO_DAY),
        ('{"url":"example.com","day":0,"hits":1}', NO_DAY),
        ('{"url":"example.com","hits":1' + " " * 70_000 + "}", NO_ROW),
    ],
)
def test_json_that_is_no_row_is_left_out(sample, line, reason):
    """However deep, large or long it is."""
    text = f'{{"url":"a.example","hits":1}}\n{line}\n{{"url":"example.com","hits":2}}\n'
    found, made = read(sample("x", text))

    assert found == [Row("a.example", None, 1), Row("example.com", None, 2)]
    assert [(r, n.rows) for r, n in made.left_out.reasons.items()] == [(reason, 1)]


REFUSED = [
    ("", "is empty"),
    ("# hitsvc 1\n", "is empty"),
    ("a,b,c\n1,2,3\n", "line 1: the header url,day,hits is missing"),
    ("x,y\n/post,73\n", "umami's own export"),
    ('[{"url":"a.example","hits":3}]\n', "it is a JSON array: write an object a line"),
    ('[\n{"url":"a.example","hits":3}\n]\n', "it is a JSON array"),
    ("[::1]/post,3\n", "url,day,hits is missing$"),
    ("# hitsvc 2\nurl,day,hits\n", "version 2"),
    ('{"hitsvc":2}\n', "version 2"),
    ('{"hitsvc":"1"}\n', "version None"),
    ('url,day,hits\n"x,,1\n' + "y\n" * 100_000, "this is not CSV"),
    ("url,day,hits\n" + "x" * 70_000, "line 2: longer than 65,536 bytes"),
    ("url,day,hits\n".encode("utf-16"), "is UTF-16"),
    ('{"url":1}\n'.encode("utf-16"), "is UTF-16"),
    (b"PK\x03\x04...", "is a ZIP file: give the file in it"),
    (b"SQLite format 3\0", "is an SQLite database: give an export"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_no_file_of_ours_is_refused(sample, data, message):
    """In a sentence that names the file."""
    with pytest.raises(ImportRefused, match=message) as refused:
        read(sample("x.csv", data))

    assert str(refused.value).startswith("x.csv")
    assert "\n" not in str(refused.value)

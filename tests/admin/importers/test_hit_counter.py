"""The database of brentvollebregt/hit-counter."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hitsvc.admin.importers import HitCounter, ImportRefused, Source
from hitsvc.admin.importers.hit_counter import LOST_HOST, NO_TEXT, TWICE
from hitsvc.admin.importers.shape import NO_HITS, OTHER_SITE
from tests.admin.importers.samples import shaper, totals_of, why
from tests.admin.importers.test_shape import rules

SCHEMA = "CREATE TABLE url (id INTEGER PRIMARY KEY, url VARCHAR(256), count INTEGER)"
# Until September 2018.
OLD = "CREATE TABLE views (id INTEGER PRIMARY KEY, url_id INTEGER, value VARCHAR(12), time)"


def database(tmp_path: Path, rows: list[Any], *schema: str) -> Source:
    with closing(sqlite3.connect(tmp_path / "data.db")) as connection:
        for statement in schema or (SCHEMA,):
            connection.execute(statement)
        if rows:
            connection.executemany("INSERT INTO url (url, count) VALUES (?, ?)", rows)
        connection.commit()
    return Source(tmp_path / "data.db")


def read(
    source: Source, **shape: Any
) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    made = shaper(**shape)
    return totals_of(HitCounter(source, made).rows()), why(made.left_out)


def test_pages_are_undated_and_spelled_as_ours(tmp_path):
    """Host and path become a key; two spellings of a page are one, and their sum."""
    source = database(
        tmp_path,
        [("Example.com/a", 41), ("example.com/a/", 1), ("user:pw@example.com", 5)],
        SCHEMA,
        OLD,
    )
    made = shaper()
    rows = list(HitCounter(source, made).rows())

    assert {row.day for row in rows} == {None}
    assert totals_of(rows) == {"example.com/a": 42, "example.com": 5}
    assert made.left_out.rows == 0


def test_the_same_page_twice_is_its_larger_number(tmp_path):
    """Two workers have added it at once, and each view raised both rows."""
    source = database(
        tmp_path, [("a.example", 97), ("a.example", 100), ("a.example", 3)]
    )

    totals, reasons = read(source)

    assert totals == {"a.example": 100}
    assert reasons == {TWICE: (2, 100)}


@pytest.mark.parametrize("url", ["5000/x", "8080", "/home/me/index.html", ""])
def test_a_page_that_lost_its_host_is_left_out(tmp_path, url):
    """`localhost:5000/x` was taken for a URL with the scheme `localhost`."""
    totals, reasons = read(database(tmp_path, [(url, 3)]), site="example.com")

    assert totals == {}
    assert reasons == {LOST_HOST: (1, 3)}


def test_a_map_gives_the_host_back(tmp_path):
    """It names the page as the old counter has it."""
    urls = rules(("5000/x", "example.com/x"), ("a.example/*", "b.example/*"))
    source = database(tmp_path, [("5000/x", 3), ("a.example/y", 4)])

    assert read(source, urls=urls)[0] == {"example.com/x": 3, "b.example/y": 4}


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("1.2.3.4/x", "1.2.3.4/x"),
        ("localhost:5000/x", "localhost:5000/x"),
        ("example.com:80/x", "example.com:80/x"),
        ("123456.example/x", "123456.example/x"),
    ],
)
def test_hosts_that_look_like_ports_are_hosts(tmp_path, url, key):
    """Only a number alone is a port without its host."""
    assert read(database(tmp_path, [(url, 3)]))[0] == {key: 3}


def test_values_of_other_types_are_left_out(tmp_path):
    """SQLite keeps what it is given."""
    source = database(
        tmp_path,
        [
            ("a.example", None),
            ("b.example", "x"),
            ("c.example", -1),
            (b"d", 5),
            (None, 6),
        ],
    )

    assert read(source) == ({}, {NO_HITS: (3, -1), NO_TEXT: (2, 11)})


def test_other_sites_are_left_out(tmp_path):
    """An open counter has the pages of strangers."""
    source = database(tmp_path, [("example.com/a", 3), ("stranger.example", 9)])

    assert read(source, site="example.com") == (
        {"example.com/a": 3},
        {OTHER_SITE: (1, 9)},
    )


def test_what_is_in_the_log_beside_it_is_read(tmp_path):
    """A running counter has its latest numbers in ``data.db-wal``."""
    with closing(sqlite3.connect(tmp_path / "data.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(SCHEMA)
        connection.execute("INSERT INTO url (url, count) VALUES ('a.example', 7)")
        connection.commit()

        assert read(Source(tmp_path / "data.db"))[0] == {"a.example": 7}


def test_a_database_that_cannot_be_written_beside_is_read(tmp_path):
    """No lock and no log is made."""
    source = database(tmp_path, [("a.example", 7)])
    with closing(sqlite3.connect(source.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before = sorted(tmp_path.iterdir())

    assert read(source)[0] == {"a.example": 7}
    assert sorted(tmp_path.iterdir()) == before


def test_a_packed_database_is_read(tmp_path, sample):
    """By its content, whatever its name."""
    plain = database(tmp_path, [("a.example", 7)]).path.read_bytes()

    assert read(sample("backup", plain, packed=True))[0] == {"a.example": 7}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (("CREATE TABLE url (url)",), "has no table url"),
        (("CREATE TABLE urls (url, count)",), "has no table url"),
        (("CREATE VIEW url AS SELECT 'a.example' AS url, 1 AS count",), "has no table"),
    ],
)
def test_another_programs_database_is_refused(tmp_path, schema, message):
    """A view by that name could compute for ever."""
    with pytest.raises(ImportRefused, match=rf"^data\.db {message}"):
        read(database(tmp_path, [], *schema))


@pytest.mark.parametrize("data", [b"SQLite format 3\0" + b"x" * 5000, b"url,count\n"])
def test_what_is_no_database_is_refused(sample, data):
    """In a sentence."""
    with pytest.raises(
        ImportRefused, match=r"^data\.db (cannot be read|is not an SQLite)"
    ):
        read(sample("data.db", data))


def test_damage_that_sqlite_quotes_is_refused_too(sample, tmp_path):
    """Its message is no text then, which Python raises in place of the message."""
    whole = database(tmp_path, [], SCHEMA, "CREATE TABLE marker (a)").path.read_bytes()
    damaged = whole.replace(b"marker", b"\xec" * 6).replace(
        b"TABLE \xec", b"TABLF \xec"
    )

    with pytest.raises(ImportRefused, match=r"^data\.db cannot be read: the database"):
        read(sample("data.db", damaged))


def test_a_quoted_control_character_is_escaped(sample, tmp_path):
    """SQLite quotes the part that it does not understand."""
    whole = database(tmp_path, [], SCHEMA, "CREATE TABLE marker (a)").path.read_bytes()

    with pytest.raises(ImportRefused, match=r'unrecognized token: "\\x1b"$'):
        read(sample("data.db", whole.replace(b"marker (a", b"marker (\x1b")))

"""The queries in docs/importing.md make files that can be imported, with right counts."""

import csv
import io
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hitsvc.admin.importers import OwnFormat, UrlMap, key_of
from tests.admin.importers.samples import Sample, days_of, shaper, why

DOCS = Path(__file__).parents[3] / "docs" / "importing.md"
BLOCKS = dict(
    re.findall(
        r"^```(?:sql|sh|python) (\w+)\n(.*?)^```$", DOCS.read_text("utf-8"), re.M | re.S
    )
)
UMAMI = """
CREATE TABLE website (website_id TEXT PRIMARY KEY, domain TEXT, reset_at TIMESTAMP,
  deleted_at TIMESTAMP);
CREATE TABLE website_event (event_id TEXT PRIMARY KEY, website_id TEXT, session_id TEXT,
  visit_id TEXT, created_at TIMESTAMP, url_path TEXT, url_query TEXT, event_type INTEGER,
  hostname TEXT);
INSERT INTO website VALUES ('w', 'example.com', NULL, NULL),
  ('r', 'reset.example', '2026-03-02 00:00:00', NULL),
  ('d', 'gone.example', NULL, '2026-03-02 00:00:00');
INSERT INTO website_event VALUES
  ('1', 'w', 's', 'v', '2026-03-01 23:59:59', '/post', 'a=1', 1, 'blog.example.com'),
  ('2', 'w', 's', 'v', '2026-03-01 00:00:00', '/post', '', 1, 'blog.example.com'),
  ('3', 'w', 's', 'v', '2026-03-02 00:00:00', '/post', '', 1, ''),
  ('4', 'w', 's', 'v', '2026-03-02 00:00:00', '/post', '', 1, NULL),
  ('5', 'w', 's', 'v', '2026-03-02 00:00:00', '/post', '', 2, NULL),
  ('6', 'w', 's', 'v', '2026-03-02 00:00:00', '/post', '', 5, NULL),
  ('7', 'r', 's', 'v', '2026-03-01 00:00:00', '/', '', 1, NULL),
  ('8', 'r', 's', 'v', '2026-03-03 00:00:00', '/', '', 1, NULL),
  ('9', 'd', 's', 'v', '2026-03-03 00:00:00', '/', '', 1, NULL);
"""
DWYL = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE repositories (id INTEGER PRIMARY KEY, name TEXT, user_id INTEGER);
CREATE TABLE hits (id INTEGER PRIMARY KEY, repo_id INTEGER, useragent_id INTEGER,
  inserted_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE hit_count (id INTEGER PRIMARY KEY, count INTEGER, repo_id INTEGER);
INSERT INTO users VALUES (1, 'dwyl');
INSERT INTO repositories VALUES (1, 'start-here', 1), (2, 'old', 1), (3, 'new', 1);
INSERT INTO hits VALUES (1, 1, 1, '2024-05-01 10:00:00', '2024-05-01 10:00:00'),
  (2, 1, 1, '2024-05-01 23:59:59', '2024-05-01 10:00:00'),
  (3, 1, 1, '2024-05-02 00:00:00', '2024-05-01 10:00:00'),
  (4, 2, 1, '2024-05-02 00:00:00', '2024-05-01 10:00:00'),
  (5, 2, 1, '2024-05-02 00:00:00', '2024-05-01 10:00:00');
INSERT INTO hit_count VALUES (1, 10, 1), (2, 1, 2), (3, 4, 3);
"""
MOE = """
CREATE TABLE tb_count (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(32) UNIQUE,
  num BIGINT NOT NULL DEFAULT 0);
INSERT INTO tb_count VALUES (5, ':my-blog', 91), (6, 'demo', 5), (7, 'other', 3);
"""


def asked(schema: str, block: str) -> str:
    """Ask SQLite, which knows all that these queries need, for CSV."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(schema)
        found = database.execute(BLOCKS[block])
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(column[0] for column in found.description)
        writer.writerows(found)
        return text.getvalue()


def run(block: str, text: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", BLOCKS[block]],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def read(
    sample: Sample, text: str, **shape: Any
) -> tuple[dict[tuple[str, str], int], dict[str, tuple[int, int]]]:
    made = shaper(**shape)
    return days_of(OwnFormat(sample("x", text), made).rows()), why(made.left_out)


def test_umami(sample):
    """Views alone, after a reset, of websites that are there."""
    assert read(sample, asked(UMAMI, "umami")) == (
        {
            ("blog.example.com/post", "2026-03-01"): 2,
            ("example.com/post", "2026-03-02"): 2,
            ("reset.example", "2026-03-03"): 1,
        },
        {},
    )


def test_dwyl(sample):
    """The larger of both numbers: 10 of which 3 have days, 2 and not 1, and 4."""
    assert read(sample, asked(DWYL, "dwyl")) == (
        {
            ("github.com/dwyl/start-here", "2024-05-01"): 2,
            ("github.com/dwyl/start-here", "2024-05-02"): 1,
            ("github.com/dwyl/start-here", ""): 7,
            ("github.com/dwyl/old", "2024-05-02"): 2,
            ("github.com/dwyl/new", ""): 4,
        },
        {},
    )


def test_moe_counter(sample):
    """Its names are pages by the map alone."""
    urls = UrlMap([(":my-blog", "https://example.com/")], key_of)
    found, reasons = read(sample, asked(MOE, "moe"), urls=urls, site="example.com")

    assert found == {("example.com", ""): 91}
    assert [rows for rows, _ in reasons.values()] == [1]


def redis_cli(directory: Path, values: dict[str, str]) -> dict[str, str]:
    """Put a stand-in for redis-cli into PATH that scans and gets."""
    program = directory / "redis-cli"
    program.write_text(
        f"#!{sys.executable}\nimport fnmatch, sys\nvalues = {values!r}\n"
        "if sys.argv[2] == 'get':\n    print(values[sys.argv[3]])\nelse:\n"
        "    names = fnmatch.filter(values, sys.argv[-1])\n"
        "    print(*names, *names[:1], sep='\\n')\n"
    )
    program.chmod(0o755)
    return {"PATH": f"{directory}:{os.defpath}"}


def shell(block: str, env: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-ec", BLOCKS[block]],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_abacus(sample, tmp_path):
    """A name that is an address is split after it, another needs the map."""
    values = {
        "K:https://a.example:visits": "7",
        "K:https://a.example/b,c:8080/d:visits": "8",
        "K:mysite.com:visits": "5021",
        "A:mysite.com:visits": "a token",
        "stats:total": "9",
    }
    text = shell("abacus", redis_cli(tmp_path, values))
    urls = UrlMap([("mysite.com:visits", "https://mysite.com/")], key_of)

    assert read(sample, text, urls=urls) == (
        {
            ("a.example", ""): 7,
            ("a.example/b,c:8080/d", ""): 8,
            ("mysite.com", ""): 5021,
        },
        {},
    )
    assert [rows for rows, _ in read(sample, text)[1].values()] == [1]


def test_gjbae1212(sample, tmp_path):
    """Days, and what is left of the total."""
    values = {
        "hit:total:github.com/a/b": "100",
        "hit:daily:20240301:github.com/a/b": "12",
        "hit:daily:20240302:github.com/a/b": "3",
        "hit:total:example.com/x y": "5",
        "hit:daily:20240302:example.com/x y": "5",
        "hit:rank:20240301": "1",
    }

    assert read(sample, shell("gjbae1212", redis_cli(tmp_path, values))) == (
        {
            ("github.com/a/b", "2024-03-01"): 12,
            ("github.com/a/b", "2024-03-02"): 3,
            ("github.com/a/b", ""): 85,
            ("example.com/x%20y", "2024-03-02"): 5,
        },
        {},
    )


def test_matomo(sample):
    """The address, not the label; no sums of the rest."""
    text = (
        "date,label,nb_visits,nb_hits,metadata_url\n"
        '2026-03-01,"/a, b",8,11,"https://example.com/a,%20b"\n'
        "2026-03-02,/post,8,12,https://example.com/post\n"
        "2026-03-02,/x - Others,8,99,\n"
    )

    assert read(sample, run("matomo", text)) == (
        {
            ("example.com/a,%20b", "2026-03-01"): 11,
            ("example.com/post", "2026-03-02"): 12,
        },
        {},
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("# x\n# Start date: 20260101\n\nPage path and screen class,Views,Active users\n"
         '/post,"1,234",800\n(not set),5,5\n,7,7\n', ""),
        ("\ufeff# x\n\nDate,Seitenpfad,Aufrufe\n20260301,/post,1.234\n20260301,(other),5\n",
         "2026-03-01"),
        ("Page path,Date,Views\n/post,20260301,1234\n", "2026-03-01"),
        ("Page path,Views,Date\n/post,1234,20260301\n", "2026-03-01"),
    ],
)  # fmt: skip
def test_ga4(sample, text, day):
    """With and without days, and thousands marks of any country."""
    assert read(sample, run("ga4", text), site="example.com") == (
        {("example.com/post", day): 1234},
        {},
    )

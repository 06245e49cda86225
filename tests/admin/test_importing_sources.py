"""Each source, from what its program left behind to the counts in a store."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from hitsvc.admin import Choices, Opened, open_file, open_other_store
from hitsvc.admin.importers import ImportRefused, Shape, Source
from tests.admin.importers.samples import Sample
from tests.admin.importers.test_access_log import line
from tests.admin.importers.test_goatcounter import V2, v2
from tests.admin.importers.test_hit_counter import database
from tests.admin.importers.test_plausible import HEADER
from tests.admin.imports import KEYS, adds_up, run

SITE = Shape(site="example.com")
PAGE = KEYS.page("example.com/post")
GOAT = Choices("goatcounter", SITE)


@pytest.fixture(name="sample")
def _sample(tmp_path: Path) -> Sample:
    """Makes files to import."""
    return Sample(tmp_path)


def imported(client: Any, opened: Opened) -> tuple[str, dict[str, str]]:
    """Import twice; return the page's total and its days of 2026."""
    for _ in range(2):
        run(client, opened.rows(), opened.left_out, name=opened.id)
    adds_up(client)
    return client.get(PAGE.total), client.hgetall(PAGE.year(2026))


def our_file(sample: Sample) -> Source:
    return sample("c.csv", "url,day,hits\nExample.com/post/,2026-03-01,7\n")


class TestFiles:
    """Once each."""

    @pytest.mark.parametrize(
        ("name", "text", "total", "days"),
        [
            (
                "hitsvc",
                "url,day,hits\nExample.com/post/,2026-03-01,7\n",
                "7",
                {"60": "7"},
            ),
            (
                "goatcounter",
                V2 + v2("/post") + v2("/post", first="0"),
                "2",
                {"60": "2"},
            ),
            ("access-log", line() + line("GET /post/ HTTP/2"), "2", {"60": "2"}),
            (
                "plausible",
                f'{HEADER}"2026-03-01","example.com","/post",8,7,11\n',
                "11",
                {"60": "11"},
            ),
        ],
    )
    def test_each_is_counted_once(self, client, sample, name, text, total, days):
        """As many hits, on their days."""
        file_name = "imported_pages_20260301_20260301.csv"
        opened = open_file(sample(file_name, text, packed=True), Choices(name, SITE))
        assert imported(client, opened) == (total, days)

    def test_the_old_hit_counter_has_no_days(self, client, tmp_path):
        """Its totals are undated."""
        source = database(tmp_path, [("example.com/post", 41)])
        opened = open_file(source, Choices("hit-counter", SITE))
        assert imported(client, opened) == ("41", {})
        assert client.get(PAGE.undated) == "41"

    def test_visits_are_another_import_than_views(self, client, sample):
        """The same file, fewer hits, and not refused as imported before."""
        source = sample("g.csv", V2 + v2("/post") + v2("/post", first="0"))
        views = open_file(source, GOAT)
        visits = open_file(source, replace(GOAT, visits=True))
        assert views.id != visits.id
        assert imported(client, visits)[0] == "1"

    @pytest.mark.parametrize(
        "other",
        [
            Choices("hitsvc", Shape(site="example.com"), mode="max"),
            Choices("hitsvc", Shape()),
            Choices("access-log", Shape(site="example.com")),
        ],
    )
    def test_what_shapes_the_rows_makes_another_import(self, sample, other):
        """And a name or packing does not."""
        source = our_file(sample)
        known = open_file(source, Choices("hitsvc", SITE)).id
        assert open_file(source, other).id != known
        packed = sample("d.csv.gz", source.path.read_bytes(), packed=True)
        assert open_file(packed, Choices("hitsvc", SITE)).id == known

    def test_a_file_is_no_store(self, sample):
        """It says what to give instead."""
        with pytest.raises(ImportRefused, match="redis://"):
            open_file(our_file(sample), Choices("vercount", SITE))


class TestStores:
    """Other counters' Redis, which may go on counting."""

    def test_vercount_is_counted_once_though_it_counts_on(self, client, valkey):
        """Where it is tells it again, not what is in it."""
        url = f"redis://127.0.0.1:{valkey.port}/1"
        with Redis(port=valkey.port, db=1) as other:
            other.set("pv:page:example.com:/post", 812)
            assert imported(
                client, open_other_store(url, Choices("vercount", SITE))
            ) == (
                "812",
                {},
            )
            other.incr("pv:page:example.com:/post")
            assert imported(
                client, open_other_store(url, Choices("vercount", SITE))
            ) == (
                "812",
                {},
            )
            other.flushdb()

    def test_busuanzi_needs_the_sitemap(self, client, valkey, sample):
        """Without one nothing is known of its pages."""

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        url = f"redis://127.0.0.1:{valkey.port}/1"
        sitemap = sample("s.txt", "https://example.com/post\n")
        with Redis(port=valkey.port, db=1) as other:
            name = f"bsz:page_pv:{md5('example.com')}"
            other.zadd(name, {md5("/post"): 5, md5("/none"): 7})
            without = open_other_store(url, Choices("busuanzi", SITE))
            assert list(without.rows()) == []
            opened = open_other_store(url, Choices("busuanzi", SITE, sitemap=sitemap))
            assert imported(client, opened) == ("5", {})
            assert opened.left_out.hits == 7
            other.flushdb()

    def test_a_store_is_no_file(self):
        """It asks whose it is, and shows no password."""
        with pytest.raises(ImportRefused, match="--from") as caught:
            open_other_store("redis://:geheim@127.0.0.1/0", Choices("hitsvc", SITE))
        assert "geheim" not in str(caught.value)

    def test_one_that_does_not_answer_is_named(self):
        """In a sentence."""
        opened = open_other_store("redis://127.0.0.1:8569/0", Choices("vercount", SITE))
        with pytest.raises(ImportRefused, match=r"redis://127\.0\.0\.1:8569/0 cannot"):
            list(opened.rows())

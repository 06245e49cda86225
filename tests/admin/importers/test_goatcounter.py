"""GoatCounter's exports."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hitsvc.admin.importers import GoatCounter, ImportRefused, Source
from hitsvc.admin.importers.goatcounter_csv import BOT, EVENT, LATER_VIEW, SHORT
from hitsvc.admin.importers.goatcounter_json import (
    NO_LINE,
    NO_PATH,
    VISITS,
    json_rows,
)
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, NO_HOST
from tests.admin.importers.samples import days_of, shaper, why

V2 = (
    "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,"
    "Screen size,Location,FirstVisit,Date\n"
)
V1 = (
    "1Path,Title,Event,Bot,Session,FirstVisit,Referrer,Referrer scheme,Browser,"
    "Screen size,Location,Date\n"
)


def v2(
    path: str,
    *,
    event: str = "0",
    bot: str = "0",
    first: str = "1",
    date: str = "2026-03-01T10:00:07Z",
    title: str = "A",
) -> str:
    return (
        f'{path},"{title}",{event},,Firefox 129,Linux,2f-9c,{bot},,,"1920,0,1",DE,'
        f"{first},{date}\n"
    )


def v1(
    path: str,
    *,
    event: str = "false",
    bot: str = "0",
    first: str = "true",
    date: str = "2021-03-01T10:00:07Z",
) -> str:
    return (
        f'{path},A,{event},{bot},2f9c,{first},,,"Mozilla/5.0","1920,1080,1",DE,{date}\n'
    )


def read(
    source: Source, *, visits_only: bool = False, **shape: Any
) -> tuple[dict[tuple[str, str], int], dict[str, tuple[int, int]], list[str]]:
    made = shaper(**{"site": "example.com", **shape})
    rows = GoatCounter(source, made, visits_only=visits_only).rows()
    return days_of(rows), why(made.left_out), made.left_out.notes


class TestCsv:
    """One line a view."""

    def test_each_view_is_a_hit_of_its_day(self, sample):
        """The path is a page of --site; a title may have lines of its own."""
        text = V2 + v2("/a.html") + v2("/a.html?x=1", title='B ""q""\nc') + v2("/")

        assert read(sample("x.csv.gz", text, packed=True)) == (
            {("example.com/a.html", "2026-03-01"): 2, ("example.com", "2026-03-01"): 1},
            {},
            [],
        )

    def test_version_1_has_other_columns(self, sample):
        """They are found by their names."""
        text = V1 + v1("/a") + v1("/a", first="false")

        assert read(sample("x", text))[0] == {("example.com/a", "2021-03-01"): 2}

    def test_visits_are_first_views(self, sample):
        """What its dashboard shows."""
        text = V2 + v2("/a") + v2("/a", first="0") + v2("/a", first="")

        assert read(sample("x", text), visits_only=True)[:2] == (
            {("example.com/a", "2026-03-01"): 1},
            {LATER_VIEW: (2, 2)},
        )

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (v2("click-me", event="1"), EVENT),
            (v2("click-me", event="true"), EVENT),
            (v2("/click", event="True"), EVENT),
            (v2("click-me"), EVENT),
            (v2(""), EVENT),
            (v2("/a", bot="3"), BOT),
            (v2("/a", bot="150"), BOT),
            (v2("/a", date=""), NO_DAY),
            (v2("/a", date="soon"), NO_DAY),
            ("/a,A,0\n", SHORT),
        ],
    )
    def test_what_is_no_view_of_a_page_is_left_out(self, sample, line, reason):
        """Documented as true and false, written as 1 and 0."""
        assert read(sample("x", V2 + line)) == ({}, {reason: (1, 1)}, [])

    def test_an_empty_line_is_nothing(self, sample):
        """The last one, often."""
        assert read(sample("x", V2 + "\n")) == ({}, {}, [])

    def test_without_a_site_nothing_has_a_host(self, sample):
        """The record says what is missing."""
        assert read(sample("x", V2 + v2("/a")), site=None)[1] == {NO_HOST: (1, 1)}

    @pytest.mark.parametrize("date", ["2026-03-01T23:30:00Z", "2026-03-01 23:30:00"])
    def test_the_day_is_the_services(self, sample, date):
        """Its times are UTC, whether they say so or not."""
        found, _, _ = read(
            sample("x", V2 + v2("/a", date=date)), zone=ZoneInfo("Asia/Tokyo")
        )

        assert found == {("example.com/a", "2026-03-02"): 1}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is not GoatCounter's CSV"),
            ("Path,Title\n", "is not GoatCounter's CSV"),
            ("3" + V2[1:], "has version 3"),
            ("2Path,Title,Bot,FirstVisit,Date\n", "has no column Event"),
        ],
    )
    def test_another_file_is_refused(self, sample, text, message):
        """By its first line."""
        with pytest.raises(ImportRefused, match=f"^x {message}"):
            read(sample("x", text))

    def test_the_first_version_1_knows_no_first_views(self, sample):
        """It can be imported as views alone."""
        text = (
            "1Path,Title,Event,Bot,Session,Referrer,Browser,Screen size,Location,Date\n"
            "/a,A,false,0,1,,Mozilla,,DE,2020-03-01T10:00:07Z\n"
        )

        assert read(sample("x", text))[0] == {("example.com/a", "2020-03-01"): 1}
        with pytest.raises(ImportRefused, match="does not tell first views"):
            read(sample("x", text), visits_only=True)


def jsonl(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def stat(hour: object, path_id: int, ref_id: int, count: object) -> dict[str, object]:
    return {"hour": hour, "path_id": path_id, "ref_id": ref_id, "count": count}


def members(
    stats: str, *, version: float = 1.0, directory: str = "goatcounter-export-x/"
) -> dict[str, str]:
    return {
        f"{directory}info.json": json.dumps({"export_version": version}, indent=2),
        f"{directory}paths.jsonl": jsonl(
            {"id": 211, "path": "/", "title": "Home"},
            {"id": 212, "path": "/a?x", "title": "A", "event": False},
            {"id": 213, "path": "click", "title": "", "event": True},
            {"id": "x", "path": "/"},
            7,
        ),
        f"{directory}hit_stats.jsonl": stats,
        f"{directory}browser_stats.jsonl": "not read",
    }


class TestJson:
    """Visits by hour and referrer."""

    def test_referrers_and_hours_are_summed(self, sample):
        """Each hour comes once for every referrer."""
        stats = jsonl(
            stat("2026-03-05T19:00:00Z", 211, 1, 4),
            stat("2026-03-05T19:00:00Z", 211, 2, 5),
            stat("2026-03-05T20:00:00Z", 211, 1, 6),
            stat("2026-03-06T00:00:00Z", 212, 1, 7),
        )
        found, reasons, notes = read(sample.zip("x.zip", members(stats)))

        assert found == {
            ("example.com", "2026-03-05"): 15,
            ("example.com/a", "2026-03-06"): 7,
        }
        assert reasons == {NO_LINE: (2, 0)}
        assert notes == [f"x.zip: {VISITS}"]

    def test_hours_are_utc(self, sample):
        """And days the service's."""
        stats = jsonl(stat("2026-03-05T23:00:00Z", 211, 1, 4))
        source = sample.zip("x.zip", members(stats, directory=""))

        assert read(source, zone=ZoneInfo("Europe/Berlin"))[0] == {
            ("example.com", "2026-03-06"): 4
        }

    @pytest.mark.parametrize(
        ("value", "reason", "hits"),
        [
            (stat("2026-03-05T19:00:00Z", 213, 1, 4), EVENT, 4),
            (stat("2026-03-05T19:00:00Z", 999, 1, 4), NO_PATH, 4),
            (stat("today", 211, 1, 4), NO_DAY, 4),
            (stat("2026-03-05T19:00:00Z", 211, 1, "4"), NO_HITS, 0),
            (stat("2026-03-05T19:00:00Z", 211, 1, -4), NO_HITS, -4),
            (stat(5, 211, 1, 4), NO_LINE, 0),
            ([], NO_LINE, 0),
        ],
    )
    def test_what_is_no_visit_of_a_page_is_left_out(self, sample, value, reason, hits):
        """Events, strangers and damage."""
        found, reasons, _ = read(sample.zip("x.zip", members(jsonl(value))))
        known = (2, 0) if reason == NO_LINE else (0, 0)

        assert found == {}
        assert reasons[reason] == (known[0] + 1, hits)

    @pytest.mark.parametrize(
        ("files", "message"),
        [
            ({"pages.csv": "x,y\n"}, "no info.json in it"),
            (members("") | {"b/info.json": "{}"}, "no info.json in it"),
            (members("", version=2.0), r"version 1.0 can be read, not 2.0"),
            (members("") | {"goatcounter-export-x/info.json": "x"}, "not None"),
        ],
    )
    def test_another_archive_is_refused(self, sample, files, message):
        """By what is in it."""
        with pytest.raises(ImportRefused, match=message):
            read(sample.zip("x.zip", files))

    def test_paths_without_end_are_refused(self, sample):
        """They would fill the memory."""
        source = sample.zip("x.zip", members(""))

        with pytest.raises(ImportRefused, match=r"paths\.jsonl has more than 2 paths"):
            list(json_rows(source, shaper(), max_paths=2))

"""What the benchmark prints follows from what was measured."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench import draws, pages
from bench.histories import years
from bench.report import render
from bench.results import SERVER_US, Measurement, Results
from bench.scenarios import SCENARIOS
from bench.targets import TARGETS
from bench.wrk_load import Outcome

OUTCOME = Outcome(1_000, 1.0, 0, 0, 10.0, 20.0, 30.0, 40.0)


def measured(scenario: str, label: str, number: int, cpu_s: float) -> Measurement:
    """A round of 1,000 requests."""
    return Measurement(scenario, label, number, OUTCOME, server_cpu_s=cpu_s)


class TestServerTime:
    """A contender's own CPU time for a request."""

    def test_it_is_for_one_request(self):
        """In microseconds: a median of rounds."""
        rounds = [
            measured("hot", "go", n, cpu) for n, cpu in enumerate((0.1, 0.2, 0.9))
        ]

        assert Results(rounds).median("hot", "go", SERVER_US) == pytest.approx(200)

    def test_rounds_are_compared_one_by_one(self):
        """So that what slows a machine for a while slows both."""
        pairs = [(0.1, 0.2), (0.3, 0.3)]
        rounds = [
            measured("hot", label, number, cpu)
            for number, pair in enumerate(pairs)
            for label, cpu in zip(("hitsvc", "go"), pair, strict=True)
        ]

        found = Results(rounds).ratios("hot", ("hitsvc", "go"), SERVER_US)

        assert found == pytest.approx([0.5, 1.0])

    def test_less_is_better(self):
        """And the report says so."""
        rounds = [measured("hot", "hitsvc", 0, 0.3), measured("hot", "go", 0, 1.0)]

        row = next(
            line
            for line in render(Results(rounds)).splitlines()
            if "server CPU a hit ÷ bare Go's" in line
        )

        assert row == (
            "| hot URL: server CPU a hit ÷ bare Go's |  | 0.42 | 0.36 | 0.30 "
            "| 0.30 to 0.30 | yes |"
        )

    def test_a_wrong_round_is_in_no_ratio(self):
        """However good its numbers are."""
        good = measured("hot", "go", 0, 0.2)
        wrong = replace(measured("hot", "go", 1, 0.0001), problem="an answer was 500")

        assert Results([good, wrong]).median("hot", "go", SERVER_US) == pytest.approx(
            200
        )


def test_targets_are_of_entries_that_are_measured():
    """A typing error would leave one out of the report."""
    wrong = [
        target.title
        for target in TARGETS
        if target.over
        not in [entry.label for entry in SCENARIOS[target.scenario].entries[1:]]
    ]

    assert wrong == []


class TestDraws:
    """What is requested in turn."""

    def test_one_page_needs_no_list(self, tmp_path: Path):
        """It is sent without Lua, which takes its time."""
        draws.write("hot", tmp_path / "draws")

        assert (tmp_path / "draws").read_bytes() == b""

    def test_sites_are_ten_thousand(self, tmp_path: Path):
        """Each page is there once, and each site ten times."""
        draws.write("sites", tmp_path / "draws")

        lines = (tmp_path / "draws").read_text().splitlines()
        sites = [line.partition("%2Fposts")[0] for line in lines]
        assert len(set(lines)) == len(lines) == pages.SITE_PAGES
        assert len(set(sites)) == pages.SITES

    def test_user_agents_are_five_thousand(self, tmp_path: Path):
        """Behind the address, as the script of wrk wants them."""
        draws.write("agents", tmp_path / "draws")

        lines = (tmp_path / "draws").read_text().splitlines()
        assert len(set(lines)) == draws.AGENTS
        assert {line.partition("\t")[0] for line in lines} == {pages.query(pages.HOT)}


def test_today_is_the_last_of_two_thousand_days():
    """Whatever day it is, a store finds it behind all others."""
    for day in date(2026, 1, 1), date(2026, 11, 29), date(2028, 12, 31):
        found = years(day)

        assert sum(map(len, found.values())) == 2_000
        assert list(found[day.year])[-1] == str(day.timetuple().tm_yday)
        assert max(found) == day.year
        assert all(len(set(fields)) == len(fields) for fields in found.values())

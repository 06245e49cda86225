"""Random changes, hits, kills and resumes, against a model: the counts add up."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from fakeredis import FakeRedis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from redis.exceptions import ConnectionError as Lost

from hitsvc.admin import Changes, Contents, Reader, Removal, Repair, Sums, open_client
from hitsvc.admin.importers import MAX_HITS
from hitsvc.counting import Day, Keys, site_of
from hitsvc.errors import ChangeRefused
from tests.support.cluster import Cluster
from tests.support.cut import CutClient
from tests.support.whole_cluster import WholeCluster

KEYS = Keys("hits:")
PAGES = ("a.example", "a.example/x", "a.example/y", "b.example/x")
TODAY = Day.of(date(2026, 11, 25))
DAYS = (date(2024, 2, 29), date(2025, 12, 31), date(2026, 11, 24), TODAY.date)

pages = st.sampled_from(PAGES)
# Before which command a client is cut off, or after it; most live on.
kills = st.one_of(st.none(), st.tuples(st.integers(0, 14), st.booleans()))


class NoSave:
    """Forgets what is saved, once it has been read."""

    def write(self, rows: Any) -> None:
        list(rows)

    def more(self, rows: Any) -> None:
        list(rows)


class Machine(RuleBasedStateMachine):
    """What an operator and visitors do to a store, and what should be in it then."""

    client: Any

    def connect(self) -> Any:
        return FakeRedis(decode_responses=True)

    @initialize()
    def start(self) -> None:
        self.client = self.connect()
        self.client.flushall()
        self.totals: Counter[str] = Counter()
        self.days: dict[str, Counter[date]] = {page: Counter() for page in PAGES}
        self.there: set[str] = set()
        # Hits whose total has been written, and whose day has not.
        self.half: list[str] = []

    def finish_hits(self, _seconds: float = 0) -> None:
        """Write the days of hits on their way."""
        for page in self.half:
            self.client.hincrby(KEYS.page(page).year(TODAY.year), TODAY.field, 1)
        self.half.clear()

    def do(self, kill: Any, work: Any) -> bool:
        """Do work with a client that is cut off, and do it again if it was.

        Returns:
            Whether it may have been done by the one that was cut off.
        """
        if kill is not None:
            cut_at, after = kill
            try:
                work(CutClient(self.client, cut_at, after=after))
            except Lost:
                self.client.delete(KEYS.lock)  # it expires
            else:
                return False
        try:
            work(self.client)
        except ChangeRefused:
            if kill is None:
                raise
            return True
        return kill is not None

    @rule(page=pages, hits=st.integers(1, 3), half=st.booleans())
    def hit(self, page: str, hits: int, half: bool) -> None:
        """A visitor comes; perhaps the day is not written yet."""
        for _ in range(hits):
            total = self.client.incrby(KEYS.page(page).total, 1)
            if total.bit_length() != (total - 1).bit_length():
                self.client.sadd(KEYS.sites, site_of(page))
                self.client.sadd(KEYS.pages(site_of(page)), page)
            self.half.append(page)
            self.totals[page] += 1
            self.days[page][TODAY.date] += 1
        self.there.add(page)
        if not half:
            self.finish_hits()

    @rule(page=pages, total=st.integers(0, 50), kill=kills)
    def set_total(self, page: str, total: int, kill: Any) -> None:
        """The total is set; days stay."""
        self.do(kill, lambda c: Changes(c, KEYS).set(page, total))
        self.totals[page] = total
        self.there.add(page)

    @rule(
        page=pages,
        hits=st.integers(-9, 20),
        day=st.one_of(st.none(), st.sampled_from(DAYS[:3])),
    )
    def add(self, page: str, hits: int, day: date | None) -> None:
        """Some are added or taken away, unless there would be fewer than none."""
        few = self.totals[page] + hits < 0
        few = few or (day is not None and self.days[page][day] + hits < 0)
        if few:
            with pytest.raises(ChangeRefused):
                Changes(self.client, KEYS).add(page, hits, day)
            return
        Changes(self.client, KEYS).add(page, hits, day)
        self.totals[page] += hits
        if day:
            self.days[page][day] += hits
        self.there.add(page)

    @rule(page=pages, hits=st.integers(1, 20), kill=kills)
    def add_once_or_not_at_all(self, page: str, hits: int, kill: Any) -> None:
        """Who was cut off does not know whether it was added; a look tells."""
        if kill is None:
            return
        try:
            Changes(CutClient(self.client, kill[0], after=kill[1]), KEYS).add(
                page, hits
            )
        except Lost:
            self.client.delete(KEYS.lock)
            # It may be in the index and nowhere else.
            self.finish_hits()
            Repair(self.client, KEYS, sleep=self.finish_hits).run()
        stored = self.client.get(KEYS.page(page).total)
        assert int(stored or 0) - self.totals[page] in {0, hits}
        self.totals[page] = int(stored or 0)
        if stored is not None:
            self.there.add(page)

    @rule(old=pages, new=pages, kill=kills)
    def move(self, old: str, new: str, kill: Any) -> None:
        """All hits of a page become another's."""

        def work(client: Any) -> None:
            Changes(client, KEYS, sleep=self.finish_hits).move(old, new)

        if old == new or old not in self.there:
            with pytest.raises(ChangeRefused):
                work(self.client)
            return
        late = Counter(self.half)[old]
        self.do(kill, work)
        self.totals[new] += self.totals.pop(old)
        self.days[new] += self.days[old]
        # Those that were half written have lost their day.
        self.days[new][TODAY.date] -= late
        self.days[old] = Counter()
        self.there.add(new)
        self.there.discard(old)

    @rule(chosen=st.sets(pages), kill=kills)
    def delete(self, chosen: set[str], kill: Any) -> None:
        """Pages are gone."""
        self.remove("delete", chosen, kill)
        self.there -= chosen

    @rule(chosen=st.sets(pages), kill=kills)
    def reset(self, chosen: set[str], kill: Any) -> None:
        """Pages begin again."""
        late = {page: Counter(self.half)[page] for page in chosen & self.there}
        self.remove("reset", chosen, kill)
        for page, hits in late.items():
            # A reset that was cut off and run again has removed these days, too.
            name = KEYS.page(page).year(TODAY.year)
            left = int(self.client.hget(name, TODAY.field) or 0)
            assert left == hits or (kill is not None and left == 0)
            self.days[page][TODAY.date] = left

    def remove(self, name: str, chosen: set[str], kill: Any) -> None:
        def work(client: Any) -> None:
            removal = Removal(client, KEYS, sleep=self.finish_hits)
            getattr(removal, name)(sorted(chosen), NoSave())

        self.do(kill, work)
        for page in chosen:
            self.totals[page] = 0
            self.days[page] = Counter()

    @rule(chosen=st.sets(pages), before=st.sampled_from(DAYS), kill=kills)
    def prune(self, chosen: set[str], before: date, kill: Any) -> None:
        """Old days are no days any more."""

        def work(client: Any) -> None:
            removal = Removal(client, KEYS, today=lambda: TODAY)
            removal.prune(sorted(chosen), before, NoSave())

        self.do(kill, work)
        for page in chosen:
            for day in [d for d in self.days[page] if d < before]:
                del self.days[page][day]

    @rule()
    def repair_finds_nothing(self) -> None:
        """A resumed command leaves nothing to mend."""
        self.finish_hits()
        found = Repair(self.client, KEYS, sleep=self.finish_hits).run()
        assert (found.differences, found.unreadable) == ({}, [])
        assert found.pages == len(self.there)

    @invariant()
    def it_adds_up(self) -> None:
        """Pages, years, hits without a date, and the index."""
        if not hasattr(self, "totals"):
            return
        reader = Reader(self.client, KEYS)
        half = Counter(self.half)
        for page, contents in reader.contents(PAGES):
            assert contents.total == self.totals[page]
            in_days = sum(contents.days.values())
            assert contents.total == in_days + contents.undated + half[page]
            days = +Counter(contents.days)
            days[TODAY.date] += half[page]
            expected = self.days[page]
            assert {d: n for d, n in days.items() if n} == {
                d: n for d, n in expected.items() if n
            }, page
            assert 0 <= contents.total <= MAX_HITS
        listed = {p for site in reader.sites() for p in reader.pages(site)}
        assert listed == self.there
        # A site that nobody has visited may stay when its first change was cut off.
        assert {site_of(page) for page in self.there} <= set(reader.sites())
        stored = {
            page: n.total
            for site in reader.sites()
            for page, n in [
                (n.page, n) for n in Sums(self.client, KEYS).compute(site).tops[0]
            ]
        }
        assert stored == {page: self.totals[page] for page in self.there}


class OnValkey(Machine):
    """The same, on a real store."""

    url = ""

    def connect(self) -> Any:
        """Open the session's Valkey."""
        return open_client(self.url)

    def teardown(self) -> None:
        """Close it."""
        self.client.close()


class OnCluster(OnValkey):
    """The same, where each page has a slot of its own."""

    def connect(self) -> Any:
        """Open the session's cluster."""
        return WholeCluster(self.url)


# What fails is told as it was found: to shrink it would take minutes.
QUICK = settings(
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_counts_add_up_whatever_happens() -> None:
    """On fakeredis."""
    run_state_machine_as_test(
        Machine,
        settings=settings(QUICK, max_examples=20),
    )


def test_counts_add_up_on_a_real_store(valkey_url: str) -> None:
    """On Valkey, whose scripts are the real ones."""
    OnValkey.url = valkey_url
    run_state_machine_as_test(
        OnValkey,
        settings=settings(QUICK, max_examples=12),
    )


def test_counts_add_up_in_a_cluster(six_nodes: Cluster) -> None:
    """On six nodes."""
    OnCluster.url = six_nodes.url
    run_state_machine_as_test(
        OnCluster,
        settings=settings(QUICK, max_examples=12),
    )


def test_an_empty_page_holds_nothing(client: Any) -> None:
    """And is no error."""
    assert list(Reader(client, KEYS).contents(["a.example"])) == [
        ("a.example", Contents())
    ]

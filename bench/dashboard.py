"""``python -m bench.dashboard``: the operator's pages over a site of 100,000 pages.

It fills a store with one site, and one more page that was hit on each day of ten years,
waits for the sums, and times what a person opens. Then it lets 1,000 hits a second come in
(`bench.openloop`), alone and while somebody reloads pages as fast as a browser with a
finger on its key does; rounds take turns. Three minutes.
"""

import http.client
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from subprocess import DEVNULL, PIPE, Popen
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

from bench.contenders import CONTENDERS, running
from bench.machine import Cores, choose_cores, pinned
from bench.openloop import run as open_loop
from bench.store import Store, running_store
from hitsvc.admin import summing_command, summing_order
from hitsvc.counting import Day, Keys, latest_days, utc_day

_PAGES = 100_000
_SITE = "large.example"
_OLD = "old.example/page"
_OLD_DAYS = 3_650
_PREFIX = "hits:"
_KEYS = Keys(_PREFIX)
_TOKEN = "bench-0123456789abcdef0123456789"  # noqa: S105 - of a service that ends with it
_RATE = 1_000
_HITS = "/count/tag.svg?url=https%3A%2F%2Fbusy.example%2Fpage"
_SECONDS = 2.5
_ROUNDS = 12
_TIMES = 15
_EVERY_S = 0.5
_ANEW = "the overview, while pages are added up"

OVERVIEW = "/admin/"
STATISTICS = f"/p/{_OLD}"
OPENED = {
    "overview": OVERVIEW,
    "pages, most views of 30 days": "/admin/pages",
    "pages, fewest views, the last": "/admin/pages?sort=total&direction=up&from=99980",
    "pages by address, midway": "/admin/pages?sort=page&from=50000",
    "pages with a word, in one of 7": "/admin/pages?sort=total&q=year-2021",
    "pages with a word, in none": "/admin/pages?sort=total&q=nowhere",
    "statistics, ten years of days": f"{STATISTICS}?period=all",
}


def _page(number: int) -> str:
    return f"{_SITE}/blog/year-{2019 + number % 7}/a-post-about-{number:06}"


def _fill(store: Store) -> list[str]:
    """Write pages as hits would have made them; return them, most views first."""
    totals: dict[str, int] = {}
    today = utc_day()
    days = latest_days(today, 30)
    pipeline: Any = store.redis.pipeline(transaction=False)
    pipeline.sadd(_KEYS.sites, _SITE, _OLD.partition("/")[0])
    for number in range(_PAGES):
        page = _page(number)
        keys = _KEYS.page(page)
        hits = {days[number * step % 30]: number % step for step in (7, 11, 13)}
        pipeline.sadd(_KEYS.pages(_SITE), page)
        totals[page] = number * 7919 % 50_000 + sum(hits.values())
        pipeline.set(keys.total, totals[page])
        for day, value in hits.items():
            pipeline.hset(keys.year(day.year), day.field, value)
        if number % 1_000 == 0:
            pipeline.execute()
    keys = _KEYS.page(_OLD)
    old = [Day.of(today.date - timedelta(ago)) for ago in range(_OLD_DAYS)]
    for day in old:
        pipeline.hset(keys.year(day.year), day.field, day.date.toordinal() % 97)
    totals[_OLD] = sum(day.date.toordinal() % 97 for day in old)
    pipeline.set(keys.total, totals[_OLD])
    pipeline.sadd(_KEYS.pages("old.example"), _OLD)
    pipeline.execute()
    return sorted(totals, key=lambda page: (-totals[page], page))


class Operator:
    """A browser that is signed in."""

    def __init__(self, port: int) -> None:
        """Sign in."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"token": _TOKEN})
        self._connection.request("POST", "/admin/sign-in", body, headers)
        answer = self._connection.getresponse()
        answer.read()
        cookie = answer.headers["set-cookie"].partition(";")[0]
        self._headers = {"Cookie": cookie}

    def get(self, path: str) -> str:
        """Open a page."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != http.client.OK:
            print(f"  WRONG: {path} answers {answer.status}")
        return text

    def close(self) -> None:
        """Go."""
        self._connection.close()


def _sums_s(operator: Operator) -> float:
    """Have the pages added up; return how long that took."""
    start = time.perf_counter()
    while not re.search(r"Added up \d+ s ago", operator.get(OVERVIEW)):
        time.sleep(0.2)
    return time.perf_counter() - start


def _check(operator: Operator, ordered: Sequence[str]) -> None:
    """See that lists are what sorting all pages would give."""
    word = [page for page in ordered if "year-2021" in page]
    wanted = {
        "sort=total": ordered[:20],
        "sort=total&direction=up": ordered[:-21:-1],
        "sort=total&from=50000": ordered[50_000:50_020],
        "sort=total&q=YEAR-2021&from=9000": word[9_000:9_020],
        "sort=page&direction=down&from=60": sorted(ordered)[::-1][60:80],
    }
    for query, pages in wanted.items():
        text = operator.get(f"/admin/pages?{query}")
        if re.findall(r'name="page" value="([^"]*)"', text) != pages:
            print(f"  WRONG: {query} lists other pages")


def _opened(operator: Operator) -> None:
    """Print how long pages take, opened in turn."""
    found: dict[str, list[float]] = {name: [] for name in OPENED}
    for _ in range(_TIMES):
        for name, path in OPENED.items():
            start = time.perf_counter()
            operator.get(path)
            found[name].append((time.perf_counter() - start) * 1000)
    for name, all_ms in found.items():
        fastest, slowest = min(all_ms), max(all_ms)
        print(f"  {name}: {median(all_ms):.1f} ms ({fastest:.1f} to {slowest:.1f})")


@contextmanager
def _opening(port: int, paths: Sequence[str]) -> Any:
    """Open pages in turn, again and again."""
    ended = Event()

    def repeat() -> None:
        operator = Operator(port)
        while paths:
            for path in paths:
                operator.get(path)
                if ended.wait(_EVERY_S):
                    operator.close()
                    return

    person = Thread(target=repeat)
    person.start()
    try:
        yield
    finally:
        ended.set()
        person.join()


@contextmanager
def _adding_up(store: Store, cores: Cores) -> Iterator[None]:
    """Add pages up once more, as a worker has it done: on the core that counts."""
    store.redis.delete(_KEYS.overview)
    with pinned(cores.server):
        process = Popen(summing_command(), stdin=PIPE, stderr=DEVNULL, text=True)  # noqa: S603 - ours
    with process:
        process.stdin.write(summing_order(store.url, _PREFIX))  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
        yield
        if store.redis.exists(_KEYS.overview):
            print("  WRONG: pages were added up before the hits ended")
        process.kill()
    store.redis.delete(f"{_KEYS.overview}:lock")


def _p99_ms(port: int, cores: frozenset[int], paths: Sequence[str]) -> float:
    with _opening(port, paths):
        outcome = open_loop(
            port, _HITS, rate=_RATE, connections=64, seconds=_SECONDS, cores=cores
        )
    if outcome.status_errors or outcome.socket_errors:
        print("  WRONG: not all hits were answered")
    return outcome.p99_us / 1000


def _beside(store: Store, port: int, cores: Cores) -> None:
    """Print the hits' 99th percentile alone, and while pages are open."""
    listed = [path for path in OPENED.values() if path.startswith("/admin/pages")]
    works: dict[str, list[str]] = {
        "nothing": [],
        "the overview": [OVERVIEW],
        _ANEW: [OVERVIEW],
        "lists of pages": listed,
    }
    found: dict[str, list[float]] = {work: [] for work in works}
    for _ in range(_ROUNDS):
        for work, paths in works.items():
            with _adding_up(store, cores) if work == _ANEW else nullcontext():
                found[work].append(_p99_ms(port, cores.load, paths))
    alone = found["nothing"]
    print(
        f"99th percentile of {_RATE:,} hits a second beside what is loaded again every"
    )
    print(
        f"{_EVERY_S} s; the median of the rounds' ratios to nothing, half of them within:"
    )
    for work, all_ms in found.items():
        ratios = [ms / base for ms, base in zip(all_ms, alone, strict=True)]
        low, middle, high = quantiles(ratios, n=4)
        print(
            f"  {work}: {median(all_ms):.2f} ms, {middle:.2f} ({low:.2f} to {high:.2f})"
        )


def main() -> None:
    """Print the figures."""
    cores = choose_cores()
    with pinned(cores.load):
        _measure(cores)


def _measure(cores: Cores) -> None:
    env = {"HITSVC_ADMIN_TOKEN": _TOKEN}
    with (
        tempfile.TemporaryDirectory(prefix="dashboard-") as name,
        running_store(Path(name, "store"), cores.load) as store,
        running(
            CONTENDERS["hitsvc"], store.port, Path(name, "app"), cores.server, env=env
        ) as app,
    ):
        ordered = _fill(store)
        before = store.memory()
        operator = Operator(app.port)
        cpu_s = store.usage().cpu_s
        seconds = _sums_s(operator)
        cpu_s = store.usage().cpu_s - cpu_s
        kept = (store.memory() - before) / 2**20
        print(
            f"{_PAGES:,} pages take {before / 2**20:,.0f} MB; their sums {kept:.1f} MB"
        )
        print(f"added up: {seconds:.1f} s, {cpu_s:.1f} s of the store's")
        _check(operator, ordered)
        print("opened:")
        _opened(operator)
        operator.close()
        _beside(store, app.port, cores)


if __name__ == "__main__":
    main()

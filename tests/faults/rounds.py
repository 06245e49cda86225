"""Rounds: load, a kill at a random moment, what must be started again, the reckoning."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from random import Random

from tests.faults.disk import slow_disk
from tests.faults.ledger import Outcome, Stored, judge
from tests.faults.targets import OneStore, Target
from tests.support.load import Tally, hit, hit_once_each

PAGES = 6
CLIENTS = 3
# Each of these asks for a page of its own each time. So if a proxy has sent one request
# twice that is seen, though others were answered with errors and not counted.
STRANGERS = 3
_ENDLESS = 1_000_000
# Under load before the earliest kill, and after all is mended.
_MARGIN_S = 0.15
# A slow disk shows when a flush is under way, which begins each second.
_SLOW_DISK_MARGIN_S = 1.2


@dataclass
class Run:
    """Rounds that were run.

    Attributes:
        outcomes: What each kill led to, all rounds of it together.
        rounds: What each round was and did.
        faded: Acknowledged hits that an earlier round's totals have lost until the end.
        forgotten: Others: they were stored and not acknowledged.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    rounds: list[tuple[str, float, Outcome]] = field(default_factory=list)
    faded: int = 0
    forgotten: int = 0

    @property
    def wrong(self) -> int:
        """Hits that break the promise."""
        return self.faded + sum(outcome.wrong for outcome in self.outcomes.values())


def run(
    target: Target,
    kills: Sequence[str],
    rounds: int,
    seconds: float,
    seed: int,
    progress: Callable[[str], None] = lambda _: None,
    *,
    slow_disk_s: float = 0.0,
) -> Run:
    """Run rounds, each on pages of its own.

    Args:
        target: What is broken; used again from round to round.
        kills: What is killed, see `Target.kills`; in turn, in random order.
        rounds: How many.
        seconds: How long each lasts; longer if mending takes longer.
        seed: Of what is left to chance; another run on this target needs another.
        progress: Is told of each round.
        slow_disk_s: How long each flush to the disk takes at least.
    """
    random = Random(seed)  # noqa: S311 - to be repeated, not secret
    done = Run()
    known: dict[str, tuple[Tally, Stored]] = {}
    for number, kind in zip(range(rounds), _shuffled(kills, random), strict=False):
        margin = _SLOW_DISK_MARGIN_S if slow_disk_s else _MARGIN_S
        moment = random.uniform(margin, max(margin, seconds / 2))
        # New ones, also if the same target is used for another run.
        site = f"example.com/{seed}/{number}"
        names = [f"{site}/{page}" for page in range(PAGES)]
        tallies = {name: Tally() for name in names}
        with _disk(target, slow_disk_s):
            round_ = _round(target, target.kills[kind], tallies, site, moment, seconds)
            tallies |= asyncio.run(round_)
        after = target.stored(tallies)
        outcome = sum(
            (_judge(tally, after[name]) for name, tally in tallies.items()),
            start=Outcome(rounds=1),
        )
        known |= {name: (tally, after[name]) for name, tally in tallies.items()}
        done.rounds.append((kind, moment, outcome))
        done.outcomes[kind] = done.outcomes.get(kind, Outcome()) + outcome
        progress(f"{number + 1}/{rounds} {kind}: {outcome}")
    for name, now in target.stored(known).items():
        tally, then = known[name]
        lost = _judge(tally, now).lost - _judge(tally, then).lost
        done.faded += max(0, lost)
        done.forgotten += max(0, then.total - now.total - max(0, lost))
    return done


def _judge(tally: Tally, stored: Stored) -> Outcome:
    return judge(tally.attempted, tally.acknowledged, tally.refused, stored)


def _disk(target: Target, slow_s: float) -> AbstractContextManager[None]:
    """Make the store's disk slow, if it is to be, for as long as a block lasts."""
    if not slow_s:
        return nullcontext()
    assert isinstance(target, OneStore), "only one store's disk can be slow"
    return slow_disk(target.store_pid, slow_s)


def _shuffled(kills: Sequence[str], random: Random) -> Iterator[str]:
    """Name each kill once, in random order, again and again."""
    while True:
        yield from random.sample(kills, len(kills))


async def _round(
    target: Target,
    kill: Callable[[], None],
    tallies: dict[str, Tally],
    site: str,
    moment: float,
    seconds: float,
) -> dict[str, Tally]:
    """Hit the pages all the while; kill at the moment, then mend.

    Returns:
        What was done to the strangers' pages.
    """
    end = time.monotonic() + seconds
    over = asyncio.Event()
    strangers = asyncio.ensure_future(
        hit_once_each(target.entry, f"{site}/once/", STRANGERS, over)
    )
    load = asyncio.gather(
        *(
            hit(target.entry, name, CLIENTS, _ENDLESS, tally)
            for name, tally in tallies.items()
        )
    )
    try:
        await asyncio.sleep(moment)
        await asyncio.to_thread(kill)
        await asyncio.to_thread(target.mend)
        await asyncio.sleep(max(_MARGIN_S, end - time.monotonic()))
    finally:
        over.set()
        for tally in tallies.values():
            tally.stop.set()
        await load
        once = await strangers
    return once

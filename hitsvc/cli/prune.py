"""``hitsvc prune``: forget old days, and keep the totals."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import click

from hitsvc.admin import Reader, Removal
from hitsvc.cli import operating, options, removing
from hitsvc.cli.typed import Day, Host
from hitsvc.settings import Right, mistake


@click.command("prune")
@click.option(
    "--before",
    "day",
    type=Day(),
    required=True,
    metavar="DAY",
    help="The first day to keep: 2024-01-01.",
)
@click.option(
    "--site", "host", type=Host(), metavar="HOST", help="Only pages of this site."
)
@operating.yes
@operating.save_file
@operating.as_json
@options.store
@options.data_dir
def command(
    day: date,
    host: str | None,
    yes: bool,
    save: str | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Forget on which old days hits came, to save memory. It asks, and saves the days.

    No total changes: these hits count as hits without a date. Charts and --days show
    nothing of them.

    \b
    Examples:
      hitsvc prune --before 2024-01-01
      hitsvc prune --before 2024-01-01 --site example.com --save days.csv.gz
    """
    operating.refuse_json_in_saved(save, as_json=as_json)
    _see_that_it_has_come(day, _latest_day())
    with operating.operator(redis_url, data_dir) as (client, keys):
        today = operating.calendar(client, keys).today
        _see_that_it_has_come(day, today().date)
        reader, removal = Reader(client, keys), Removal(client, keys, today=today)
        sites = [host] if host else reader.sites()
        pages = sorted({page for s in sites for page in reader.pages(s)})
        days, hits = _what_goes(removal, pages, day)
        operating.ask(f"Forget {days:,} days of pages, {hits:,} hits?", yes=yes)
        keep, name = operating.saving(save)
        with operating.bar("Prune", length=2 * len(pages)) as bar:
            removed = removal.prune(pages, day, keep, bar.update)
    removing.tell(removed, "Without a date now", name, as_json=as_json, save=save)


def _latest_day() -> date:
    """Return the day where it begins first: no zone is further ahead."""
    return datetime.now(timezone(timedelta(hours=14))).date()


def _see_that_it_has_come(day: date, today: date) -> None:
    if day > today:
        right = Right("a day until today", str(today))
        raise click.UsageError(mistake(f"--before {day}", "has not come yet", right))


def _what_goes(removal: Removal, pages: list[str], day: date) -> tuple[int, int]:
    """Count the days that would be forgotten, and their hits."""
    days = hits = 0
    with operating.bar("Pages looked at", pages) as told:
        for row in removal.old_days(told, day):
            days, hits = days + 1, hits + row.hits
    if not days:
        msg = f"no page has hits before {day}; nothing was changed"
        raise click.ClickException(msg)
    return days, hits

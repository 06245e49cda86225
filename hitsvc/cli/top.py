"""``hitsvc top``: the pages that are visited most."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from hitsvc.admin import WINDOWS, Numbers, Reader, Sums
from hitsvc.cli import operating, options
from hitsvc.cli.typed import Host, Whole


@click.command("top")
@click.option(
    "--days",
    type=Whole(1, 366, example=30),
    help="By the hits of so many days, today included, instead of all.",
)
@click.option(
    "--site", "host", type=Host(), metavar="HOST", help="Only pages of this site."
)
@click.option(
    "-n",
    "number",
    type=Whole(1, example=20),
    default=20,
    show_default=True,
    help="How many.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@operating.as_json
@options.store
@options.data_dir
def command(
    days: int | None,
    host: str | None,
    number: int,
    as_csv: bool,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Show the pages with the most hits.

    The numbers are summed over all pages and kept for ten seconds, longer for sites of
    more than 5,000 pages; what is shown may be so old.

    \b
    Examples:
      hitsvc top
      hitsvc top --days 30 --site example.com -n 50
      hitsvc top --days 1 --csv > today.csv
    """
    if as_csv and as_json:
        msg = "choose --csv or --json"
        raise click.UsageError(msg)
    order, windows = _order(days)
    with operating.operator(redis_url, data_dir) as (client, keys):
        sites = [host] if host else Reader(client, keys).sites()
        sums = Sums(client, keys, today=operating.calendar(client, keys).today)
        with operating.bar("Sites", sites) as told:
            best = sums.top(told, number, order=order, windows=windows)
        at = min((sums.site(s).at for s in sites), default=None) if as_json else None
    answer = _Answer(best, windows)
    if as_json:
        operating.tell_json({"at": _time(at), "pages": answer.objects()})
    elif as_csv:
        operating.tell_csv(answer.columns(), answer.rows)
    elif best:
        operating.tell_table(answer.names, answer.rows)
    else:
        click.echo("No page has hits there yet.", err=True)


class _Answer:
    """The best pages as a table, with a column for each window of days."""

    def __init__(self, best: Sequence[Numbers], windows: Sequence[int]) -> None:
        self.names = ["page", "today", *(f"{w} days" for w in windows[1:]), "total"]
        self.rows = [(n.page, *n.lately, n.total) for n in best]

    def columns(self) -> list[str]:
        """Name the columns for programs."""
        return [name.replace(" ", "_") for name in self.names]

    def objects(self) -> list[dict[str, object]]:
        """Return a row as an object each."""
        return [dict(zip(self.columns(), row, strict=True)) for row in self.rows]


def _time(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _order(days: int | None) -> tuple[int, tuple[int, ...]]:
    """Return which number to sort by, and which numbers there are."""
    if days is None or days in WINDOWS:
        return (WINDOWS.index(days) + 1 if days else 0), WINDOWS
    return 2, (1, days)

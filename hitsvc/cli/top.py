"""``hitsvc top``: the pages that are visited most."""

from datetime import UTC, datetime
from pathlib import Path

import click

from hitsvc.admin import WINDOWS, Reader, Sums
from hitsvc.cli import operating, options


@click.command("top")
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    help="By the hits of so many days, today included, instead of all.",
)
@click.option("--site", metavar="HOST", help="Only pages of this site.")
@click.option(
    "-n",
    "number",
    type=click.IntRange(1),
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
    site: str | None,
    number: int,
    as_csv: bool,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Show the pages with the most hits.

    The numbers are summed over all pages and kept for ten seconds, longer for sites of
    more than 12,000 pages; what is shown may be so old. Days are UTC.

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
    host = operating.site_key(site) if site else None
    with operating.operator(redis_url, data_dir) as (client, keys):
        sites = [host] if host else Reader(client, keys).sites()
        sums = Sums(client, keys)
        with operating.bar("Sites", sites) as told:
            best = sums.top(told, number, order=order, windows=windows)
        at = min((sums.site(s).at for s in sites), default=None) if as_json else None
    rows = [(n.page, n.lately[0], *n.lately[1:], n.total) for n in best]
    names = ["page", "today", *(f"{w} days" for w in windows[1:]), "total"]
    if as_json:
        operating.tell_json(
            {
                "at": at
                and datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
                "pages": [
                    dict(
                        zip(
                            [n.replace(" days", "_days") for n in names],
                            row,
                            strict=True,
                        )
                    )
                    for row in rows
                ],
            }
        )
    elif as_csv:
        operating.tell_csv([n.replace(" days", "_days") for n in names], rows)
    elif rows:
        operating.tell_table(names, rows)
    else:
        click.echo("No page has hits there yet.", err=True)


def _order(days: int | None) -> tuple[int, tuple[int, ...]]:
    """Return which number to sort by, and which numbers there are."""
    if days is None or days in WINDOWS:
        return (WINDOWS.index(days) + 1 if days else 0), WINDOWS
    return 2, (1, days)

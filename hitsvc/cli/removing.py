"""How pages are removed, whichever command does it: list, ask, save, do, tell."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click

from hitsvc.admin import Reader, Removed
from hitsvc.cli import operating
from hitsvc.counting import Keys


class Job(NamedTuple):
    """What to do.

    Attributes:
        word: For the question.
        done: For what is told then.
        work: Does it.
    """

    word: str
    done: str
    work: Callable[..., Removed]


def run(
    client: Any,
    keys: Keys,
    pages: Sequence[str],
    job: Job,
    *,
    yes: bool,
    save: str | None,
    as_json: bool,
) -> None:
    """List what would be removed and how much, ask, save and do it.

    Raises:
        ClickException: There is nothing to remove, or something could not be.
    """
    found = Reader(client, keys).totals(pages)
    if not found:
        msg = "no such page has hits; nothing was changed"
        raise click.ClickException(msg)
    hits = sum(page.total for page in found)
    operating.name_pages([f"{p.page}: {p.total:,}" for p in found])
    operating.ask(f"{job.word} {count_of(len(found))}, {hits:,} hits?", yes=yes)
    keep, name = operating.saving(save)
    with operating.bar(job.word, length=2 * len(pages)) as told:
        removed = job.work(list(pages), keep, told.update)
    tell(removed, job.done, name, as_json=as_json, save=save)


def tell(
    removed: Removed, done: str, name: str, *, as_json: bool, save: str | None
) -> None:
    """Say what was removed.

    Raises:
        ClickException: Something could not be.
    """
    if as_json:
        operating.tell_json(
            {
                "pages": removed.pages,
                "hits": removed.hits,
                "saved": name,
                "refused": removed.refused,
            }
        )
    else:
        text = f"{done}: {count_of(removed.pages)}, {removed.hits:,} hits"
        click.echo(f"{text}, saved in {name}", err=save == "-")
    if removed.refused:
        operating.name_pages(removed.refused)
        msg = f"{count_of(len(removed.refused))} could not be changed"
        raise click.ClickException(msg)


def count_of(pages: int) -> str:
    """Write how many pages."""
    return f"{pages:,} page" if pages == 1 else f"{pages:,} pages"

"""Options that several commands have."""

from pathlib import Path

import click

store = click.option(
    "--store",
    "redis_url",
    metavar="STORE",
    help="embedded, memory, or a redis://, rediss://, unix://, redis+sentinel:// or "
    "redis+cluster:// URL.",
)
data_dir = click.option(
    "--data-dir",
    type=Path,
    metavar="DIR",
    help="Where the embedded store keeps its data.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
site = click.option("--site", metavar="HOST", help="Only the pages of this host.")

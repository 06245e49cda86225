"""``hitsvc doctor``: is anything wrong with the service?"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from hitsvc.admin import (
    Finding,
    examine_disk,
    examine_proxy,
    examine_report,
    examine_store,
    examine_unheeded,
    examine_zone,
)
from hitsvc.cli import options
from hitsvc.cli.asking import open_store_client
from hitsvc.cli.stores import CHECK_TIMEOUT_S, open_store
from hitsvc.counting import Keys
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.settings import DEFAULT_SOURCE, Settings, sources, unknown_variables
from hitsvc.store import StoreReport, open_store_check


@click.command("doctor")
@click.option("--url", help="The service's public address: ask it as the world does.")
@options.as_json
@options.store
@options.data_dir
def command(
    url: str | None, as_json: bool, redis_url: str | None, data_dir: Path | None
) -> None:
    r"""Look at settings, store, memory, disk, clock and proxy, and say what is wrong.

    Nothing is changed and nothing is counted. The exit code is 1 if something is wrong.

    \b
    Examples:
      hitsvc doctor
      hitsvc doctor --url https://hits.example.org
    """
    options_given = {"redis_url": redis_url, "data_dir": data_dir}
    settings = Settings.load(os.environ, **options_given)
    lines = sources(os.environ, settings, options_given)
    findings = [
        Finding("settings", text, wrong=True) for text in unknown_variables(os.environ)
    ]
    findings += _store(settings)
    if settings.redis_url == "embedded":
        findings.append(examine_disk(settings.data_dir))
    if url:
        findings += examine_proxy(url)
    if as_json:
        found = [finding.as_object() for finding in findings]
        click.echo(json.dumps({"settings": lines, "findings": found}))
    else:
        _list(lines)
        for finding in findings:
            mark = "WRONG" if finding.wrong else "ok"
            click.echo(f"{mark:5} {finding.about}: {finding.text}")
    sys.exit(any(finding.wrong for finding in findings))


def _list(lines: Mapping[str, tuple[str, str]]) -> None:
    """Print the settings that somebody has chosen; the rest only hides what is wrong."""
    chosen = {name: line for name, line in lines.items() if line[1] != DEFAULT_SOURCE}
    for name, (value, source) in chosen.items():
        click.echo(f"{name}={value}  ({source})")
    rest = len(lines) - len(chosen)
    click.echo(f"{rest} settings have their defaults; --json lists them, too")


def _store(settings: Settings) -> list[Finding]:
    try:
        with open_store(settings) as url:
            found = examine_report(asyncio.run(_report(url, settings.acknowledge)))
        with open_store_client(settings) as client:
            keys = Keys(settings.key_prefix)
            found += examine_store(client, keys, time.time)
            found.append(examine_zone(client, keys, settings.timezone))
            trusted = settings.forwarded_allow_ips
            return found + examine_unheeded(client, keys, trusted)
    except (SettingsError, CounterUnavailable) as ex:
        return [Finding("store", str(ex), wrong=True)]


async def _report(url: str, acknowledge: str) -> StoreReport:
    check = open_store_check(url, CHECK_TIMEOUT_S, acknowledge=acknowledge)
    try:
        return await check.report()
    finally:
        await check.close()

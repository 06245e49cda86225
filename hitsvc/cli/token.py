"""``hitsvc token``: the dashboard's address, or a new token."""

import os
from pathlib import Path

import click

from hitsvc.access import TokenFile, new_token
from hitsvc.cli import options
from hitsvc.cli.dashboard import (
    CODE_LIFE,
    address,
    keyring_of,
    own_site,
    token_file,
)
from hitsvc.errors import SettingsError
from hitsvc.settings import Settings

_NOWHERE = (
    "there is no operator's token, so there is no dashboard: write what "
    "`hitsvc token --new` prints into a file that only the service may read, name that in "
    "HITSVC_ADMIN_TOKEN_FILE, and start the service again"
)


@click.command("token")
@click.option("--new", is_flag=True, help="Make a new token; it ends all sessions.")
@click.option("--show", is_flag=True, help="Print the token itself.")
@click.option("--url", help="The service's public address. Default: this computer's.")
@options.store
@options.data_dir
def command(
    new: bool, show: bool, url: str | None, redis_url: str | None, data_dir: Path | None
) -> None:
    r"""Print an address that opens the dashboard, once, within an hour.

    Whoever has it may see and change all counts. The token itself, which it is made with,
    is for programs (--show), and for signing in where no such address can be opened.

    With an embedded store the token is in its data directory, and --new changes it there,
    also while the service runs. Elsewhere --new prints one, to be put where
    HITSVC_ADMIN_TOKEN_FILE says.

    \b
    Examples:
      hitsvc token
      hitsvc token --url https://hits.example.org
      hitsvc token --new
    """
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    file = token_file(settings)
    if file is None and new:
        click.echo(new_token())
        click.echo(
            "This is printed and kept nowhere: put it where HITSVC_ADMIN_TOKEN_FILE says, "
            "and start the service again.",
            err=True,
        )
        return
    if file is not None:
        _see_file(file, new=new)
    keyring = keyring_of(settings, file)
    token = keyring.tokens().write
    if not token:
        raise SettingsError(_NOWHERE)
    if show:
        click.echo(token)
        return
    click.echo(address(url or own_site(settings.bind), settings.base_path, keyring))
    click.echo(f"It works {CODE_LIFE}.", err=True)


def _see_file(file: TokenFile, *, new: bool) -> None:
    """See that there is a token in the data directory."""
    if not file.path.parent.is_dir():
        msg = (
            f"there is no data directory {file.path.parent}: start hitsvc serve, or name "
            "another with --data-dir"
        )
        raise SettingsError(msg)
    if new:
        file.replace()
    else:
        file.ensure()
        file.read()  # it says what is wrong

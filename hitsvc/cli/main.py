"""The program ``hitsvc``: finds the command, and says in a line what goes wrong.

A new command is a module of this package with a `click.Command` named ``command``, and its
name in `COMMANDS`. It is imported when it is asked for.
"""

import signal
import sys
from importlib import import_module
from keyword import iskeyword
from logging.config import dictConfig
from typing import NoReturn

import click

from hitsvc.cli.typed import usage_line
from hitsvc.errors import HitsError, InvalidURL, SettingsError
from hitsvc.serve import log_config, say, version

# In the order of the help: first what everybody needs.
COMMANDS = (
    "serve",
    "demo",
    "show",
    "top",
    "set",
    "add",
    "move",
    "reset",
    "delete",
    "prune",
    "export",
    "import",
    "backup",
    "restore",
    "repair",
    "doctor",
    "token",
)


class _Commands(click.Group):
    """The commands, each imported when it is used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name them, for the help."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one."""
        if cmd_name not in COMMANDS:
            return None
        suffix = "_" if iskeyword(cmd_name) else ""  # no module can be called import
        module = import_module(f"hitsvc.cli.{cmd_name}{suffix}")
        command: click.Command = module.command
        # The mark of lines that stay as they are, which a raw docstring spells in two.
        command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), message="%(prog)s %(version)s", prog_name="hitsvc")
def cli() -> None:
    """A self-hosted web hit counter.

    Every option is also an environment variable, and there are more of those; an
    option wins.
    """


def main() -> NoReturn:
    """Run a command; whatever is wrong becomes one line and an exit code."""
    dictConfig(log_config())
    try:
        cli(prog_name="hitsvc", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as ex:
        click.echo(ex.format_message())
    except click.ClickException as ex:
        say(usage_line(ex))
        sys.exit(ex.exit_code)
    except InvalidURL as ex:
        say(f"URL: {ex}. Give a page's address, such as example.com/post.")
        sys.exit(1)
    except HitsError as ex:
        lines = str(ex).splitlines() if isinstance(ex, SettingsError) else [str(ex)]
        for line in lines:
            say(line)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(128 + signal.SIGINT)
    sys.exit()

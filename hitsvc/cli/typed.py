"""What options and arguments may be, and what is said of one that is wrong.

click's own types name patterns and ranges in its words; these say it as settings do.
"""

import os
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click import exceptions

from hitsvc.errors import InvalidURL
from hitsvc.request import Identity
from hitsvc.settings import Right, Settings, mistake


class Whole(click.ParamType[int]):
    """A whole number."""

    name = "number"

    def __init__(
        self, least: int | None = None, most: int | None = None, example: int = 1
    ) -> None:
        """Bound it; `example` is within the bounds."""
        self._least = least
        self._most = most
        text = "a whole number"
        if most is not None:
            text += f" from {least} to {most}"
        elif least is not None:
            text += f" of at least {least}"
        self._right = Right(text, str(example))

    def convert(self, value: Any, param: Any, _ctx: Any) -> int:
        """Read one."""
        try:
            number = int(value)
        except ValueError:
            problem = "not a whole number"
        else:
            if self._least is not None and number < self._least:
                problem = "too small"
            elif self._most is not None and number > self._most:
                problem = "too large"
            else:
                return number
        raise wrong(param, value, problem, self._right)


class Day(click.ParamType[date]):
    """A day."""

    name = "day"

    def convert(self, value: Any, param: Any, _ctx: Any) -> date:
        """Read one."""
        with suppress(ValueError):
            day = date.fromisoformat(value)
            if day.isoformat() == value:  # it takes weeks and other forms too
                return day
        raise wrong(param, value, "not a day", Right("a day", "2026-03-01"))


class Host(click.ParamType[str]):
    """A site's host, as the keys of its pages have it."""

    name = "host"

    def convert(self, value: Any, param: Any, _ctx: Any) -> str:
        """Read one."""
        try:
            return Identity.of(Settings.load(os.environ)).host(value)
        except InvalidURL as ex:
            right = Right("a host", "example.com")
            raise wrong(param, value, "not a host", right) from ex


class Word(click.Choice[str]):
    """One of some words."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Read one."""
        if value in self.choices:
            return str(value)
        *words, last = self.choices
        right = Right(f"{', '.join(words)} or {last}", last)
        raise wrong(param, value, "not known", right)


class File(click.Path):
    """A file's name; of one that is there, if it has to be."""

    def __init__(self, example: str, *, exists: bool = False) -> None:
        """Take no directories."""
        super().__init__(exists=exists, dir_okay=False, path_type=Path)
        self._example = example

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Look at it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as ex:
            problem = "no such file" if self.exists else "cannot be read"
            if Path(value).is_dir():
                problem = "a directory"
            raise wrong(param, value, problem, Right("a file", self._example)) from ex


def wrong(
    param: click.Parameter, value: object, problem: str, right: Right
) -> click.UsageError:
    """Make the error for a wrong value; see `mistake`."""
    return click.UsageError(mistake(f"{_name(param)} {str(value)!r}", problem, right))


def usage_line(ex: click.ClickException) -> str:
    """Say in a line what is wrong with a command's use, and where to look."""
    line = _line(ex)
    ctx = getattr(ex, "ctx", None)
    if ". Give " in line:
        return line
    command = ctx.command_path if ctx else "hitsvc COMMAND"
    return f"{line.rstrip('.')}. See {command} --help."


def _line(ex: click.ClickException) -> str:
    match ex:
        case exceptions.NoSuchOption(option_name=name):
            return f"{name}: no such option{_perhaps(ex.possibilities)}"
        case exceptions.NoSuchCommand(
            command_name=name,
            ctx=click.Context(command=click.Group() as group) as ctx,
        ):
            close = get_close_matches(name, group.list_commands(ctx), n=1)
            return f"{name}: no such command{_perhaps(close)}"
        case exceptions.BadOptionUsage(option_name=name):
            return f"{name}: its value is missing"
        case exceptions.MissingParameter(param=param) if param is not None:
            return f"{_name(param)} is missing"
        case exceptions.BadParameter(param=param) if param is not None:
            return f"{_name(param)}: {ex.message}"
    return ex.format_message()


def _perhaps(names: list[str] | None) -> str:
    return f" (perhaps {names[0]})" if names else ""


def _name(param: click.Parameter) -> str:
    """Name an option or an argument as the help does."""
    if isinstance(param, click.Argument):
        return param.metavar or (param.name or "").upper()
    return param.opts[-1]

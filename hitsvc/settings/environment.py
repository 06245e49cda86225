"""The environment as a source of settings: ``HITSVC_<NAME>``, or a file that holds it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hitsvc.errors import SettingsError
from hitsvc.settings.mistakes import Right, mistake

ENV_PREFIX = "HITSVC_"
# Where a platform that runs services lets them listen.
PORT = "PORT"
_OPTIONS = {"redis_url": "--store"}


class Given(NamedTuple):
    """A value, and where somebody has written it.

    Attributes:
        value: As it is there.
        source: The variable or the option.
        file: The path that the variable holds, if the value stands in a file.
    """

    value: Any
    source: str
    file: str = ""

    def typed(self, *, hidden: bool) -> str:
        """Write it as a person would have typed it.

        Args:
            hidden: The value may be secret.
        """
        if self.file:
            return f"{self.source}={self.file!r}"
        joint = " " if self.source.startswith("-") else "="
        return f"{self.source}{joint}{self.shown(hidden=hidden)}"

    def shown(self, *, hidden: bool) -> str:
        """Write the value, unless it may be secret."""
        return "(hidden)" if hidden else repr(str(self.value))


def variable(field_name: str) -> str:
    """Name the environment variable of a field."""
    return ENV_PREFIX + field_name.upper()


def option(field_name: str) -> str:
    """Name the command line's option of a field."""
    return _OPTIONS.get(field_name) or f"--{field_name.replace('_', '-')}"


def found(names: Iterable[str], environ: Mapping[str, str]) -> dict[str, Given]:
    """Return what the environment sets of these fields; an empty variable is as none.

    Raises:
        SettingsError: A file cannot be read, or both it and the variable are given.
    """
    values = {}
    for name in names:
        given = None
        if text := environ.get(variable(name)):
            given = Given(text, variable(name))
        file_variable = f"{variable(name)}_FILE"
        if path := environ.get(file_variable):
            if given:
                msg = f"{variable(name)} and {file_variable} are both set; set one of them"
                raise SettingsError(msg)
            given = Given(_read(file_variable, path), file_variable, path)
        if given:
            values[name] = given
    return values


def _read(file_variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as ex:
        reason = f"cannot be read ({(ex.strerror or 'no reason given').lower()})"
    except UnicodeDecodeError:
        reason = "holds something else than text in UTF-8"
    name = file_variable.removesuffix("_FILE")
    example = name.removeprefix(ENV_PREFIX).lower().replace("_", "-")
    right = Right(f"a file that holds the value of {name}", f"/run/secrets/{example}")
    raise SettingsError(mistake(f"{file_variable}={path!r}", reason, right))


def heeded(environ: Mapping[str, str], fields: Iterable[str]) -> dict[str, str]:
    """Leave out all variables but those of some settings, and a platform's port.

    Args:
        environ: The environment.
        fields: Names of the settings.
    """
    names = {variable(field) for field in fields}
    names |= {f"{name}_FILE" for name in names} | {PORT}
    return {name: value for name, value in environ.items() if name in names}

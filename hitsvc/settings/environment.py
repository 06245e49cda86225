"""The environment as a source of settings: ``HITSVC_<NAME>``, or a file that holds it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from hitsvc.errors import SettingsError

ENV_PREFIX = "HITSVC_"


def variable(field_name: str) -> str:
    """Name the environment variable of a field."""
    return ENV_PREFIX + field_name.upper()


def found(names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment sets of these fields; an empty variable is as none.

    Raises:
        SettingsError: A file cannot be read, or both it and the variable are given.
    """
    values = {}
    for name in names:
        value = environ.get(variable(name)) or None
        if path := environ.get(f"{variable(name)}_FILE"):
            if value is not None:
                msg = f"{variable(name)} and {variable(name)}_FILE are both set; set one of them"
                raise SettingsError(msg)
            value = _read(f"{variable(name)}_FILE", path)
        if value is not None:
            values[name] = value
    return values


def _read(file_variable: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as ex:
        msg = f"{file_variable}={path!r}: cannot read the file ({ex})"
        raise SettingsError(msg) from ex

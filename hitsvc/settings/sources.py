"""Where each setting is from, for an operator who wonders."""

from collections.abc import Iterable, Mapping

from hitsvc.settings.environment import variable
from hitsvc.settings.model import SECRET_FIELDS, Settings


def sources(
    environ: Mapping[str, str], settings: Settings, options: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Tell each setting's value, without secrets, and where it is from.

    Args:
        environ: The environment.
        settings: As `Settings.load` made them of it.
        options: Names of fields that the command line gave.
    """
    told = {}
    for name in Settings.model_fields:
        value, source = str(getattr(settings, name)), "default"
        if name in options:
            source = "option"
        elif environ.get(f"{variable(name)}_FILE"):
            source = f"{variable(name)}_FILE"
        elif environ.get(variable(name)):
            source = "environment"
        hidden = name in SECRET_FIELDS and "://" in value
        told[variable(name)] = ("(hidden)" if hidden else value, source)
    return told

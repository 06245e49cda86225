"""Where each setting is from, for an operator who wonders."""

from collections.abc import Mapping
from typing import Any

from hitsvc.settings.environment import variable
from hitsvc.settings.model import SECRET_FIELDS, Settings, given_values

# What may stand where a secret could.
_NO_SECRETS = {"", "embedded", "memory"}
# The source of what nobody has set.
DEFAULT_SOURCE = "default"


def sources(
    environ: Mapping[str, str], settings: Settings, overrides: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Tell each setting's value, without secrets, and where it is from.

    Args:
        environ: The environment.
        settings: As `Settings.load` made them of it.
        overrides: Options of the command line that it was given.
    """
    given = given_values(environ, overrides)
    told = {}
    for name in Settings.model_fields:
        found = getattr(settings, name)
        value = "" if found is None else str(found)
        source = given[name].source if name in given else DEFAULT_SOURCE
        if source == variable(name):
            source = "environment"
        hidden = name in SECRET_FIELDS and value not in _NO_SECRETS
        told[variable(name)] = ("(hidden)" if hidden else value, source)
    return told

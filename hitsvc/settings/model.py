"""All settings as one object: read once, and what is said of a wrong one."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Self

from pydantic import ConfigDict, ValidationError

from hitsvc.errors import SettingsError
from hitsvc.settings.counts import CountSettings
from hitsvc.settings.environment import ENV_PREFIX, Given, found, option, variable
from hitsvc.settings.identity import IdentitySettings
from hitsvc.settings.mistakes import mistake, problem_of, right_of
from hitsvc.settings.operator import OperatorSettings
from hitsvc.settings.pages import PageSettings
from hitsvc.settings.platform import offered
from hitsvc.settings.server import ServerSettings


class Settings(
    ServerSettings, OperatorSettings, PageSettings, IdentitySettings, CountSettings
):
    """Everything that can be configured; the descriptions are the documentation."""

    # PERF: pydantic_settings would do what `found` does, at 0.1 s more of each start.
    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)

    @classmethod
    def load(cls, environ: Mapping[str, str], **overrides: Any) -> Self:
        """Read the settings.

        Args:
            environ: The environment, usually ``os.environ``.
            **overrides: Values that win over it, such as command-line options;
                ``None`` means not given.

        Raises:
            SettingsError: A value is wrong; the message names what was typed, the
                value and what would be right.
        """
        values = given_values(environ, overrides)
        try:
            return cls(**{name: given.value for name, given in values.items()})
        except ValidationError as ex:
            lines = [_explain(error, values) for error in ex.errors()]
            raise SettingsError("\n".join(lines)) from ex


def given_values(
    environ: Mapping[str, str], overrides: Mapping[str, Any]
) -> dict[str, Given]:
    """Return what somebody has set, and where: options, the environment, a platform.

    Raises:
        SettingsError: A variable is set that makes no sense.
    """
    values = found(Settings.model_fields, environ)
    for name, value in overrides.items():
        if value is not None:
            values[name] = Given(value, option(name))
    return offered(environ, values) | values


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Describe each ``HITSVC_*`` variable that is no setting, with the likely one."""
    known = [variable(name) for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    messages = []
    for name in sorted(environ):
        if name.startswith(ENV_PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            messages.append(f"{name} is not a setting and is ignored{hint}")
    return messages


# What a value shows in a message when it may hold a password.
SECRET_FIELDS = frozenset(
    {"redis_url", "admin_redis_url", "admin_token", "admin_read_token"}
)


def _explain(error: Any, values: Mapping[str, Given]) -> str:
    name = str(error["loc"][0])
    given, problem = values[name], problem_of(error)
    hidden = name in SECRET_FIELDS
    if given.file:
        problem = f"it holds {given.shown(hidden=hidden)}, which is {problem}"
    right = right_of(Settings.model_fields[name])
    return mistake(given.typed(hidden=hidden), problem, right)

"""All settings as one object: read once, and what is said of a wrong one."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Self

from pydantic import ConfigDict, ValidationError

from hitsvc.errors import SettingsError
from hitsvc.settings.counts import CountSettings
from hitsvc.settings.environment import ENV_PREFIX, found, variable
from hitsvc.settings.identity import IdentitySettings
from hitsvc.settings.server import ServerSettings


class Settings(ServerSettings, IdentitySettings, CountSettings):
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
            SettingsError: A value is wrong; the message names the variable, the
                value and what was expected.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        values = found(cls.model_fields, environ) | given
        try:
            return cls(**values)
        except ValidationError as ex:
            raise SettingsError("\n".join(map(_explain, ex.errors()))) from ex


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
SECRET_FIELDS = frozenset({"redis_url", "admin_redis_url"})


def _explain(error: Any) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    value = "(hidden)" if name in SECRET_FIELDS else repr(str(error["input"]))
    return f"{variable(name)}={value}: {error['msg']}. Expected: {field.description}"

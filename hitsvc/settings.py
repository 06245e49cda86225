"""The settings: read once from the environment into one frozen object.

Every variable is named ``HITSVC_<NAME>``. Each may instead be given as
``HITSVC_<NAME>_FILE``, the path of a file that holds the value, which keeps secrets
out of the environment. This is the only module that reads the environment.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hitsvc.errors import SettingsError

ENV_PREFIX = "HITSVC_"


def _addresses_or_star(text: str) -> str:
    for name in map(str.strip, text.split(",")):
        if name not in {"", "*"}:
            ip_network(name)
    return text


class Settings(BaseModel):
    """Everything that can be configured; the descriptions are the documentation."""

    # PERF: pydantic_settings would do what `_found` does, at 0.1 s more of each start.
    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)

    redis_url: Annotated[
        str,
        Field(
            description="Where hits are stored: `embedded`, `memory`, or a `redis://`, "
            "`rediss://`, `unix://`, `redis+sentinel://` or `rediss+sentinel://` URL.",
            pattern=r"^(embedded|memory|unix://.+|rediss?(\+sentinel)?://.+)$",
        ),
    ] = "embedded"
    key_prefix: Annotated[
        str,
        Field(
            description="What every Redis key starts with.",
            pattern=r"^[^\s{}]*$",
            min_length=0,
        ),
    ] = "hits:"
    cookie_timeout: Annotated[
        int,
        Field(
            description="Seconds for which a visitor's refreshes are not counted; 0 "
            "counts every view and sets no cookie.",
            ge=0,
            le=34_560_000,  # 400 days: browsers cap Max-Age there (RFC 6265bis)
        ),
    ] = 60
    random_value_length: Annotated[
        int,
        Field(description="Characters in an anti-refresh cookie's value.", ge=8, le=64),
    ] = 12
    svg_template: Annotated[
        Path | None,
        Field(
            description="An SVG file to use as the badge. It must contain `{count}`."
        ),
    ] = None
    badge_label: Annotated[
        str,
        Field(description="The text on the left of the badge.", max_length=64),
    ] = "hits"
    redis_timeout: Annotated[
        float,
        Field(
            description="Seconds that Redis may take to accept a connection and "
            "acknowledge a batch of hits. A visitor waits twice that at most.",
            ge=0.01,
            le=10,
        ),
    ] = 0.22
    queue_limit: Annotated[
        int,
        Field(
            description="Hits that may wait for Redis in each worker; above it a hit "
            "is answered 503 at once.",
            ge=1,
            le=1_000_000,
        ),
    ] = 10_000
    bind: Annotated[
        str,
        Field(
            description="Where to listen: `HOST:PORT`, or `unix:PATH`.",
            pattern=r"^(unix:.+|.*:\d{1,5})$",
        ),
    ] = "127.0.0.1:8000"
    workers: Annotated[
        int,
        Field(
            description="Worker processes; 0 is one for each CPU this process may use.",
            ge=0,
            le=512,
        ),
    ] = 0
    max_connections: Annotated[
        int,
        Field(
            description="Connections that each worker keeps; above it idle ones are "
            "closed, and if none is idle a new one is answered 503.",
            ge=1,
            le=1_000_000,
        ),
    ] = 8_192
    data_dir: Annotated[
        Path,
        Field(description="Where the embedded store keeps its data."),
    ] = Path("hitsvc-data")
    forwarded_allow_ips: Annotated[
        str,
        Field(
            description="Proxies whose `X-Forwarded-Proto` is believed: addresses "
            "or networks, separated by commas, or `*`.",
        ),
        AfterValidator(_addresses_or_star),
    ] = "127.0.0.1,::1"
    log_level: Annotated[
        str,
        Field(
            description="`debug`, `info`, `warning` or `error`.",
            pattern=r"^(debug|info|warning|error)$",
        ),
    ] = "info"
    log_format: Annotated[
        str,
        Field(
            description="`text`, or `json`: each line is one object.",
            pattern=r"^(text|json)$",
        ),
    ] = "text"
    access_log: Annotated[
        str,
        Field(
            description="`on` writes a line of JSON for each request to standard "
            "output, without addresses, cookies and query strings; or `off`.",
            pattern=r"^(on|off)$",
        ),
    ] = "off"
    gunicorn_conf: Annotated[
        Path | None,
        Field(
            description="A configuration file for the web server instead of the one "
            "that comes with hitsvc."
        ),
    ] = None

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
        values = _found(cls.model_fields, environ) | given
        try:
            return cls(**values)
        except ValidationError as ex:
            raise SettingsError("\n".join(map(_explain, ex.errors()))) from ex


def variable(field_name: str) -> str:
    """Name the environment variable of a field."""
    return ENV_PREFIX + field_name.upper()


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


def _found(names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment sets of these fields; an empty variable is as none.

    Raises:
        SettingsError: A file cannot be read, or both it and the variable are given.
    """
    found = {}
    for name in names:
        value = environ.get(variable(name)) or None
        if path := environ.get(f"{variable(name)}_FILE"):
            if value is not None:
                msg = f"{variable(name)} and {variable(name)}_FILE are both set; set one of them"
                raise SettingsError(msg)
            value = _read(f"{variable(name)}_FILE", path)
        if value is not None:
            found[name] = value
    return found


def _read(file_variable: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as ex:
        msg = f"{file_variable}={path!r}: cannot read the file ({ex})"
        raise SettingsError(msg) from ex


# What a value shows in a message when it may hold a password.
_SECRET_FIELDS = frozenset({"redis_url"})


def _explain(error: Any) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    value = "(hidden)" if name in _SECRET_FIELDS else repr(str(error["input"]))
    return f"{variable(name)}={value}: {error['msg']}. Expected: {field.description}"

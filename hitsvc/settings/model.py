"""Every setting: its type, its default, what it means, and what is said of a wrong one."""

from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hitsvc.errors import SettingsError
from hitsvc.settings.environment import ENV_PREFIX, found, variable


def _addresses_or_star(text: str) -> str:
    for name in map(str.strip, text.split(",")):
        if name not in {"", "*"}:
            ip_network(name)
    return text


class Settings(BaseModel):
    """Everything that can be configured; the descriptions are the documentation."""

    # PERF: pydantic_settings would do what `found` does, at 0.1 s more of each start.
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
    sites: Annotated[
        str,
        Field(
            description="Hosts whose pages are counted, separated by commas; "
            "`*.example.org` is `example.org` and all below it. Empty: every host.",
            min_length=0,
        ),
    ] = ""
    deny: Annotated[
        str,
        Field(
            description="Hosts whose pages are not counted, written likewise.",
            min_length=0,
        ),
    ] = ""
    new_pages_by_client: Annotated[
        int,
        Field(
            description="Pages that one client's network may have counted for the first "
            "time in a minute, in each worker; 0 is no limit.",
            ge=0,
        ),
    ] = 120
    new_pages_by_site: Annotated[
        int,
        Field(
            description="The same of one site.",
            ge=0,
        ),
    ] = 2_000
    new_pages_in_all: Annotated[
        int,
        Field(
            description="The same of all clients and sites together.",
            ge=0,
        ),
    ] = 5_000
    bind: Annotated[
        str,
        Field(
            description="Where to listen: `HOST:PORT`, or `unix:PATH`.",
            pattern=r"^(unix:.+|.*:\d{1,5})$",
        ),
    ] = "127.0.0.1:8000"
    socket_mode: Annotated[
        str,
        Field(
            description="Permissions of the socket of `unix:PATH`, as for `chmod`: who "
            "may write may connect.",
            pattern=r"^0?[0-7]{3}$",
        ),
    ] = "666"
    metrics_bind: Annotated[
        str,
        Field(
            description="Where `/metrics` and a detailed `/readyz` are for the operator: "
            "`HOST:PORT`, or `unix:PATH`; no address that visitors reach. Empty: nowhere.",
            pattern=r"^(|unix:.+|.*:\d{1,5})$",
            min_length=0,
        ),
    ] = ""
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
    max_connections_by_client: Annotated[
        int,
        Field(
            description="Connections that one client's network may have to each worker; "
            "above it its own idle ones are closed, or a new one is answered 503. "
            "0 is no limit.",
            ge=0,
            le=1_000_000,
        ),
    ] = 1_024
    data_dir: Annotated[
        Path,
        Field(description="Where the embedded store keeps its data."),
    ] = Path("hitsvc-data")
    embedded_memory: Annotated[
        int,
        Field(
            description="Megabytes that the embedded store may use; at least half more "
            "than it holds at the start. When it is nearly full, new pages are refused.",
            ge=16,
        ),
    ] = 256
    forwarded_allow_ips: Annotated[
        str,
        Field(
            description="Proxies whose `X-Forwarded-Proto` is believed: addresses "
            "or networks, separated by commas, or `*`.",
        ),
        AfterValidator(_addresses_or_star),
    ] = "127.0.0.1,::1"
    client_header: Annotated[
        str,
        Field(
            description="The header in which these proxies name the client, such as "
            "`X-Forwarded-For`; they must set it themselves. Empty: none does.",
            pattern=r"^[A-Za-z0-9-]*$",
            min_length=0,
        ),
    ] = ""
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
SECRET_FIELDS = frozenset({"redis_url"})


def _explain(error: Any) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    value = "(hidden)" if name in SECRET_FIELDS else repr(str(error["input"]))
    return f"{variable(name)}={value}: {error['msg']}. Expected: {field.description}"

"""Settings of the server: where it listens, its processes, whom it believes, its log."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from hitsvc.settings.mistakes import Right
from hitsvc.settings.networks import networks_or_star


class ServerSettings(BaseModel):
    """How the service runs."""

    bind: Annotated[
        str,
        Field(
            description="Where to listen: `HOST:PORT`, or `unix:PATH`.",
            pattern=r"^(unix:.+|.*:\d{1,5})$",
        ),
        Right("HOST:PORT or unix:PATH", "127.0.0.1:8000"),
    ] = "127.0.0.1:8000"
    socket_mode: Annotated[
        str,
        Field(
            description="Permissions of the socket of `unix:PATH`, as for `chmod`: who "
            "may write may connect.",
            pattern=r"^0?[0-7]{3}$",
        ),
        Right("three digits from 0 to 7, as for chmod", "660"),
    ] = "666"
    metrics_bind: Annotated[
        str,
        Field(
            description="Where `/metrics` and a detailed `/readyz` are for the operator: "
            "`HOST:PORT`, or `unix:PATH`; no address that visitors reach. Empty: nowhere.",
            pattern=r"^(|unix:.+|.*:\d{1,5})$",
            min_length=0,
        ),
        Right("HOST:PORT or unix:PATH", "127.0.0.1:9100"),
    ] = ""
    base_path: Annotated[
        str,
        Field(
            description="The path of a site below which the service is, such as `/stats`, "
            "where the proxy does not take it off. Empty: none, or it does.",
            pattern=r"^(/[A-Za-z0-9._~-]+)*$",
            min_length=0,
        ),
        Right("a path that begins with a slash, or nothing", "/stats"),
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
    drain_seconds: Annotated[
        int,
        Field(
            description="Seconds from SIGTERM to the stop, in which `/healthz` and "
            "`/readyz` say 503, so that a proxy sends nobody here any more, and all "
            "else is answered. 0: it stops at once.",
            ge=0,
            le=3600,
        ),
    ] = 0
    data_dir: Annotated[
        Path,
        Field(description="Where the embedded store keeps its data."),
        Right("a directory", "/srv/hits"),
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
        AfterValidator(networks_or_star),
        Right(
            "addresses or networks, separated by commas, or *", "127.0.0.1,10.0.0.0/8"
        ),
    ] = "127.0.0.1,::1"
    client_header: Annotated[
        str,
        Field(
            description="The header in which these proxies name the client, such as "
            "`X-Forwarded-For`; they must set it themselves. Empty: none does.",
            pattern=r"^[A-Za-z0-9-]*$",
            min_length=0,
        ),
        Right("the name of a header", "X-Forwarded-For"),
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
        Right(
            "a copy of gunicorn.conf.py that you have changed",
            "/etc/hitsvc/gunicorn.conf.py",
        ),
    ] = None

"""Understands lines of access logs in JSON: Caddy's and Traefik's."""

from collections.abc import Callable

from hitsvc.admin.importers.json_lines import json_of
from hitsvc.admin.importers.requests import Request, epoch_moment, host_of, iso_moment
from hitsvc.admin.importers.rows import whole
from hitsvc.request import OLD_PURPOSES, only_prepares


def json_request(line: str) -> Request | None:
    """Read a line; None if it is no request of a kind that is known."""
    value = json_of(line)
    if not isinstance(value, dict):
        return None
    request = value.get("request")
    if isinstance(request, dict):
        return _of_caddy(value, request)
    return _of_traefik(value) if "RequestPath" in value else None


def _of_caddy(value: dict[str, object], request: dict[str, object]) -> Request:
    stamp = value.get("ts")
    sent, answered = request.get("headers"), value.get("resp_headers")
    return Request(
        epoch_moment(stamp) or iso_moment(stamp),
        host_of(_text(request.get("host")), (":443" if request.get("tls") else ":80",)),
        _text(request.get("method")),
        _text(request.get("uri")),
        whole(value.get("status")) or 0,
        _header(sent, "User-Agent"),
        _header(answered, "Content-Type"),
        _prepares(lambda name: _header(sent, name)),
    )


def _of_traefik(value: dict[str, object]) -> Request:
    return Request(
        iso_moment(value.get("StartUTC")) or iso_moment(value.get("time")),
        # Without the port, which `RequestAddr` has.
        host_of(_text(value.get("RequestHost"))),
        _text(value.get("RequestMethod")),
        _text(value.get("RequestPath")),
        whole(value.get("DownstreamStatus")) or 0,
        _text(value.get("request_User-Agent")),
        _text(value.get("downstream_Content-Type")),
        _prepares(lambda name: _text(value.get(f"request_{name}"))),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _header(headers: object, name: str) -> str:
    values = headers.get(name) if isinstance(headers, dict) else None
    return _text(values[0]) if isinstance(values, list) and values else ""


def _prepares(header: Callable[[str], str]) -> bool:
    old = filter(None, (header(name.title()) for name in OLD_PURPOSES))
    return only_prepares(header("Sec-Purpose") or None, old)

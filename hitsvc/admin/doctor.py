"""Examinations: what could be wrong with a service, each looked at and said in a line."""

import http.client
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.exceptions import ResponseError

from hitsvc.admin.nodes import servers
from hitsvc.admin.room import fill_of
from hitsvc.counting import FULL_ABOVE, WARN_ABOVE, Keys
from hitsvc.request import TrustedProxies
from hitsvc.store import StoreReport

# Days begin when clocks say so, and claims and locks last by them.
MAX_CLOCK_S = 2.0
# Less than a rewrite of a small append-only file needs.
MIN_FREE_BYTES = 256 * 2**20
_SHOWN_SITES = 5
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and how it is.

    Attributes:
        about: What was looked at.
        text: How it is.
        wrong: Whether something must be done.
    """

    about: str
    text: str
    wrong: bool = False

    def as_object(self) -> Mapping[str, Any]:
        """Say it to programs."""
        return asdict(self)


def examine_report(report: StoreReport) -> list[Finding]:
    """Look at what a store says of how it keeps counts."""
    findings = [Finding("store", report.name)]
    if report.unfit:
        findings.append(Finding("store", report.unfit, wrong=True))
    findings += [Finding("store", text, wrong=True) for text in report.warnings]
    if report.note:
        findings.append(Finding("store", report.note))
    return findings


def examine_zone(client: Any, keys: Keys, zone: str) -> Finding:
    """Look whether days are counted in the zone of the settings.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        zone: That of the settings.

    Raises:
        RedisError: The store does not answer.
    """
    counted = client.get(keys.zone) or zone
    if counted == zone:
        return Finding("days", f"those of {zone}")
    text = (
        f"those of {counted}, as the service has counted last; HITSVC_TIMEZONE here is "
        f"{zone}. Commands go by the service's; if that is to change, restart it with yours"
    )
    return Finding("days", text, wrong=True)


def examine_store(client: Any, keys: Keys, now: Callable[[], float]) -> list[Finding]:
    """Look at how full a store is, its clock, and which sites it refuses.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        now: Returns the seconds since 1970 by our clock.

    Raises:
        RedisError: The store does not answer.
    """
    fill = fill_of(client)
    text = str(fill)
    if fill.share > FULL_ABOVE:
        text += "; new pages are refused: give it more memory, or delete pages"
    findings = [Finding("memory", text, wrong=fill.share > WARN_ABOVE)]
    findings += _clock(client, now)
    refused = client.zrevrange(keys.refused, 0, _SHOWN_SITES - 1, withscores=True)
    if refused:
        sites = ", ".join(f"{site} ({times:.0f})" for site, times in refused)
        findings.append(
            Finding("sites", f"asked for and not counted: {sites}; see HITSVC_SITES")
        )
    return findings


def examine_unheeded(client: Any, keys: Keys, trusted: str) -> list[Finding]:
    """Tell of a proxy that says that there is HTTPS, and is not believed.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        trusted: The setting with the proxies that are.

    Raises:
        RedisError: The store does not answer.
    """
    address = client.get(keys.unheeded_proxy)
    if not address or (address, 0) in TrustedProxies(trusted):
        return []
    text = (
        f"X-Forwarded-Proto: https came from {address}, which is not in "
        "HITSVC_FORWARDED_ALLOW_IPS, and was not believed: refreshes of badges on other "
        "sites count. If it is your proxy's address, add it there and restart"
    )
    return [Finding("proxy", text, wrong=True)]


def _clock(client: Any, now: Callable[[], float]) -> list[Finding]:
    try:
        apart = max((_apart(server, now) for server in servers(client)), key=abs)
    except ResponseError as ex:
        return [Finding("clock", f"the store does not tell the time: {ex}")]
    if abs(apart) <= MAX_CLOCK_S:
        return [Finding("clock", f"the store's and ours are {abs(apart):.1f} s apart")]
    text = (
        f"the store's is {abs(apart):,.0f} s {'ahead of' if apart > 0 else 'behind'} "
        "ours: set both by NTP, or hits land on wrong days"
    )
    return [Finding("clock", text, wrong=True)]


def _apart(server: Any, now: Callable[[], float]) -> float:
    """Tell by how many seconds a server's clock is ahead of ours."""
    before = now()
    seconds, micros = server.time()
    after = now()
    theirs: float = seconds + micros / 1e6
    # Ours, when it answered, was something between the two.
    return theirs - min(max(theirs, before), after)


def examine_disk(data_dir: Path, free: int | None = None) -> Finding:
    """Look at the room on a data directory's disk.

    Args:
        data_dir: Where the embedded store keeps its data.
        free: How many bytes are free there; found out if not given.
    """
    place = next((p for p in (data_dir, *data_dir.parents) if p.exists()), Path("/"))
    free = shutil.disk_usage(place).free if free is None else free
    used = sum(f.stat().st_size for f in data_dir.rglob("*") if f.is_file())
    # A rewrite of the append-only file is a second one beside the first.
    needed = max(MIN_FREE_BYTES, 2 * used)
    text = (
        f"{free / 2**20:,.0f} MB free for {data_dir}, which has {used / 2**20:,.0f} MB"
    )
    if free < needed:
        return Finding("disk", f"{text}; it needs {needed / 2**20:,.0f} MB", wrong=True)
    return Finding("disk", text)


def examine_proxy(url: str) -> list[Finding]:
    """Look at the service as the world sees it; nothing is counted.

    Args:
        url: Its public address, such as ``https://hits.example.org``.
    """
    findings: list[Finding] = []
    for path in ("/healthz", "/nocount.json?url=example.com/hitsvc-doctor"):
        try:
            status, headers = _get(url, path)
        except (OSError, ValueError, http.client.HTTPException) as ex:
            text = f"{url} cannot be reached: {ex or type(ex).__name__}"
            return [*findings, Finding("proxy", text, wrong=True)]
        name = path.partition("?")[0]
        found = f"{name} answers {status}"
        findings.append(Finding("proxy", found, wrong=status != 200))
    return [*findings, *_headers(urlsplit(url).scheme, headers)]


def _headers(scheme: str, headers: Mapping[str, str]) -> list[Finding]:
    findings = []
    if scheme != "https":
        text = "this is http: pages on https cannot embed it, nor can cookies be Secure"
        findings.append(Finding("proxy", text))
    if "no-" not in headers.get("cache-control", ""):
        text = (
            "numbers come without Cache-Control: no-store; the proxy takes it away, and "
            "may answer with old ones"
        )
        findings.append(Finding("proxy", text, wrong=True))
    if "age" in headers or "hit" in headers.get("x-cache", "").lower():
        text = "a cache answers instead of the service: switch it off for this host"
        findings.append(Finding("proxy", text, wrong=True))
    return findings


def _get(url: str, path: str) -> tuple[int, dict[str, str]]:
    """Ask once, as a page does that embeds a number."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "this is no address such as https://hits.example.org"
        raise ValueError(msg)
    secure = parts.scheme == "https"
    make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = make(parts.hostname, parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", parts.path.rstrip("/") + path)
        answer = connection.getresponse()
        answer.read(65_536)
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}
    finally:
        connection.close()

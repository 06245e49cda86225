"""A Redis that somebody else runs: is it there, will it let us in, can it count?

Asked once before the service starts, so that a wrong URL is one clear line and not a
page full of 503s. One that is away for the moment is no reason not to start: hits are
counted as soon as it is back.

It is asked as hits are counted, over the same kind of connection: what passes here passes
there, and a user who may do nothing else is not told off in the server's own log.
"""

import asyncio
from collections.abc import Sequence

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.store.abilities import NEEDED, QUESTIONS, lacking
from hitsvc.store.check import StoreCheck
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.not_redis import NotRedis
from hitsvc.store.opening import see_url
from hitsvc.store.primary import open_wire
from hitsvc.store.sentinels import NoSuchPrimary
from hitsvc.store.tls import refused_for_good
from hitsvc.store.url_spelling import SET_BY, redact, set_with
from hitsvc.store.wire import Wire

CHECK_TIMEOUT_S = 3.0

# A refusal is not shown to its end: some are letters to the reader.
_SHOWN = 160


class RedisAway(SettingsError):
    """The Redis does not answer now, but may do so later."""


def check_redis(
    url: str, timeout_s: float = CHECK_TIMEOUT_S, *, set_by: str = SET_BY
) -> None:
    """See that a Redis answers and can be used.

    That is the primary, if the URL is of Sentinels, and any of a cluster's nodes.

    Args:
        url: Where it is.
        timeout_s: Seconds for each question.
        set_by: What somebody has written the URL into.

    Raises:
        RedisAway: It does not answer, for a reason that may pass.
        SettingsError: It cannot be used. Both messages say why and hide the password.
    """
    see_url(url, set_by)
    nodes = ClusterURL.parse(url)
    if nodes is None:
        wires = [open_wire(url, timeout_s)]
    else:
        wires = [Wire(nodes.at(seed), timeout_s) for seed in nodes.seeds]
    try:
        asyncio.run(_check_any(wires, f"Redis at {redact(url)}", nodes is not None))
    except SettingsError as ex:
        raise type(ex)(set_with(str(ex), set_by)) from ex


async def _check_any(wires: Sequence[Wire], shown: str, in_cluster: bool) -> None:
    """Check all at the same time; one that can be used is enough.

    Of the reasons why none can, one that will not pass by itself is told.
    """
    checks = (_check(wire, shown, in_cluster) for wire in wires)
    failures = await asyncio.gather(*checks, return_exceptions=True)
    if None in failures:
        return
    raise min(
        filter(None, failures), key=lambda failure: isinstance(failure, RedisAway)
    )


async def _check(wire: Wire, shown: str, in_cluster: bool) -> None:
    try:
        said, unfit = await _meet(wire, in_cluster)
    except CounterUnavailable as ex:
        raise _failure(shown, ex, wire) from ex
    if isinstance(said, Exception):
        raise _refusal(shown, str(said), wire)
    if said != b"PONG":
        raise _stranger(shown)
    if unfit:
        msg = f"{shown} cannot be used: {unfit}"
        raise SettingsError(msg)


async def _meet(wire: Wire, in_cluster: bool) -> tuple[object, str]:
    """Return what it answers to a PING, and why it cannot be used."""
    check = StoreCheck(wire, in_cluster=in_cluster)
    try:
        (said,) = await wire.execute(spell("PING"), 1)
        if said != b"PONG":
            return said, ""
        report = await check.report()
        if report.unfit:
            return said, report.unfit
        if in_cluster:
            (slots,) = await wire.execute(spell("CLUSTER", "SLOTS"), 1)
            if isinstance(slots, Exception):
                return slots, ""
        names = lacking(await wire.execute(QUESTIONS, len(NEEDED)))
        unfit = f"it does not know {' and '.join(names)} ({report.name})"
        return said, unfit if names else ""
    finally:
        await check.close()


def _failure(shown: str, ex: CounterUnavailable, wire: Wire) -> SettingsError:
    """Tell what went wrong with the connection, and whether it may pass."""
    cause = ex.__cause__
    if isinstance(cause, NotRedis):
        return _stranger(shown)
    if isinstance(cause, TimeoutError):
        kind = "Redis that speaks TLS" if wire.has_tls else "Redis"
        msg = f"{shown} does not answer; is it a {kind}, and is the URL right?"
        return RedisAway(msg)
    if isinstance(cause, OSError):
        reason = str(ex).partition(": ")[2]
        msg = f"{shown} cannot be reached ({reason}); "
        if refused_for_good(cause):
            return SettingsError(f"{msg}is the URL right?")
        return RedisAway(f"{msg}is it running, and is the URL right?")
    if cause is not None:
        return _refusal(shown, str(cause), wire)
    msg = f"{shown} is not found: {ex}"
    return SettingsError(msg) if isinstance(ex, NoSuchPrimary) else RedisAway(msg)


def _stranger(shown: str) -> SettingsError:
    msg = (
        f"{shown} does not speak Redis; is the port right, or does it want TLS, which is "
        f"rediss://?"
    )
    return SettingsError(msg)


def _refusal(shown: str, said: str, wire: Wire) -> SettingsError:
    """Tell what an error reply means."""
    said = " ".join(said.split())
    kind = said.partition(" ")[0]
    if kind == "LOADING":
        return RedisAway(f"{shown} is still loading its data")
    if "max number of clients" in said:
        return RedisAway(f"{shown} takes no more connections ({said})")
    if kind in {"NOAUTH", "WRONGPASS"} or "auth" in said.lower() or "password" in said:
        if wire.has_password:
            msg = (
                f"{shown} refuses the user or password; correct them in the URL, "
                f"special characters percent-encoded"
            )
        else:
            msg = f"{shown} asks for a password; give it as redis://:PASSWORD@HOST:PORT"
    elif kind == "NOPERM":
        msg = (
            f"{shown} forbids what hitsvc sends ({said}); allow it in the ACL "
            "(see the documentation)"
        )
    elif "DB index" in said or "SELECT" in said:
        msg = f"{shown} has no such database ({said})"
    else:
        msg = f"{shown} answers with an error: {said[:_SHOWN]}"
    return SettingsError(msg)

"""A Redis that somebody else runs: is it there, and will it let us in?

Asked once before the service starts, so that a wrong URL is one clear line and not a
page full of 503s.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from hitsvc.errors import SettingsError

CHECK_TIMEOUT_S = 3.0

_OPTION = "set --store or HITSVC_REDIS_URL"


def check_redis(url: str, timeout_s: float = CHECK_TIMEOUT_S) -> None:
    """Send one PING.

    Raises:
        SettingsError: It is not answered; the message says why and hides the password.
    """
    try:
        with Redis.from_url(
            url,
            socket_connect_timeout=timeout_s,
            socket_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
        ) as redis:
            redis.ping()
    except (exceptions.RedisError, OSError, ValueError, TypeError) as ex:
        msg = f"Redis at {redact(url)} {_explain(ex, url)}"
        raise SettingsError(msg) from ex


def redact(url: str) -> str:
    """Hide the password of a Redis URL, wherever it stands."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc
        user, at, host = netloc.rpartition("@")
        if at and ":" in user:
            netloc = f"{user.partition(':')[0]}:***@{host}"
        query = [
            (name, "***" if "password" in name else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        return urlunsplit(
            (parts.scheme, netloc, parts.path, urlencode(query, safe="*/"), "")
        )
    except ValueError:
        return "(a URL that cannot be read)"


def _explain(ex: Exception, url: str) -> str:
    # The order matters: the first ones are subclasses of ConnectionError.
    if isinstance(ex, exceptions.AuthenticationError) or "AUTH" in str(ex):
        if "@" in url or "password" in url:
            return "refuses the user or password; correct them in the URL"
        return "asks for a password; give it as redis://:PASSWORD@HOST:PORT"
    if isinstance(ex, exceptions.BusyLoadingError):
        return "is still loading its data; start again in a moment"
    if isinstance(ex, exceptions.NoPermissionError):
        return "forbids PING to this user; allow it in the ACL (see the documentation)"
    if isinstance(ex, exceptions.TimeoutError | TimeoutError):
        return f"does not answer; is it a Redis, and is the URL right? ({_OPTION})"
    if isinstance(ex, exceptions.ConnectionError | OSError):
        return f"cannot be reached; is it running, and is the URL right? ({_OPTION})"
    if isinstance(ex, exceptions.ResponseError):
        return f"answers with an error: {ex}"
    if isinstance(ex, exceptions.RedisError):
        return f"does not speak Redis; is the port right? ({_OPTION})"
    return f"is not a URL that can be used; {_OPTION} to redis://HOST:PORT"

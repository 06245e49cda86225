"""A Redis that somebody else runs: is it there, and will it let us in?

Asked once before the service starts, so that a wrong URL is one clear line and not a
page full of 503s. One that is away for the moment is no reason not to start: hits are
counted as soon as it is back.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.store.primary import NoSuchPrimary, plain_url

CHECK_TIMEOUT_S = 3.0

# The first ones are ConnectionErrors too, but do not pass by themselves.
_WRONG = (exceptions.AuthenticationError, exceptions.AuthorizationError)
_AWAY = (
    exceptions.BusyLoadingError,
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    OSError,
)

_SET = "(It is set with --store or HITSVC_REDIS_URL.)"


class RedisAway(SettingsError):
    """The Redis does not answer now, but may do so later."""


def check_redis(url: str, timeout_s: float = CHECK_TIMEOUT_S) -> None:
    """Send one PING, to the primary if the URL is one of Sentinels.

    Raises:
        RedisAway: It is not answered, for a reason that may pass.
        SettingsError: It is not answered. Both messages say why and hide the password.
    """
    _refuse_misread_password(url)
    try:
        url = plain_url(url, timeout_s)
        with Redis.from_url(
            url,
            protocol=2,  # no HELLO: one too old for it is told its version later
            socket_connect_timeout=timeout_s,
            socket_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
        ) as redis:
            redis.ping()
    except CounterUnavailable as ex:
        msg = f"Redis at {redact(url)} is not found: {ex}. {_SET}"
        raise (SettingsError if isinstance(ex, NoSuchPrimary) else RedisAway)(
            msg
        ) from ex
    except (exceptions.RedisError, OSError, ValueError, TypeError) as ex:
        msg = f"Redis at {redact(url)} {_explain(ex, url)}"
        raise (RedisAway if _may_pass(ex) else SettingsError)(msg) from ex


def _may_pass(ex: Exception) -> bool:
    return isinstance(ex, _AWAY) and not isinstance(ex, _WRONG)


def _refuse_misread_password(url: str) -> None:
    """Refuse a URL that is read wrongly: parts of its password would be shown."""
    try:
        in_place = "@" in urlsplit(url).netloc
        understood = in_place or "@" not in url or url.startswith("unix:")
    except ValueError:  # square brackets that are no IPv6 address
        understood = False
    if not understood:
        msg = (
            "the Redis URL cannot be read; it looks like redis://HOST:PORT, with special "
            "characters in a password percent-encoded (/ as %2F, ? as %3F, # as %23, [ as %5B)"
        )
        raise SettingsError(msg)


def redact(url: str) -> str:
    """Hide the password of a Redis URL that has passed `check_redis`."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if ":" in user:
        user = f"{user.partition(':')[0]}:***"
    query = [
        (name, "***" if "password" in name else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    shown = f"{parts.scheme}://{user}{at}{host}{parts.path}"
    return f"{shown}?{urlencode(query, safe='*/')}" if query else shown


def _explain(ex: Exception, url: str) -> str:
    # The order matters: the first ones are subclasses of ConnectionError.
    if isinstance(ex, exceptions.AuthenticationError) or "AUTH" in str(ex):
        if "@" in url or "password" in url:
            return "refuses the user or password; correct them in the URL"
        return "asks for a password; give it as redis://:PASSWORD@HOST:PORT"
    if isinstance(ex, exceptions.BusyLoadingError):
        return "is still loading its data"
    if isinstance(ex, exceptions.NoPermissionError):
        return "forbids PING to this user; allow it in the ACL (see the documentation)"
    if isinstance(ex, exceptions.TimeoutError | TimeoutError):
        return f"does not answer; is it a Redis, and is the URL right? {_SET}"
    if isinstance(ex, exceptions.ConnectionError | OSError):
        cause = " ".join(str(ex).split()).rstrip(".")
        return (
            f"cannot be reached ({cause}); is it running, and is the URL right? {_SET}"
        )
    if isinstance(ex, exceptions.ResponseError):
        return f"answers with an error: {ex}"
    if isinstance(ex, exceptions.RedisError):
        return f"does not speak Redis; is the port right? {_SET}"
    return f"is not a URL that can be used; it looks like redis://HOST:PORT. {_SET}"

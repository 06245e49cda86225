"""TLS to Redis: the context that a URL's options ask for, and why a server is refused.

The options are redis-py's. Certificates and names are checked unless they say no.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
TLS_OPTIONS = frozenset(_FILES) | {
    "ssl_ca_data",
    "ssl_ca_path",
    "ssl_cert_reqs",
    "ssl_check_hostname",
    "ssl_ciphers",
    "ssl_exclude_verify_flags",
    "ssl_include_verify_flags",
    "ssl_min_version",
    "ssl_password",
}
# What OpenSSL calls an issuer that it does not know (X509_V_ERR_*): a certificate that
# signed itself, one in the chain, and no issuer to be found, at hand or at all.
_UNKNOWN_ISSUER = {18, 19, 20, 21}
_WRONG_NAME = {62, 63, 64}


class BadTLS(Exception):
    """Why the TLS options cannot be used, fit to be shown."""


def tls_context(options: Mapping[str, Any]) -> ssl.SSLContext:
    """Make the context of a ``rediss://`` URL.

    Args:
        options: As redis-py reads them; those that do not begin with ``ssl_`` are
            ignored.

    Raises:
        BadTLS: A file cannot be read or is no certificate, or an option is wrong.
    """
    given = {name: value for name, value in options.items() if name in TLS_OPTIONS}
    for name in _FILES:
        if name in given:
            _see_file(name, given[name])
    if "ssl_ca_path" in given and not Path(given["ssl_ca_path"]).is_dir():
        msg = f"the Redis URL's ssl_ca_path={given['ssl_ca_path']} is no directory"
        raise BadTLS(msg)
    # PERF: a fifth of the start, which most need not wait for.
    from redis.asyncio.connection import SSLConnection
    from redis.exceptions import RedisError

    try:
        return SSLConnection(**given).ssl_context.get()
    except (OSError, RedisError, TypeError, ValueError) as ex:
        # OpenSSL does not say which of them it means.
        names = " and ".join(sorted(given.keys() - {"ssl_password"}))
        msg = f"what the Redis URL says of TLS ({names}) cannot be used: {_reason(ex)}"
        raise BadTLS(msg) from ex


def refused_for_good(ex: OSError) -> bool:
    """Tell whether a connection will fail again for the same reason: certificates."""
    closed = ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
    return isinstance(ex, ssl.SSLError) and not isinstance(ex, closed)


def explain(ex: OSError) -> str:
    """Say in a line why a connection failed, and what to do if it is the certificate."""
    if isinstance(ex, ssl.SSLCertVerificationError):
        reason = ex.verify_message.rstrip(".")
        said = f"its certificate is not accepted: {reason}"
        if ex.verify_code in _UNKNOWN_ISSUER:
            return (
                f"{said}; if its authority is your own, add "
                "?ssl_ca_certs=/PATH/OF/ca.pem to the URL"
            )
        if ex.verify_code in _WRONG_NAME:
            return f"{said}; give the name that the certificate is for"
        return said
    if not refused_for_good(ex):
        return " ".join(str(ex).split()).rstrip(".")
    if "ALERT" in str(ex):
        return (
            f"it refuses TLS with us ({_reason(ex)}); if it wants a certificate, add "
            "?ssl_certfile=/PATH&ssl_keyfile=/PATH to the URL"
        )
    return f"it does not speak TLS as we do ({_reason(ex)}); without TLS it is redis://"


def _see_file(name: str, path: str) -> None:
    try:
        with Path(path).open("rb"):
            pass
    except (OSError, ValueError) as ex:
        reason = getattr(ex, "strerror", None) or "not a file name"
        msg = f"the Redis URL's {name}={path} cannot be read: {reason}"
        raise BadTLS(msg) from ex


def _reason(ex: Exception) -> str:
    said = getattr(ex, "reason", None)
    return said.replace("_", " ").lower() if said else " ".join(str(ex).split())

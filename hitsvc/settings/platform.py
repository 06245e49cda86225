"""What platforms that run services tell them: ``PORT``, ``REDIS_URL``, ``VALKEY_URL``.

``PORT`` is the sign of such a platform. Without it the other two may be meant for another
program, and are left alone.
"""

from collections.abc import Container, Mapping

from hitsvc.errors import SettingsError
from hitsvc.settings.environment import PORT, Given
from hitsvc.settings.mistakes import Right, mistake

_STORES = ("REDIS_URL", "VALKEY_URL")
_MAX_PORT = 65535


def offered(environ: Mapping[str, str], taken: Container[str]) -> dict[str, Given]:
    """Return the settings that a platform makes.

    Args:
        environ: The environment.
        taken: Names of settings that somebody else has made, which win.

    Raises:
        SettingsError: The port is none, or there are two stores.
    """
    port = environ.get(PORT)
    if not port:
        return {}
    values = {}
    if "bind" not in taken:
        values["bind"] = _bind(port)
    urls = {name: url for name in _STORES if (url := environ.get(name))}
    if urls and "redis_url" not in taken:
        if len(set(urls.values())) > 1:
            msg = (
                f"{' and '.join(urls)} name two stores: set HITSVC_REDIS_URL to the one "
                "that the counts are to be in"
            )
            raise SettingsError(msg)
        name, url = urls.popitem()
        values["redis_url"] = Given(url, name)
    return values


def _bind(port: str) -> Given:
    is_number = port.isascii() and port.isdecimal() and len(port) < 10
    if not is_number or int(port) > _MAX_PORT:
        right = Right(f"a number from 0 to {_MAX_PORT}", "8000")
        raise SettingsError(mistake(f"PORT={port!r}", "not a port", right))
    # The platform's proxy comes from another machine.
    return Given(f"0.0.0.0:{port}", PORT)

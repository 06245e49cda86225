"""The dashboard's address, with a code that opens it once."""

import click

from hitsvc.access import (
    CODE_LIFE_S,
    TOKEN_FILE,
    Keyring,
    Sessions,
    TokenFile,
    Tokens,
)
from hitsvc.settings import Settings

CODE_LIFE = f"once, within {CODE_LIFE_S // 60} minutes"


def token_file(settings: Settings) -> TokenFile | None:
    """Return where the token is, if it is in the embedded store's data directory."""
    if settings.admin_token or settings.redis_url != "embedded":
        return None
    return TokenFile(settings.data_dir.absolute() / TOKEN_FILE)


def keyring_of(settings: Settings, file: TokenFile | None) -> Keyring:
    """Return what knows the tokens.

    Raises:
        SettingsError: The two tokens are one.
    """
    return Keyring(Tokens(settings.admin_token, settings.admin_read_token), file)


def address(site: str, base_path: str, keyring: Keyring) -> str:
    """Return the dashboard's address, with a new code.

    Args:
        site: What stands before the service's path, such as ``https://hits.example.org``.
        base_path: That path.
        keyring: Knows the token that the code is made with.
    """
    code = Sessions(keyring).new_code()
    return f"{site.rstrip('/')}{base_path}/admin/?code={code}"


def own_site(bind: str) -> str:
    """Return what this computer calls a service that listens there.

    Raises:
        UsageError: It has no such name.
    """
    host, _, port = bind.rpartition(":")
    if host == "unix":
        msg = f"the service listens on {bind}: give its public address with --url"
        raise click.UsageError(msg)
    host = "127.0.0.1" if host.strip("[]") in {"", "0.0.0.0", "::"} else host  # noqa: S104
    return f"http://{host}:{port}"

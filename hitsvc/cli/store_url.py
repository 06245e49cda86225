"""Which store a command speaks to: the one that the settings name, if it runs."""

from urllib.parse import quote

from hitsvc.errors import StoreError
from hitsvc.serve import running_socket
from hitsvc.settings import Settings


def store_url(settings: Settings) -> str:
    """Return the URL of the store, or of the embedded one that runs.

    Raises:
        StoreError: None can be asked; the message says why and what to do.
    """
    if settings.redis_url == "memory":
        msg = "the memory store can only be asked over HTTP: GET /nocount?url=..."
        raise StoreError(msg)
    if settings.redis_url != "embedded":
        return settings.redis_url
    socket_path = running_socket(settings.data_dir)
    if socket_path is None:
        msg = (
            f"no embedded store runs on {settings.data_dir.absolute()}; start it with "
            "hitsvc serve, or name another directory with --data-dir or a Redis "
            "with --store"
        )
        raise StoreError(msg)
    return f"unix://{quote(str(socket_path))}"

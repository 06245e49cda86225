"""The servers of a store: one, or the primaries of a cluster, which are looked through in turn.

Names that `SCAN` has not met yet may move to a node that it has been through. So who looks
through all of a cluster learns in the end whether slots have moved meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hitsvc.errors import StoreError

_MOVING = (
    "slots move between the nodes of the cluster, so pages could be missed; run this "
    "again when that has ended"
)


def is_cluster(client: Any) -> bool:
    """Tell whether a store has many slots, and what belongs to two pages may be apart.

    Args:
        client: As `open_client` makes it.
    """
    return bool(getattr(client, "is_cluster", False))


def servers(client: Any) -> list[Any]:
    """Return a client of each server that has keys.

    Args:
        client: As `open_client` makes it.
    """
    return client.primaries() if is_cluster(client) else [client]


def keys_in(client: Any) -> int:
    """Tell how many keys a store has.

    Args:
        client: As `open_client` makes it.
    """
    return sum(server.dbsize() for server in servers(client))


@contextmanager
def unmoved(client: Any) -> Iterator[None]:
    """See that no key has moved to another server while all were looked through.

    Args:
        client: As `open_client` makes it.

    Raises:
        StoreError: One may have.
    """
    before = _layout(client)
    if any(node["migrations"] for node in before):
        raise StoreError(_MOVING)
    yield
    if _layout(client) != before:
        raise StoreError(_MOVING)


def _layout(client: Any) -> list[dict[str, Any]]:
    """Return which slots each node has, which it is giving away, and since when."""
    if not is_cluster(client):
        return []
    layout = []
    for server in client.primaries():
        nodes = server.cluster("NODES").values()
        layout += [
            {name: node[name] for name in ("node_id", "epoch", "slots", "migrations")}
            for node in nodes
            if "myself" in node["flags"]
        ]
    return layout

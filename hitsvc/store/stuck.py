"""Finding replicas that read what their primary sends, and do nothing with it.

Such a replica looks well: its connection is up, and it counts as one. Valkey 9.1 has made
them: when slots are moved at once and the primary that takes them does not get the request
in one piece, it passes on only its end, and its replica waits for a connection to end that
does not. It is a minute before it copies everything anew (``repl-timeout``); until then all
that is new is lost with its primary.
"""

import asyncio
from collections.abc import Mapping

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.description import fields_of
from hitsvc.store.node import Node

# Seconds after which a replica that works has applied something of what it had read.
_MOMENT_S = 0.25


async def stuck(infos: Mapping[Node, Mapping[str, str]]) -> list[str]:
    """Look again at replicas that have read more than they have applied.

    Args:
        infos: What nodes have said of themselves.

    Returns:
        A warning for each that has applied nothing since.
    """
    suspects = {node: info for node, info in infos.items() if _unapplied(info)}
    if not suspects:
        return []
    await asyncio.sleep(_MOMENT_S)
    found = []
    for node, before in suspects.items():
        try:
            (reply,) = await node.execute(spell("INFO"), 1)
        except CounterUnavailable:
            continue  # it is told elsewhere that a node does not answer
        now = fields_of(reply)
        if (size := _unapplied(now)) and _applied(now) == _applied(before):
            found.append(
                f"{node.name} reads what its primary sends and does not apply it "
                f"({size:,} bytes): what is counted now is lost with that primary; restart "
                "this replica, or send it CLIENT KILL TYPE MASTER, and it copies all again"
            )
    return found


def _unapplied(info: Mapping[str, str]) -> int:
    """Return how many bytes a replica has read and not applied."""
    read = info.get("slave_read_repl_offset", "")
    applied = _applied(info)
    is_copying = info.get("master_link_status") == "up"
    if not (is_copying and read.isdecimal() and applied.isdecimal()):
        return 0
    return int(read) - int(applied)


def _applied(info: Mapping[str, str]) -> str:
    return info.get("slave_repl_offset", "")

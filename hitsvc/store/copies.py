"""What makes it true that a hit is on two machines, as far as a store lets us see.

``WAIT`` says that a replica has a hit in its memory. That it is on a disk too, that it is
refused at once where no replica would get it, and that one machine may be lost without
stopping the rest, is for the store's configuration to say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hitsvc.counting import spell

QUESTIONS = spell("CONFIG", "GET", "appendfsync") + spell("WAIT")
ASKED = 2
_WANTED = 2
_ON_DISK = "appendfsync always on every machine"


def copy_warnings(info: Mapping[str, str], said: Sequence[Any]) -> list[str]:
    """Say what is missing.

    Args:
        info: What a server says of itself.
        said: What it has answered to `QUESTIONS`.
    """
    fsync, wait = said
    found = []
    if str(wait).startswith("NOPERM"):
        found.append(
            "the store's user may not use WAIT, so no hit is acknowledged "
            "(HITSVC_ACKNOWLEDGE=replica); add +wait to its ACL"
        )
    if isinstance(fsync, Exception):
        found.append(
            f"whether hits are on a disk cannot be seen (CONFIG GET appendfsync: {fsync}); "
            f"HITSVC_ACKNOWLEDGE=replica wants {_ON_DISK}"
        )
    elif isinstance(fsync, list) and b"always" not in fsync:
        found.append(
            f"hits are not on a disk when they are acknowledged; set {_ON_DISK} "
            "(HITSVC_ACKNOWLEDGE=replica)"
        )
    return found if info.get("role") == "slave" else found + _replicas(info)


def _replicas(info: Mapping[str, str]) -> list[str]:
    found = []
    replicas = info.get("connected_slaves", "")
    if replicas.isdecimal() and int(replicas) < _WANTED:
        found.append(
            f"the store has {replicas} of the {_WANTED} replicas that "
            "HITSVC_ACKNOWLEDGE=replica wants: with one, its loss stops counting, and "
            "without one no hit is acknowledged"
        )
    # It is in INFO where it is set.
    if "connected_slaves" in info and "min_slaves_good_slaves" not in info:
        found.append(
            "a hit that no replica gets is stored all the same, and answered as not "
            "acknowledged; set min-replicas-to-write to 1 (HITSVC_ACKNOWLEDGE=replica)"
        )
    return found

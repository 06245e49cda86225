"""What a look at the store has found out, in words."""

from collections.abc import Mapping


def troubles_of(nodes: Mapping[str, str]) -> list[str]:
    """Say what `HitCounter.check` has found out."""
    return [
        f"the pages at {name} cannot be counted: {trouble}"
        for name, trouble in nodes.items()
        if trouble
    ]

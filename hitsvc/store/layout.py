"""What nodes of a cluster say about where its slots are. Pure: replies in, places out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from hitsvc.counting import SLOTS
from hitsvc.store.sentinel_url import Address

# What a node says of a host name that it does not know.
_NO_NAME = "?"


class NotACluster(Exception):
    """What a node answered is no layout; fit to be shown."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Who has which slots.

    Attributes:
        primaries: The address of each slot's primary; `None` where there is none.
        replicas: The addresses of each primary's replicas.
    """

    primaries: list[Address | None] = field(default_factory=lambda: [None] * SLOTS)
    replicas: dict[Address, list[Address]] = field(default_factory=dict)

    @classmethod
    def of(cls, reply: Any, asked: str) -> Self:
        """Read the answer to ``CLUSTER SLOTS``.

        Args:
            reply: Of hiredis.
            asked: The host that was asked: a node that does not know a name for itself
                means that one.

        Raises:
            NotACluster: It is no such answer.
        """
        if isinstance(reply, Exception):
            raise NotACluster(" ".join(str(reply).split()))
        layout = cls()
        try:
            for first, last, *nodes in reply:
                primary, *replicas = (_address(node, asked) for node in nodes)
                count = len(range(SLOTS)[first : last + 1])
                layout.primaries[first : last + 1] = [primary] * count
                layout.replicas[primary] = replicas
        except (AttributeError, LookupError, TypeError, ValueError) as ex:
            msg = "its answer to CLUSTER SLOTS cannot be read"
            raise NotACluster(msg) from ex
        return layout


def _address(node: Sequence[Any], asked: str) -> Address:
    """Read what stands for a node: its endpoint, its port, its id, and more about it."""
    host = _text(node[0])
    if host == _NO_NAME:
        more = dict(zip(node[3][::2], node[3][1::2], strict=True))
        host = _text(more[b"ip"])
    return host or asked, int(node[1])


def _text(value: bytes | None) -> str:
    return (value or b"").decode()


class Redirect(NamedTuple):
    """Where a node sends us with a command that it has not executed.

    Attributes:
        slot: Of the command's key.
        address: Of the node.
        is_ask: For this once, while the slot is on its way there.
    """

    slot: int
    address: Address
    is_ask: bool

    @classmethod
    def of(cls, error: object, asked: str) -> Self | None:
        """Read an error reply; `None` if it sends us nowhere.

        Args:
            error: A reply.
            asked: The host that gave it, which is meant where none is named.
        """
        if not isinstance(error, Exception):
            return None
        match str(error).split():
            case ["MOVED" | "ASK" as kind, slot, place] if slot.isdecimal():
                host, colon, port = place.rpartition(":")
                if (
                    colon
                    and port.isdecimal()
                    and host != _NO_NAME
                    and int(slot) < SLOTS
                ):
                    return cls(int(slot), (host or asked, int(port)), kind == "ASK")
        return None

"""The operator's connection to a cluster: redis-py's commands, each at the node of its key.

Only what a node has not executed, and says so with ``MOVED`` or ``ASK``, is sent again.
redis-py's own client for clusters repeats after lost connections, so it is not used.

While a slot moves key by key, a page may be at two nodes, in parts. A script would take
what is not there for none: so it is not sent after ``ASK``, but again to the node that has
the slot, until the whole page is at the other. That node lets no script look for a key that
may be gone; ours look at all keys before they write, so such a script has done nothing.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from redis import Redis
from redis.commands import CoreCommands
from redis.exceptions import (
    AskError,
    MovedError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.lock import Lock

from hitsvc.counting import slot_of
from hitsvc.store import Address

_MAX_HOPS = 5
# Commands whose first key is not their first word.
_SCRIPTS = {"EVAL", "EVALSHA"}
# What a node says of a key that may be at another; Redis and Valkey have words before it.
_ELSEWHERE = "non local key"
# A slot with some ten thousand keys moves in seconds.
_PATIENCE_S = 30.0
_PAUSE_S = 0.05
_MOVING = "its slot moves to another node of the cluster; try again when that has ended"


class ClusterClient(CoreCommands):
    """A client of all nodes.

    Attributes:
        is_cluster: True; see `hitsvc.admin.nodes`.
    """

    is_cluster = True
    _event_dispatcher: Any = None

    def __init__(
        self,
        slots: Sequence[Address | None],
        connect: Callable[[Address], Redis],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            slots: The address of each slot's primary.
            connect: Makes a client of the node at an address.
            sleep: Waits for so many seconds.
        """
        self._slots = list(slots)
        self._connect = connect
        self._sleep = sleep
        self._clients: dict[Address, Redis] = {}

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close all connections."""
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def pipeline(self, *, transaction: bool) -> "ClusterPipeline":
        """Gather commands for one trip to each node, each carried out by itself."""
        return ClusterPipeline(self)

    def lock(self, name: str, **how: Any) -> Lock:
        """Make a lock, which is at the node of its name."""
        return Lock(self, name, **how)

    def get_encoder(self) -> Any:
        """Return what makes bytes of text; redis-py's scripts ask for it."""
        address = next(filter(None, self._slots))
        return self._at(address).get_encoder()

    def primaries(self) -> list[Redis]:
        """Return a client of each node that has slots, as far as we know."""
        return [
            self._at(address) for address in dict.fromkeys(filter(None, self._slots))
        ]

    def script_load(self, script: Any) -> Any:
        """Make a script known to every primary."""
        shas = [primary.script_load(script) for primary in self.primaries()]
        return shas[0]

    def send(self, commands: Sequence[tuple[tuple[Any, ...], Any]]) -> list[Any]:
        """Send commands, one trip to each node.

        Returns:
            A reply each; an error as an exception.
        """
        replies: list[Any] = [None] * len(commands)
        places: dict[Address, list[int]] = {}
        for place, (words, _) in enumerate(commands):
            places.setdefault(self._address(words), []).append(place)
        for address, here in places.items():
            pipeline: Any = self._at(address).pipeline(transaction=False)
            for place in here:
                words, options = commands[place]
                pipeline.execute_command(*words, **options)
            for place, reply in zip(here, pipeline.execute(False), strict=True):
                words, options = commands[place]
                replies[place] = self._followed(words, options, reply, address)
        return replies

    def execute_command(self, *words: Any, **options: Any) -> Any:
        """Send a command to the node of its key; all of redis-py's end here."""
        (reply,) = self.send([(words, options)])
        if isinstance(reply, RedisError):
            raise reply
        return reply

    def _followed(
        self, words: tuple[Any, ...], options: Any, reply: Any, address: Address
    ) -> Any:
        """Send a command on, for as long as a node says that it has not executed it."""
        waited = hops = 0.0
        while isinstance(reply, ResponseError):
            pipeline: Any = None
            if words[0] in _SCRIPTS and _is_parted(reply):
                if waited > _PATIENCE_S:
                    return ResponseError(_MOVING)
                self._sleep(_PAUSE_S)
                waited += _PAUSE_S
            elif isinstance(reply, AskError) and hops < _MAX_HOPS:
                hops += 1
                address = (reply.host or address[0], reply.port)
                if isinstance(reply, MovedError):
                    self._slots[reply.slot_id] = address
                else:
                    pipeline = self._at(address).pipeline(transaction=False)
                    pipeline.execute_command("ASKING")
            else:
                break
            pipeline = pipeline or self._at(address).pipeline(transaction=False)
            pipeline.execute_command(*words, **options)
            reply = pipeline.execute(raise_on_error=False)[-1]
        return reply

    def _address(self, words: tuple[Any, ...]) -> Address:
        key = words[3] if words[0] in _SCRIPTS else words[1]
        slot = slot_of(str(key))
        address = self._slots[slot]
        if address is None:
            msg = f"no node of the cluster has slot {slot}"
            raise ResponseError(msg)
        return address

    def _at(self, address: Address) -> Redis:
        if address not in self._clients:
            self._clients[address] = self._connect(address)
        return self._clients[address]


def _is_parted(reply: ResponseError) -> bool:
    """Tell whether a page may be at two nodes now."""
    if isinstance(reply, AskError):
        return not isinstance(reply, MovedError)
    return isinstance(reply, TryAgainError) or _ELSEWHERE in str(reply)


class ClusterPipeline(CoreCommands):
    """Commands that are sent together; each is carried out by itself."""

    _event_dispatcher: Any = None

    def __init__(self, client: ClusterClient) -> None:
        """Begin with none."""
        self._client = client
        self._commands: list[tuple[tuple[Any, ...], Any]] = []

    def execute_command(self, *words: Any, **options: Any) -> Self:
        """Add a command; all of redis-py's end here."""
        self._commands.append((words, options))
        return self

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send them, and return a reply each.

        Raises:
            RedisError: One was refused, and this is to be raised.
        """
        commands, self._commands = self._commands, []
        replies = self._client.send(commands)
        if raise_on_error:
            for reply in replies:
                if isinstance(reply, RedisError):
                    raise reply
        return replies

"""A real Redis Cluster, for tests and for trying things out.

It is made with commands alone, so no command-line client is needed, on free ports of
127.0.0.1. Its nodes can be killed, stopped (SIGSTOP) and started again.
"""

import signal
from collections.abc import Callable, Sequence
from typing import Any, Self

from redis import Redis
from redis.exceptions import RedisError

from tests.support.commands import free_port
from tests.support.processes import eventually
from tests.support.valkey import Valkey

SLOTS = 16_384
# Milliseconds after which the others take a silent node for lost.
NODE_TIMEOUT_MS = 2_000
# As a store that keeps counts is set up.
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
# Nodes that have only just met wait for some seconds before they take writes.
_FORMED_WITHIN_S = 60.0

# More options of a node, made of its number and its port.
Each = Callable[[int, int], Sequence[str]]


class Node(Valkey):
    """A server of a cluster.

    Attributes:
        number: Which of the cluster it is, from 0 on; the primaries are first.
        id: Its name in the cluster.
        bus: The port on which the other nodes talk to it.
    """

    def __init__(
        self, number: int, *options: str, each: Each, program: str | None
    ) -> None:
        """Start it; it is alone yet."""
        self.number = number
        self.bus = free_port()
        port = free_port()
        super().__init__(
            *("--cluster-enabled", "yes", "--cluster-port", str(self.bus)),
            *("--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
            *("--repl-diskless-sync-delay", "0"),
            *options,
            *each(number, port),
            program=program,
            port=port,
        )
        self.id = str(self.do("CLUSTER", "MYID"))

    def do(self, *command: str | int) -> Any:
        """Send a command to this node, past all proxies, and return what it answers."""
        with Redis(unix_socket_path=str(self.socket), decode_responses=True) as client:
            return client.execute_command(*command)

    def acl_log(self) -> list[dict[str, Any]]:
        """Return what users were refused."""
        with Redis(unix_socket_path=str(self.socket), decode_responses=True) as client:
            return list(client.acl_log())

    def info(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return dict(self.do("INFO"))

    def state(self) -> dict[str, str]:
        """Return what it says of the cluster."""
        lines = str(self.do("CLUSTER", "INFO")).splitlines()
        return dict(line.split(":", 1) for line in lines)

    @property
    def is_primary(self) -> bool:
        """Whether it is one now; false if it does not answer."""
        try:
            return bool(self.info()["role"] == "master")
        except (RedisError, OSError):
            return False

    def hang(self) -> None:
        """Stop it where it is; connections stay, and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


def _nothing_more(_number: int, _port: int) -> Sequence[str]:
    return ()


class Cluster:
    """Some primaries with the slots in equal parts, and some replicas of each.

    Attributes:
        nodes: All nodes: the primaries, then a replica of each, and so on.
    """

    def __init__(
        self,
        primaries: int = 3,
        replicas: int = 0,
        *options: str,
        each: Each = _nothing_more,
        program: str | None = None,
    ) -> None:
        """Start them and wait until all of them take writes and copies.

        Args:
            primaries: How many, from 1 on; for failovers at least 3.
            replicas: How many each of them has.
            options: Of every node's command line, such as `DURABLE`.
            each: Returns more of them; such as ``--cluster-announce-port`` for a proxy
                before the node, which need not listen before all nodes are started.
            program: A Redis to run in Valkey's place, 7.0 or later.
        """
        self.nodes: list[Node] = []
        self._primaries = primaries
        try:
            for number in range(primaries * (1 + replicas)):
                node = Node(number, *options, each=each, program=program)
                self.nodes.append(node)
            self._form()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the running cluster."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop it."""
        self.close()

    @property
    def url(self) -> str:
        """The URL of the cluster, which names all that were primaries at first."""
        hosts = (f"127.0.0.1:{node.port}" for node in self.nodes[: self._primaries])
        return f"redis+cluster://{','.join(hosts)}/"

    def owner(self, slot: int) -> Node:
        """Return the primary that has a slot now."""
        for node in self.nodes:
            if node.is_primary and slot in _slots_of(node):
                return node
        msg = f"no primary has slot {slot}"
        raise LookupError(msg)

    def replicas_of(self, primary: Node) -> list[Node]:
        """List who copies a primary now."""
        return [
            node
            for node in self.nodes
            if node is not primary
            and not node.is_primary
            and _my_line(node)[3] == primary.id
        ]

    def wait_ready(self) -> None:
        """Wait until every node that runs is well, copies, and knows so of the others."""
        eventually(self._is_ready, within_s=_FORMED_WITHIN_S)

    def _is_ready(self) -> bool:
        running = [node for node in self.nodes if node.process.poll() is None]
        ids = {node.id for node in running}
        return all(_is_ready(node) and not ids & _failed(node) for node in running)

    def close(self) -> None:
        """Stop all nodes."""
        for node in self.nodes:
            node.close()

    def _form(self) -> None:
        first = self.nodes[0]
        for node in self.nodes:
            node.do("CLUSTER", "SET-CONFIG-EPOCH", node.number + 1)
            if node is not first:
                node.do("CLUSTER", "MEET", "127.0.0.1", first.port, first.bus)
        count = self._primaries
        for node in self.nodes[:count]:
            begin = SLOTS * node.number // count
            end = SLOTS * (node.number + 1) // count - 1
            node.do("CLUSTER", "ADDSLOTSRANGE", begin, end)
        eventually(self._know_each_other, within_s=_FORMED_WITHIN_S)
        for node in self.nodes[count:]:
            primary = self.nodes[node.number % count]
            node.do("CLUSTER", "REPLICATE", primary.id)
        self.wait_ready()

    def _know_each_other(self) -> bool:
        ids = {node.id for node in self.nodes}
        return all(
            ids <= {line.split()[0] for line in _lines(node) if "handshake" not in line}
            for node in self.nodes
        )


def _is_ready(node: Node) -> bool:
    info = node.info()
    copies = info["role"] == "master" or info["master_link_status"] == "up"
    return copies and node.state()["cluster_state"] == "ok"


def _lines(node: Node) -> list[str]:
    with Redis(unix_socket_path=str(node.socket)) as client:
        # Raw: redis-py would make a mapping of it, which knows no moving slots.
        client.response_callbacks.clear()
        reply: bytes = client.execute_command("CLUSTER", "NODES")
    return reply.decode().splitlines()


def _failed(node: Node) -> set[str]:
    """Return who is lost in the eyes of a node."""
    lines = (line.split() for line in _lines(node))
    return {line[0] for line in lines if "fail" in line[2]}


def _my_line(node: Node) -> list[str]:
    (line,) = (line.split() for line in _lines(node) if "myself" in line)
    return line


def _slots_of(node: Node) -> set[int]:
    slots: set[int] = set()
    for part in _my_line(node)[8:]:
        if not part.startswith("["):  # a slot on its way
            begin, _, end = part.partition("-")
            slots.update(range(int(begin), int(end or begin) + 1))
    return slots

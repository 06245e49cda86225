"""Late copies, and machines that are lost, between plain sockets."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.network import Network
from tests.support.commands import free_port

PATIENCE_S = 10.0
LATE_S = 0.3


class Line:
    """A client that is connected through a network, and the server's end of it."""

    def __init__(self, stack: ExitStack, network: Network) -> None:
        port = free_port()
        listener = stack.enter_context(socket.create_server(("127.0.0.1", port)))
        self.front = network.add(port)
        self.listener = listener
        self.client = stack.enter_context(self.connect())
        self.server = stack.enter_context(listener.accept()[0])
        for end in (self.client, self.server):
            end.settimeout(PATIENCE_S)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.front), PATIENCE_S)


@pytest.fixture(name="network")
def _network() -> Iterator[Network]:
    with Network(LATE_S) as network:
        yield network


@pytest.fixture(name="line")
def _line(network: Network) -> Iterator[Line]:
    with ExitStack() as stack:
        yield Line(stack, network)


def silent(end: socket.socket) -> bool:
    """Tell whether nothing comes, for longer than copies are late."""
    end.settimeout(2 * LATE_S)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(PATIENCE_S)
    return False


def ended(end: socket.socket) -> bool:
    """Tell whether the other side has ended the connection."""
    try:
        return end.recv(1) == b""
    except ConnectionError:
        return True


def test_commands_and_answers_pass(line):
    """As they are, both ways."""
    line.client.sendall(b"GET a")
    assert line.server.recv(100) == b"GET a"
    line.server.sendall(b"+1")
    assert line.client.recv(100) == b"+1"


def test_copies_come_late_and_in_order(line):
    """What follows a replica's request; what it says itself is not late."""
    line.client.sendall(b"PSYNC ? -1")
    line.server.recv(100)
    began = time.monotonic()
    line.server.sendall(b"first")
    line.client.sendall(b"REPLCONF ACK 0")
    assert line.server.recv(100) == b"REPLCONF ACK 0"
    line.server.sendall(b"second")
    came = b""
    while len(came) < len(b"firstsecond"):
        came += line.client.recv(100)
    assert came == b"firstsecond"
    assert time.monotonic() - began >= LATE_S


def test_what_is_on_its_way_from_a_lost_machine_never_comes(network, line):
    """Though the server had written it; nobody is told that it will not."""
    line.client.sendall(b"PSYNC ? -1")
    line.server.recv(100)
    line.server.sendall(b"a copy")
    network.lose(line.front)
    assert silent(line.client)


def test_a_lost_machine_answers_nobody(network, line):
    """Neither who is connected nor who comes; its server sees them gone."""
    network.lose(line.front)
    with line.connect() as late:
        for client in (line.client, late):
            client.sendall(b"PING")
            assert silent(client)
    assert line.server.recv(100) == b""


def test_a_machine_that_comes_back_is_found_again(network, line):
    """Who was connected learns that it has restarted, and who comes now is served."""
    network.lose(line.front)
    with line.connect() as early:
        assert silent(early)  # by then the network has taken it
        network.bring_back(line.front)
        assert ended(line.client)
        assert ended(early)
    with line.connect() as late:
        late.sendall(b"PING")
        server, _ = line.listener.accept()
        with server:
            assert server.recv(100) == b"PING"


def test_what_a_killed_server_has_sent_still_comes(line):
    """Its machine lives, and delivers it; then the connection ends."""
    line.client.sendall(b"PSYNC ? -1")
    line.server.recv(100)
    line.server.sendall(b"a copy")
    line.server.close()
    assert line.client.recv(100) == b"a copy"
    assert ended(line.client)


def test_a_server_that_ends_is_told_at_once(line):
    """As between any two sockets; so is one that is not there."""
    line.server.close()
    assert ended(line.client)
    line.listener.close()
    with line.connect() as late:
        assert ended(late)


def test_others_are_not_touched(network, line):
    """Each machine is lost alone."""
    with ExitStack() as stack:
        other = Line(stack, network)
        network.lose(line.front)
        other.client.sendall(b"PING")
        assert other.server.recv(100) == b"PING"

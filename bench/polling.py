"""Waiting for sockets with a precision of microseconds.

epoll's time-outs are whole milliseconds, and so are those of asyncio and uvloop: too
coarse to delay something by one of them. `select.select` is precise, but slow with many
sockets; so it waits for the epoll instance only, which is a file descriptor too.
"""

import select
import socket
from collections.abc import Iterable


class Poller:
    """Tells which sockets are ready."""

    def __init__(self) -> None:
        """Make one that watches nothing yet."""
        self._epoll = select.epoll()

    def watch(self, sock: socket.socket, *, writing: bool = False) -> None:
        """Watch for input, and on request for room for output."""
        events = select.EPOLLIN | (select.EPOLLOUT if writing else 0)
        try:
            self._epoll.register(sock, events)
        except FileExistsError:
            self._epoll.modify(sock, events)

    def forget(self, sock: socket.socket) -> None:
        """Watch no longer."""
        self._epoll.unregister(sock)

    def wait(self, timeout_s: float | None) -> Iterable[tuple[int, bool, bool]]:
        """Wait for something to be ready, or for the time to be over.

        Returns:
            File descriptor, whether it has input, and whether it has room for output.
        """
        if timeout_s is None or timeout_s > 0:
            select.select([self._epoll], [], [], timeout_s)
        writable = select.EPOLLOUT
        return [
            (fd, bool(events & ~writable), bool(events & writable))
            for fd, events in self._epoll.poll(0)
        ]

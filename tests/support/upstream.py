"""A tiny server behind a proxy that says what reached it, or dies as it is asked to."""

import socket
import socketserver
import struct
import threading
from contextlib import suppress
from typing import Self

_HEAD_MOST = 65_536
# Longer than any proxy waits for an answer.
_SILENCE_S = 15.0


class Upstream:
    """A server of HTTP/1.1 that keeps connections, and notes each request's head.

    The path says how it ends: ``/end`` without an answer, ``/reset`` so too but by a
    reset, ``/half`` within the answer's head, ``/late`` not before its client's patience.
    All else is answered with the request's head as the body.

    Attributes:
        seen: The heads that came, in this order.
        url: Its base URL.
    """

    def __init__(self) -> None:
        """Listen."""
        self.seen: list[bytes] = []
        self._over = threading.Event()
        upstream = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    while upstream.answer(self.request):
                        pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """End."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def of(self, path: str) -> list[bytes]:
        """Return the heads of the requests for a path."""
        return [head for head in self.seen if head.split(b" ")[1] == path.encode()]

    def answer(self, client: socket.socket) -> bool:
        """Read a request, all of it, and answer; tell whether another may come."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _HEAD_MOST:
            piece = client.recv(_HEAD_MOST)
            if not piece:
                return False
            head += piece
        self.seen.append(head)
        match head.split(b" ")[1]:
            case b"/end":
                return False
            case b"/reset":
                linger = struct.pack("ii", 1, 0)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                client.close()
                return False
            case b"/half":
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
                return False
            case b"/late":
                self._over.wait(_SILENCE_S)
                return False
        head, _, body = head.partition(b"\r\n\r\n")
        while b"chunked" in head.lower() and not body.endswith(b"\r\n\r\n"):
            body += client.recv(_HEAD_MOST)
        sent = head + b"\r\n\r\n" + body
        self.seen[-1] = sent
        length = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(sent)
        client.sendall(length + (b"" if head.startswith(b"HEAD ") else sent))
        return True

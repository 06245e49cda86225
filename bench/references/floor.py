"""The floor: the least that a server of uvloop and httptools can do for a request.

It reads the head of a request as the product does, and sends a fixed answer of the product's
size. It looks at no address, counts nothing, keeps nothing in a store, and has no limits.
"""

import asyncio
import sys

import httptools
import uvloop

from bench.references import contract

COOKIE = f"hits-{'0' * 16}={'0' * 12}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"


def answer() -> bytes:
    """Make the answer: a badge with the headers and the cookie of a counted hit."""
    body = contract.badge(12_345)
    fields = [
        *contract.HEADERS,
        ("Set-Cookie", COOKIE),
        ("Content-Type", "image/svg+xml"),
        ("Content-Length", str(len(body))),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + body


class _Floor(asyncio.Protocol):
    """A client's connection."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._transport.write(self._answer)  # type: ignore[attr-defined]


async def _serve(port: int) -> None:
    made = answer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Floor(made), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))

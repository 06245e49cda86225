"""Apps behind our HTTP protocol on real sockets, and clients that speak bytes."""

import asyncio
import contextlib
import functools
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Any, Self

import httptools
import uvicorn
import uvloop
from uvicorn.server import ServerState

from hitsvc.http1.protocol import HttpProtocol

TEST_TIMEOUT_S = 10
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def get(number: int) -> bytes:
    """Make a request that can be told from others by its path."""
    return b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number


def on_uvloop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Run an asynchronous test on a loop of its own, of the kind that serves."""

    @functools.wraps(test)
    def run() -> None:
        async def bounded() -> None:
            async with asyncio.timeout(TEST_TIMEOUT_S):
                await test()

        uvloop.run(bounded())

    return run


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until something is true."""
    while not condition():
        await asyncio.sleep(0)


def configure(app: Any, http: Any = HttpProtocol, keep_alive_s: int = 5) -> Any:
    """Make uvicorn's configuration, the way the worker does."""
    config = uvicorn.Config(
        app,
        http=http,
        loop="uvloop",
        interface="asgi3",
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=keep_alive_s,
    )
    config.load()
    return config


def listener() -> socket.socket:
    """Bind a free port."""
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


class Site:
    """An app that is served while the block lasts.

    Attributes:
        state: uvicorn's record of connections and tasks.
    """

    def __init__(
        self, app: Any, *, http: Any = HttpProtocol, state: Any = None, path: Any = None
    ) -> None:
        """Choose what is served.

        Args:
            app: The ASGI app.
            http: The class of the server protocol.
            state: The ASGI lifespan state.
            path: Listen on a unix socket there instead of a port.
        """
        self._config = configure(app, http)
        self._lifespan_state = state or {}
        self._path = path
        self._clients: list[Client] = []
        self.state: Any = ServerState()

    async def __aenter__(self) -> Self:
        """Listen."""

        def connect() -> Any:
            return self._config.http_protocol_class(
                config=self._config,
                server_state=self.state,
                app_state=self._lifespan_state,
                _loop=None,
            )

        loop = asyncio.get_running_loop()
        if self._path:
            self._server = await loop.create_unix_server(connect, str(self._path))
        else:
            sock = listener()
            self.address = sock.getsockname()
            self._server = await loop.create_server(connect, sock=sock)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End, and wait for what is still connected."""
        self._server.close()
        for connection in list(self.state.connections):
            connection.transport.abort()
        for client in self._clients:
            await client.close()
        await until(lambda: not self.state.connections and not self.state.tasks)
        await self._server.wait_closed()

    @property
    def connection(self) -> Any:
        """The protocol of the only connection."""
        (connection,) = self.state.connections
        return connection

    async def connect(self) -> "Client":
        """Open a connection."""
        if self._path:
            streams = await asyncio.open_unix_connection(str(self._path))
        else:
            streams = await asyncio.open_connection(*self.address)
        self._clients.append(Client(*streams))
        return self._clients[-1]

    async def connect_deaf(self) -> socket.socket:
        """Open a connection on which nothing is read, but by `listen_again`."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, self.address)
        return sock

    async def ask(self, *pieces: bytes) -> bytes:
        """Send bytes, say that no more will come, and return all that is answered."""
        client = await self.connect()
        for piece in pieces:
            client.send(piece)
            await client.sent()
        client.end()
        return await client.rest()

    def expire(self, after_s: float) -> None:
        """Let the connections believe that so much time has passed."""
        now = asyncio.get_running_loop().time() + after_s
        for connection in list(self.state.connections):
            connection.expire(now)


async def listen_again(sock: socket.socket) -> bytes:
    """Return what comes until the server ends the connection."""
    data = bytearray()
    while piece := await asyncio.get_running_loop().sock_recv(sock, 1 << 20):
        data += piece
    sock.close()
    return bytes(data)


class Client:
    """One connection, from the other side."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take a connection."""
        self._reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)

    async def sent(self) -> None:
        """Wait until the bytes have left."""
        await until(lambda: not self.writer.transport.get_write_buffer_size())
        await asyncio.sleep(0)

    def end(self) -> None:
        """Send no more, but go on reading."""
        self.writer.write_eof()

    def abort(self) -> None:
        """Vanish, without a word (FIN) but with a reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def read(self, suffix: bytes) -> bytes:
        """Return what comes, up to certain bytes and with them."""
        return await self._reader.readuntil(suffix)

    async def rest(self) -> bytes:
        """Return what comes until the server ends the connection."""
        return await self._reader.read()

    async def close(self) -> None:
        """End, whatever is still on its way."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


class Answers:
    """The responses in a string of bytes, as (status, body) pairs."""

    def __init__(self) -> None:
        """Prepare."""
        self.found: list[tuple[int, bytes]] = []
        self._body = b""
        self.parser = httptools.HttpResponseParser(self)

    def on_body(self, body: bytes) -> None:
        """Collect a piece of a body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Collect a response."""
        self.found.append((self.parser.get_status_code(), self._body))
        self._body = b""


def answers(data: bytes) -> list[tuple[int, bytes]]:
    """Parse responses, none of them to HEAD."""
    parsed = Answers()
    parsed.parser.feed_data(data)
    return parsed.found


def statuses(data: bytes) -> list[int]:
    """Return the statuses of responses."""
    return [status for status, _ in answers(data)]


def start(status: int = 200, headers: Iterable[Any] = ()) -> dict[str, Any]:
    """Make the first message of a response."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(data: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    """Make another."""
    return {"type": "http.response.body", "body": data, "more_body": more}


def answering(*messages: dict[str, Any]) -> Any:
    """Make an app that sends these messages."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


async def hello(_scope: Any, _receive: Any, send: Any) -> None:
    """Say so."""
    await send(start())
    await send(body(b"hello"))


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the request as the app saw it."""
    seen = [scope["method"], scope["path"], scope["query_string"], await whole(receive)]
    await send(start())
    await send(body(repr(seen).encode()))


async def tell(_scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body."""
    await send(start())
    await send(body(await whole(receive)))


async def whole(receive: Any) -> bytes:
    """Return the request's body; uvicorn's own protocol gives it in pieces."""
    data = b""
    more = True
    while more:
        message = await receive()
        data += message["body"]
        more = message["more_body"]
    return data


def telling(key: str) -> Any:
    """Make an app that answers with a part of its scope."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send(start())
        await send(body(repr(scope.get(key)).encode()))

    return app


class Gate:
    """An app that answers with the path, when it is let."""

    def __init__(self) -> None:
        """Prepare."""
        self.entered: list[str] = []
        self.left: list[str] = []
        self.open = asyncio.Event()

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        """Wait, then answer."""
        self.entered.append(scope["path"])
        await self.open.wait()
        await send(start())
        await send(body(scope["path"].encode()))
        self.left.append(scope["path"])

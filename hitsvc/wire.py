"""One pipelined connection to Redis: many commands in one write, all replies at once.

redis-py's own connection costs some microseconds a reply, and its pipeline some a
command, which is more than the rest of a counted hit. This is the part of it that a
batch needs: hiredis packs and parses, redis-py reads the URL and makes the TLS
context.

Nothing here is ever sent twice. After a time-out, a lost connection or a cancelled
call the outcome is unknown; the connection is dropped, so that a late reply can never
be taken for another batch's, and the next batch opens a new one.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url

from hitsvc.batch import Command
from hitsvc.errors import CounterUnavailable
from hitsvc.packing import pack


class Wire:
    """Sends batches of commands over one connection, which it opens as needed."""

    def __init__(self, url: str, timeout_s: float) -> None:
        """Prepare a wire; nothing is opened before the first batch.

        Args:
            url: A ``redis://``, ``rediss://`` or ``unix://`` URL, as redis-py's.
            timeout_s: Seconds for one batch, connecting included.

        Raises:
            ValueError: The URL is malformed.
        """
        self._options: dict[str, Any] = dict(parse_url(url))
        self._tls = tls_context(url)
        self._timeout_s = timeout_s
        self._replies: _Replies | None = None

    async def execute(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands in one write and return a reply to each.

        An error reply is returned as an exception, not raised.

        Raises:
            CounterUnavailable: Not all replies came in time; it is unknown which
                commands Redis has executed.
        """
        packed = b"".join(map(pack, commands))
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        try:
            if self._replies is None or self._replies.lost:
                async with asyncio.timeout_at(deadline):
                    self._replies = await self._connect(deadline)
            return await self._replies.ask(packed, len(commands), deadline)
        except TimeoutError as ex:
            self._drop()
            msg = f"Redis did not answer within {self._timeout_s:g} s"
            raise CounterUnavailable(msg) from ex
        except OSError as ex:
            self._drop()
            msg = f"Redis cannot be reached: {ex}"
            raise CounterUnavailable(msg) from ex
        except BaseException:
            self._drop()
            raise

    async def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _drop(self) -> None:
        if self._replies is not None:
            self._replies.abort()
            self._replies = None

    async def _connect(self, deadline: float) -> "_Replies":
        loop = asyncio.get_running_loop()
        options = self._options
        if path := options.get("path"):
            _, replies = await loop.create_unix_connection(_Replies, path)
        else:
            _, replies = await loop.create_connection(
                _Replies,
                options.get("host", "localhost"),
                options.get("port", 6379),
                ssl=self._tls,
            )
        try:
            await self._greet(replies, deadline)
        except BaseException:
            replies.abort()
            raise
        return replies

    async def _greet(self, replies: "_Replies", deadline: float) -> None:
        commands = _greeting(self._options)
        if not commands:
            return
        packed = b"".join(map(pack, commands))
        for reply in await replies.ask(packed, len(commands), deadline):
            if isinstance(reply, Exception):
                msg = f"Redis refused the connection: {reply}"
                raise CounterUnavailable(msg) from reply


def _greeting(options: dict[str, Any]) -> list[Command]:
    """Build what a connection says first: who we are, and which database."""
    commands: list[Command] = []
    if password := options.get("password"):
        user = options.get("username")
        commands.append(("AUTH", user, password) if user else ("AUTH", password))
    if database := options.get("db"):
        commands.append(("SELECT", database))
    return commands


def tls_context(url: str) -> ssl.SSLContext | None:
    """Make the TLS settings of a ``rediss://`` URL; ``None`` for one without TLS.

    Certificates and names are checked unless the URL's ``ssl_*`` options say no.
    """
    options: dict[str, Any] = dict(parse_url(url))
    if options.get("connection_class") is not SSLConnection:
        return None
    ssl_options = {k: v for k, v in options.items() if k.startswith("ssl_")}
    return SSLConnection(**ssl_options).ssl_context.get()


class _Replies(asyncio.Protocol):
    """Collects the replies to one request at a time.

    Attributes:
        lost: The connection has ended.
    """

    def __init__(self) -> None:
        self.lost = False
        self._reader = hiredis.Reader(notEnoughData=_NOT_YET)
        self._received: list[Any] = []
        self._expected = 0
        self._future: asyncio.Future[list[Any]] | None = None
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(
        self, packed: bytes, replies: int, deadline: float
    ) -> asyncio.Future[list[Any]]:
        """Write commands; the future holds their replies, or fails at the deadline."""
        loop = asyncio.get_running_loop()
        self._received, self._expected = [], replies
        self._future = loop.create_future()
        self._timer = loop.call_at(deadline, self._late)
        self._transport.write(packed)
        return self._future

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOT_YET:
                self._received.append(reply)
        except hiredis.ProtocolError as ex:
            self._end(ConnectionError(f"what answers there is not Redis ({ex})"))
            return
        if len(self._received) > self._expected or self._future is None:
            # Whose reply would the next one be? Such a connection is not trusted.
            self._end(ConnectionError("it sent a reply to nothing"))
        elif len(self._received) == self._expected and (future := self._settle()):
            future.set_result(self._received)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("it closed the connection"))

    def abort(self) -> None:
        """Close the connection at once."""
        self.lost = True
        self._transport.abort()

    def _late(self) -> None:
        # After a pause of this process, of a busy machine say, the deadline may have
        # passed while the reply lies unread in the socket: look there first.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_GRACE_S, self._end, TimeoutError())

    def _end(self, reason: Exception) -> None:
        self.abort()
        if future := self._settle():
            future.set_exception(reason)

    def _settle(self) -> asyncio.Future[list[Any]] | None:
        """Return the future that still waits, if any; the next call finds none."""
        future, self._future = self._future, None
        if future is None:
            return None
        self._timer.cancel()
        return None if future.done() else future


_NOT_YET = object()
_GRACE_S = 0.01

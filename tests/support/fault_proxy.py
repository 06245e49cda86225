"""A proxy before a store, which can be slow, silent, gone, or speak for the store."""

import asyncio
import contextlib
import re
import threading
from collections.abc import Awaitable, Coroutine
from pathlib import Path
from typing import Any, Self

from tests.support.commands import free_port

_COMMAND = re.compile(rb"\*\d+\r\n\$")


class FaultProxy:
    """Passes bytes between TCP clients and a store on a unix socket, or does not.

    What is set holds for the next bytes that come, on connections that are open too.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        target: The store's socket, for new connections.
        delay_s: How long it keeps what comes from a client.
        answer: What it answers to each command in place of the store.
    """

    def __init__(self, target: Path) -> None:
        """Prepare; it runs while the block lasts."""
        self.port = free_port()
        self.target = target
        self.delay_s = 0.0
        self.answer: bytes | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        self.appear()
        return self

    def __exit__(self, *_exception: object) -> None:
        """End."""
        self.vanish()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def appear(self) -> None:
        """Listen again."""
        self._do(self._listen())

    def vanish(self) -> None:
        """Close every connection and take no more."""
        self._do(self._end())

    def drop(self) -> None:
        """Close every connection."""
        self._do(self._drop())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def _end(self) -> None:
        if self._server:
            self._server.close()
        await self._drop()

    async def _drop(self) -> None:
        for _ in range(2):  # a task that has not begun would close nothing
            await asyncio.sleep(0)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # now they are closed

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.ensure_future(self._pass(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        store: asyncio.StreamWriter | None = None
        back: Awaitable[None] | None = None
        try:
            while data := await reader.read(1 << 16):
                if self.answer is not None:
                    writer.write(self.answer * len(_COMMAND.findall(data)))
                    continue
                if store is None:
                    replies, store = await asyncio.open_unix_connection(self.target)
                    back = asyncio.ensure_future(_copy(replies, writer))
                await asyncio.sleep(self.delay_s)
                store.write(data)
        except OSError:
            pass  # the store is gone, so is the connection
        finally:
            for end in filter(None, (store, writer)):
                end.transport.abort()
            if back is not None:
                with contextlib.suppress(OSError):
                    await back


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass replies on, and the end too."""
    while data := await reader.read(1 << 16):
        writer.write(data)
    writer.transport.abort()

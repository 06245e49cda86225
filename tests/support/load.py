"""Clients that hit pages and remember what they were told."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, repeat
from urllib.parse import urlsplit

from tests.support.proxies import NAME, tls

# A proxy that has nobody behind it answers at once, and would be asked without end.
_PAUSE_S = 0.01


@dataclass
class Tally:
    """What some clients did.

    Attributes:
        attempted: Requests that were sent, or may have been.
        acknowledged: The numbers of those that were answered with one.
        refused: Those that were answered with an error.
        failed: All that were not answered with a number; see there.
        stop: Set it to end the clients before their time.
    """

    attempted: int = 0
    acknowledged: list[int] = field(default_factory=list)
    refused: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def failed(self) -> int:
        """How many requests were not answered with a number, be they counted or not."""
        return self.attempted - len(self.acknowledged)


async def hit(
    base_url: str,
    page: str,
    clients: int,
    hits: int,
    tally: Tally,
    *,
    keeps: bool = True,
    pause_s: float = 0,
) -> None:
    """Let some clients hit a page, each some times, over connections of their own.

    Args:
        base_url: Where to.
        page: Which.
        clients: How many.
        hits: Of each.
        tally: What they did.
        keeps: A client keeps its connection; else it opens one for each request.
        pause_s: What a client waits after an answer. Without it they take all the
            CPU that there is, also from what is being started meanwhile.
    """
    await asyncio.gather(
        *(
            _client(base_url, repeat((page, tally), hits), tally.stop, keeps, pause_s)
            for _ in range(clients)
        )
    )


async def hit_once_each(
    base_url: str, prefix: str, clients: int, stop: asyncio.Event
) -> dict[str, Tally]:
    """Let some clients hit pages that nobody else hits, and none of them twice.

    Args:
        base_url: Where to.
        prefix: What the pages' names begin with.
        clients: How many.
        stop: Ends them.

    Returns:
        What was done to each page.
    """
    tallies: dict[str, Tally] = {}

    def pages() -> Iterator[tuple[str, Tally]]:
        for number in count():
            page = f"{prefix}{number}"
            tallies[page] = Tally()
            yield page, tallies[page]

    shared = pages()
    await asyncio.gather(*(_client(base_url, shared, stop) for _ in range(clients)))
    return tallies


async def _client(
    base_url: str,
    pages: Iterable[tuple[str, Tally]],
    stop: asyncio.Event,
    keeps: bool = True,
    pause_s: float = 0,
) -> None:
    streams = None
    fields = f"Host: {NAME}\r\n" + ("" if keeps else "Connection: close\r\n")
    for page, tally in pages:
        while streams is None and not stop.is_set():
            with suppress(OSError):
                streams = await _connect(base_url)
            if streams is None:  # it is being restarted
                await asyncio.sleep(_PAUSE_S)
        if streams is None or stop.is_set():
            break
        tally.attempted += 1
        try:
            request = f"GET /count?url={page} HTTP/1.1\r\n{fields}\r\n"
            streams[1].write(request.encode())
            status, body = await _answer(streams[0])
        except (OSError, EOFError):
            await end(streams[1])
            streams = None
            continue
        if status == 200:
            tally.acknowledged.append(int(body))
        else:
            tally.refused += 1
            await asyncio.sleep(_PAUSE_S)
        if not keeps:
            await end(streams[1])
            streams = None
        if pause_s:
            await asyncio.sleep(pause_s)
    if streams is not None:
        await end(streams[1])


async def end(writer: asyncio.StreamWriter) -> None:
    """End a connection, and see it gone: a loop that ends first would leave it open."""
    writer.transport.abort()
    await asyncio.sleep(0)


async def _connect(
    base_url: str,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(base_url)
    secure = address.scheme == "https"
    return await asyncio.open_connection(
        address.hostname,
        address.port,
        ssl=tls() if secure else None,
        server_hostname=NAME if secure else None,
    )


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return int(head.split(b" ", 2)[1]), await reader.readexactly(int(length))

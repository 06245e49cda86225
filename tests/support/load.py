"""Clients that hit one page and remember what they were told."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Tally:
    """What some clients did.

    Attributes:
        attempted: Requests that were sent, or may have been.
        acknowledged: The numbers of those that were answered with one.
        refused: Those that were answered with an error.
        stop: Set it to end the clients before their time.
    """

    attempted: int = 0
    acknowledged: list[int] = field(default_factory=list)
    refused: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)


async def hit(base_url: str, page: str, clients: int, hits: int, tally: Tally) -> None:
    """Let some clients hit a page, each some times, over connections of their own."""
    await asyncio.gather(
        *(_client(base_url, page, hits, tally) for _ in range(clients))
    )


async def _client(base_url: str, page: str, hits: int, tally: Tally) -> None:
    address = urlsplit(base_url)
    request = f"GET /count?url={page} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
    streams = None
    for _ in range(hits):
        while streams is None and not tally.stop.is_set():
            with suppress(OSError):
                streams = await asyncio.open_connection(address.hostname, address.port)
            if streams is None:  # it is being restarted
                await asyncio.sleep(0.01)
        if streams is None or tally.stop.is_set():
            break
        tally.attempted += 1
        try:
            streams[1].write(request)
            status, body = await _answer(streams[0])
        except (OSError, EOFError):
            streams[1].close()
            streams = None
            continue
        if status == 200:
            tally.acknowledged.append(int(body))
        else:
            tally.refused += 1
    if streams is not None:
        streams[1].close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return int(head.split(b" ", 2)[1]), await reader.readexactly(int(length))

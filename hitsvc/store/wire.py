"""One pipelined connection to Redis: many commands in one write, all replies at once.

Several batches may be on their way; they are answered in the order they were sent.

This is the part of a Redis client that a batch needs; hiredis parses.

PERF: 3 us of CPU a hit in batches of 32, where redis-py's pipeline takes 60 us, more
than all the rest of a hit.

Nothing here is ever sent twice. After a time-out, a lost connection or a cancelled
call the outcome is unknown; the connection is dropped, so that a late reply can never
be taken for another batch's, and the next batch opens a new one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.asked import Asked
from hitsvc.store.pacing import Pacing
from hitsvc.store.redis_url import RedisURL
from hitsvc.store.replies import Replies
from hitsvc.store.sentinel_url import Address
from hitsvc.store.tls import explain


class Wire:
    """Sends batches of commands over one connection, which it opens as needed.

    Attributes:
        name: What its errors call the server.
    """

    def __init__(
        self,
        url: str,
        timeout_s: float,
        *,
        find: Callable[[], Awaitable[Address]] | None = None,
        name: str = "Redis",
        certified: str | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        """Prepare a wire; nothing is opened before the first batch.

        Args:
            url: A ``redis://``, ``rediss://`` or ``unix://`` URL; see `RedisURL`.
            timeout_s: Seconds for one batch, connecting included.
            find: Tells before each connection where the server is; the URL's address
                is then without meaning. It may raise `CounterUnavailable`.
            name: What errors call the server.
            certified: The name in its certificate, if that is not its address.
            pacing: Keeps attempts to connect apart.

        Raises:
            SettingsError: The URL is malformed.
        """
        self.name = name
        self._url = RedisURL.parse(url)
        self._timeout_s = timeout_s
        self._find = find
        self._certified = certified if self._url.tls else None
        self._pacing = pacing or Pacing()
        self._failure: CounterUnavailable | None = None
        self._replies: Replies | None = None
        self._connecting = asyncio.Lock()

    @property
    def has_password(self) -> bool:
        """Whether it names itself with a password."""
        return bool(self._url.password)

    @property
    def has_tls(self) -> bool:
        """Whether it speaks TLS."""
        return self._url.tls is not None

    @property
    def is_connected(self) -> bool:
        """Whether a connection is open."""
        return self._replies is not None and not self._replies.lost

    def leave(self, reason: str) -> None:
        """Drop the connection; the outcome of what is on its way is unknown.

        Args:
            reason: Why, as an error says it after "cannot be reached: ".
        """
        if self._replies is not None:
            self._replies.end(ConnectionError(reason))

    def doubt(self) -> None:
        """Do nothing: a connection ends when its server does; see `Backend.doubt`."""

    def execute(self, commands: str, expected: int) -> Awaitable[list[Any]]:
        """Send commands in one write; a reply to each will come.

        An error reply is an exception among them.

        Args:
            commands: As `hitsvc.counting.commands` spells them.
            expected: How many they are.

        Returns:
            What will hold them; or `CounterUnavailable`, if not all came in time: it is
            unknown which commands Redis has executed.
        """
        replies = self._replies
        if replies is None or replies.lost:
            deadline = asyncio.get_running_loop().time() + self._timeout_s
            return self._open_and_ask(commands, expected, deadline)
        deadline = replies.now() + self._timeout_s
        asked = Asked(replies, self._failed)
        replies.ask(commands.encode(), expected, deadline).add_done_callback(asked.end)
        return asked

    async def _open_and_ask(
        self, commands: str, expected: int, deadline: float
    ) -> list[Any]:
        try:
            replies = await self._connected(deadline)
            asked = replies.ask(commands.encode(), expected, deadline)
            try:
                return await asked
            except asyncio.CancelledError:
                replies.abort()  # what has been asked cannot be taken back
                raise
        except OSError as ex:
            raise self._failed(ex) from ex

    async def close(self) -> None:
        """Close the connection."""
        if self._replies is not None:
            self._replies.abort()

    def _failed(self, error: OSError) -> CounterUnavailable:
        """Note a failure of the connection; it is told again until the next attempt.

        Args:
            error: A `TimeoutError`, or how the connection has ended.

        Returns:
            What those are told who have asked something.
        """
        if isinstance(error, TimeoutError):
            reason = f"did not answer within {self._timeout_s:g} s"
        else:
            reason = f"cannot be reached: {explain(error)}"
        self._pacing.failed()
        self._failure = CounterUnavailable(f"{self.name} {reason}")
        return self._failure

    async def _connected(self, deadline: float) -> Replies:
        """Return a connection; batches that need one at the same time share it."""
        async with asyncio.timeout_at(deadline), self._connecting:
            if self._replies is None or self._replies.lost:
                await self._pace()
                self._replies = await self._connect(deadline)
            return self._replies

    async def _pace(self) -> None:
        """Let an attempt begin, but not too soon after the one before.

        Between attempts that fail nobody waits. A connection that we gave up ourselves,
        as one to a replica, is no failure: then the pause is waited for.
        """
        if pause_s := self._pacing.remaining():
            if self._failure is not None:
                raise CounterUnavailable(
                    str(self._failure)
                ) from self._failure.__cause__
            await asyncio.sleep(pause_s)
        self._pacing.begin()
        self._failure = None

    async def _connect(self, deadline: float) -> Replies:
        try:
            replies = await self._open()
            try:
                replies.check()
                await self._greet(replies, deadline)
                replies.check()
            except BaseException:
                replies.abort()
                raise
        except CounterUnavailable as ex:
            self._pacing.failed()
            self._failure = ex
            raise
        return replies

    async def _open(self) -> Replies:
        loop = asyncio.get_running_loop()
        url = self._url
        if url.path:
            _, replies = await loop.create_unix_connection(Replies, url.path)
            return replies
        host, port = url.host, url.port
        if self._find is not None:
            host, port = await self._find()
        _, replies = await loop.create_connection(
            Replies, host, port, ssl=url.tls, server_hostname=self._certified
        )
        return replies

    async def _greet(self, replies: Replies, deadline: float) -> None:
        commands = _greeting(self._url)
        if not commands:
            return
        said = "".join(commands).encode()
        for reply in await replies.ask(said, len(commands), deadline):
            if isinstance(reply, Exception):
                msg = f"{self.name} refused the connection: {reply}"
                raise CounterUnavailable(msg) from reply


def _greeting(url: RedisURL) -> list[str]:
    """Build what a connection says first: who we are, and which database."""
    commands = []
    if url.password:
        names = [url.username] if url.username else []
        commands.append(spell("AUTH", *names, url.password))
    if url.database:
        commands.append(spell("SELECT", str(url.database)))
    return commands

"""A service in this process, over ASGI, on a Redis of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from fakeredis import FakeAsyncRedis, FakeRedis, FakeServer
from falcon import testing

from hitsvc.access import Keyring, Operator, OperatorStore, Tokens
from hitsvc.admin import summing, summing_order
from hitsvc.app import create_app
from hitsvc.errors import HitsError
from hitsvc.http1.express_exchange import FAILURE
from hitsvc.png import Painter
from hitsvc.settings import Settings

Headers = Mapping[str, str]
Target = Callable[..., Awaitable[None]]


def serve(app: Any, *, express: bool = False) -> Target:
    """Give an app its requests as servers do: Falcon's headers can be read once.

    Args:
        app: The app.
        express: As our own server does, which lets `app.express` take what it will.
    """

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["headers"] = _with_one_host(map(tuple, scope["headers"]))
            if express and await answered(app.express(scope), scope, send):
                return
        await app(scope, receive, send)

    return served


def _with_one_host(headers: Iterable[Any]) -> list[tuple[bytes, bytes]]:
    """Leave out the host that Falcon's client adds where a test names one."""
    pairs = list(headers)
    hosts = [pair for pair in pairs if pair[0] == b"host"]
    return [pair for pair in pairs if pair[0] != b"host" or pair is hosts[0]]


async def answered(taken: Any, scope: dict[str, Any], send: Any) -> bool:
    """Answer what an express lane may have taken; tell if it has."""
    if taken is None:
        return False
    await asyncio.gather(taken.future, return_exceptions=True)
    try:
        fields, body = taken.response()
    except HitsError as ex:
        scope[FAILURE] = ex
        return False
    pairs = [tuple(line.split(b": ", 1)) for line in fields.split(b"\r\n")[1:]]
    headers = [*pairs, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return True


class Site:
    """A service in this process, and a client that asks it one thing at a time.

    Attributes:
        redis: Looks into the service's Redis.
        server: That Redis itself; ``connected = False`` takes it away.
    """

    def __init__(
        self,
        runner: asyncio.Runner,
        variables: Mapping[str, str],
        *,
        own_redis: bool = True,
        express: bool = False,
        painter: Painter | None = None,
    ) -> None:
        """Start a service.

        Args:
            runner: Where it runs.
            variables: Its environment.
            own_redis: Give it an empty Redis; else the settings name one.
            express: Let its express lane take what it will; see `serve`.
            painter: Paints PNGs; else there are none.
        """
        self.server = FakeServer()
        self._refusal: Exception | None = None
        self.redis = FakeRedis(server=self.server, decode_responses=True)
        client = FakeAsyncRedis(server=self.server) if own_redis else None
        settings = Settings.load(variables)
        self._zone = settings.timezone
        app = create_app(
            settings,
            redis=client,
            open_painter=lambda: painter,
            operator=self._operator(settings),
        )
        self._closed = False
        self._run = runner.run
        self._conductor = testing.ASGIConductor(serve(app, express=express))
        self._run(self._conductor.__aenter__())

    def _operator(self, settings: Settings) -> Operator:
        tokens = Tokens(settings.admin_token, settings.admin_read_token)
        store = OperatorStore(self._as_operator, self._sum, sleep=lambda seconds: None)
        given = settings.data_dir != Path("hitsvc-data")
        return Operator(
            Keyring(tokens),
            {"HITSVC_BOTS": (settings.bots, "default")},
            ["HITSVC_X is not a setting"],
            settings.data_dir if given else None,
            store,
        )

    def refuse_scripts(self, error: Exception) -> None:
        """Let the store refuse all scripts of the operator's."""
        self._refusal = error

    def _as_operator(self, _url: str = "") -> Any:
        client: Any = FakeRedis(server=self.server, decode_responses=True)
        if self._refusal:
            refusal = self._refusal

            def refuse(*_words: Any) -> None:
                raise refusal

            client.eval = refuse
        return client

    def _sum(self) -> None:
        summing(StringIO(summing_order("", "hits:", self._zone)), self._as_operator)

    def close(self) -> None:
        """Stop the service, as a server does; once."""
        if self._closed:
            return
        self._closed = True
        self._run(self._conductor.__aexit__(None, None, None))

    def ask(
        self,
        method: str,
        target: str,
        headers: Headers | list[tuple[str, str]] | None = None,
        *,
        peer: str | None = "127.0.0.1",
        scheme: str = "http",
        body: bytes | None = None,
    ) -> testing.Result:
        """Make a request and return its answer."""
        path, _, query = target.partition("?")
        result: testing.Result = self._run(
            self._conductor.simulate_request(
                method,
                path,
                query_string=query,
                headers=headers,
                body=body,
                protocol=scheme,
                extras={"client": peer and [peer, 50_000]},
            )
        )
        return result

    def get(self, target: str, headers: Any = None, **how: Any) -> testing.Result:
        """GET."""
        return self.ask("GET", target, headers, **how)

    def get_at_once(
        self, times: int, path: str, headers: Headers, peer: str | None = None
    ) -> list[testing.Result]:
        """Make several requests in the same moment."""
        extras = {"client": peer and [peer, 50_000]}

        async def all_of_them() -> list[Any]:
            get = self._conductor.simulate_get
            return await asyncio.gather(
                *(get(path, headers=headers, extras=extras) for _ in range(times))
            )

        return self._run(all_of_them())

    def settle(self) -> None:
        """Wait until what goes on beside the requests has ended."""

        async def all_others() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.wait(
                [
                    task
                    for task in others
                    if "_sum" in repr(task) or "to_thread" in repr(task)
                ]
                or [asyncio.create_task(asyncio.sleep(0))]
            )

        self._run(all_others())

    def total(self, page_key: str = "example.com") -> int:
        """Return what Redis holds for a URL."""
        return int(self.redis.get(f"hits:{{{page_key}}}") or 0)

    def tokens(self) -> list[str]:
        """List the names of the live tokens."""
        return sorted(map(str, self.redis.keys("hits:*:t:*")))


OpenSite = Callable[..., Site]


def shown(result: testing.Result) -> str:
    """Return the number that an answer shows, in any form."""
    if result.headers["content-type"] == "application/problem+json":
        return f"{result.json['detail']}\n"
    if result.headers["content-type"] == "application/json":
        return str(result.json.get("message", result.json.get("total")))
    if result.headers["content-type"] != "image/svg+xml":
        return str(result.text)
    (title,) = ET.fromstring(result.text).iter("{http://www.w3.org/2000/svg}title")  # noqa: S314
    return str(title.text).removeprefix("hits: ")


def cookie_from(result: testing.Result) -> str:
    """Return what a browser sends back after an answer."""
    pair: str = result.headers["set-cookie"].partition(";")[0]
    return pair


def unbroken(html: str) -> str:
    """Return a page in which no name may be broken into lines."""
    return html.replace("<wbr>", "")

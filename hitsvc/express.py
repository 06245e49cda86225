"""The express lane: embedded badges and numbers, answered without coroutine or framework.

What `hitsvc.http1.protocol` asks before it calls the app. It takes what nearly all visitors
send, a GET of a badge or a number that names its URL. All else, and every error, is the
app's, which does not ask Redis again where that was asked already. Middleware of the app
does not see what is taken.

Both ways begin and end in `hitsvc.resources`, so they cannot differ in what they count.

PERF: 16 us of CPU a hit over HTTP, system calls included; through Falcon it is 26 us.
"""

from asyncio import Future
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from falcon.uri import parse_query_string

from hitsvc.answer import PAGE_HEADER
from hitsvc.badge import Look
from hitsvc.errors import CounterBusy, InvalidURL
from hitsvc.http1 import ReadyHeaders
from hitsvc.request import Target, Visit, as_meant
from hitsvc.resources import CountReader, CountResource, Pending
from hitsvc.services import Services

# 0.5 kB each, 2.3 kB if every query is that long: 38 MB. Longer ones are the app's.
_CACHED_QUERIES = 16_384
_CACHED_QUERY_LENGTH = 512


class TakenRequest(NamedTuple):
    """A request that the express lane has taken.

    Attributes:
        pending: What Redis will say, and the answer it makes.
        fields: The header fields of every such answer.
    """

    pending: Pending
    fields: bytes

    @property
    def future(self) -> Future[Any]:
        """What the answer waits for."""
        return self.pending.future

    def response(self) -> tuple[bytes, bytes]:
        """Render the header fields and the body, once Redis has answered."""
        body, cookie = self.pending.answer()
        if cookie is None:
            return self.fields, body
        return b"%b\r\nset-cookie: %b" % (self.fields, cookie.encode()), body


class ExpressLane:
    """Takes the requests that need no app."""

    def __init__(
        self,
        resources: Mapping[str, CountResource],
        services: Services,
        headers: Mapping[str, ReadyHeaders],
    ) -> None:
        """Prepare all that is the same each time.

        Args:
            resources: What answers a GET, by path; those that answer with a count are
                taken, unless it has to be painted, which may have to wait.
            services: What these resources have in common.
            headers: What every such answer is sent with, by path.
        """
        self._resources = {
            path: (
                resource,
                # Which page an answer is of comes last.
                f"\r\ncontent-type: {resource.media_type}".encode()
                + headers[path].block
                + f"\r\n{PAGE_HEADER}: ".encode(),
            )
            for path, resource in resources.items()
            if isinstance(resource, CountReader) and not resource.renderer.painter
        }
        self._proxies = services.proxies
        self._looks = services.looks
        self._targets = services.targets
        self._cached_question = lru_cache(_CACHED_QUERIES)(self._question)

    def __call__(self, scope: dict[str, Any]) -> TakenRequest | None:
        """Take a request, or leave it to the app.

        Args:
            scope: Its ASGI scope.
        """
        found = self._resources.get(scope["path"])
        if found is None or scope["method"] != "GET":
            return None
        query = scope["query_string"]
        if len(query) > _CACHED_QUERY_LENGTH:
            return None
        question = self._cached_question(query)
        visit = Visit(scope, self._proxies)
        if question is None or visit.origin:
            return None
        resource, fields = found
        try:
            pending = resource.begin(visit, *question)
        except CounterBusy:
            return None
        # APPSEC: A key is printable ASCII, and at most 2,048 bytes of it.
        # PERF: 11 bytecodes of 1,450; kept with each query it would take 9 MB.
        return TakenRequest(pending, fields + question[0].key.encode())

    def _question(self, query: bytes) -> tuple[Target, Look] | None:
        """Read a query as Falcon does; `None` for one that names no URL."""
        text = as_meant(query).decode()
        params = parse_query_string(text, keep_blank=True, csv=False)
        try:
            return self._targets.find(params, ""), self._looks.parse(params)
        except InvalidURL:
            return None

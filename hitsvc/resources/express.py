"""The express lane: embedded badges and numbers, answered without coroutine or framework.

What `hitsvc.http1.protocol` asks before it calls the app. It takes what nearly all visitors
send, a GET of a badge or a number that names its URL, be it for a picture or by a script. All else, and every error, is the
app's, which does not ask Redis again where that was asked already. Middleware of the app
does not see what is taken.

Both ways begin and end in `hitsvc.resources.views`, so they cannot differ in what they count.

PERF: 11 us of CPU a hit over HTTP, system calls included, compiled; through Falcon it is 26.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from falcon.uri import parse_query_string

from hitsvc.answer import PAGE_HEADER, origin_headers
from hitsvc.badge import PLAIN, Look
from hitsvc.errors import CounterBusy, InvalidURL, VisitorsNotCounted
from hitsvc.http1 import NOTED, ReadyHeaders
from hitsvc.request import USER_AGENT, ShortAddresses, Target, Visit, as_meant
from hitsvc.resources.counts import CountReader, CountResource
from hitsvc.resources.pending import Pending
from hitsvc.resources.services import Services
from hitsvc.resources.views import Views

# 0.5 kB each, 2.3 kB if every query is that long: 38 MB. Longer ones are the app's.
_CACHED_QUERIES = 16_384
_CACHED_QUERY_LENGTH: Final = 512
# Sites whose pages ask by script; 1 kB each, for each of six paths.
_CACHED_ORIGINS = 1024
_CACHED_ORIGIN_LENGTH: Final = 256
_METHODS = frozenset(["GET", "POST"])


class TakenRequest:
    """A request that the express lane has taken.

    Attributes:
        future: What the answer waits for.
    """

    __slots__ = ("_fields", "_pending", "future")

    def __init__(self, pending: Pending, fields: bytes) -> None:
        """Take it.

        Args:
            pending: What Redis will say, and the answer it makes.
            fields: The header fields of every such answer.
        """
        self.future = pending.future
        self._pending = pending
        self._fields = fields

    def response(self) -> tuple[bytes, bytes]:
        """Render the header fields and the body, once Redis has answered."""
        body, cookie = self._pending.answer()
        if cookie is None:
            return self._fields, body
        return b"%b\r\nset-cookie: %b" % (self._fields, cookie.encode()), body


class _Lane:
    """What is the same for all requests of one path.

    Attributes:
        views: What answers them.
        methods: Those of their methods that are taken.
        fields: The header fields of an answer, up to the name of its page.
        fields_for: The same for what a page of an origin asks for by script.
    """

    __slots__ = ("_headers", "fields", "fields_for", "media_type", "methods", "views")

    def __init__(self, resource: CountReader, headers: ReadyHeaders) -> None:
        self.views: Views = resource.views
        self.media_type = resource.media_type
        self.methods = _METHODS.intersection(resource.methods.split(", "))
        self._headers = headers
        self.fields = self._render([])
        self.fields_for = lru_cache(_CACHED_ORIGINS)(self._fields_for)

    def _fields_for(self, origin: str) -> bytes:
        # APPSEC: What llhttp took for a value has no line break in it.
        return self._render(origin_headers(origin))

    def _render(self, own: Iterable[tuple[str, str]]) -> bytes:
        """Render the fields; which page an answer is of comes last."""
        names = self._headers.names.intersection(name.encode() for name, _ in own)
        lines = [("content-type", self.media_type), *own]
        said = "".join(f"\r\n{name}: {value}" for name, value in lines)
        ready = self._headers.block_without(names)
        return said.encode("latin-1") + ready + f"\r\n{PAGE_HEADER}: ".encode()


class ExpressLane:
    """Takes the requests that need no app.

    Attributes:
        reads: The names of the header fields that it looks at.
    """

    def __init__(
        self,
        resources: Mapping[str, CountResource],
        services: Services,
        headers: Mapping[str, ReadyHeaders],
        short: ShortAddresses,
    ) -> None:
        """Prepare all that is the same each time.

        Args:
            resources: What answers a GET, by path; those that answer with a count are
                taken, unless it has to be painted, which may have to wait.
            services: What these resources have in common.
            headers: What every such answer is sent with, by path.
            short: Spells short addresses out.
        """
        self._short = short
        self._resources = {
            path: _Lane(resource, headers[path])
            for path, resource in resources.items()
            if isinstance(resource, CountReader) and not resource.renderer.painter
        }
        self.reads = Visit.READS
        if not (services.uncounted or services.claim):
            self.reads -= {USER_AGENT}
        self._proxies = services.proxies
        self._looks = services.looks
        self._targets = services.targets
        self._cached_question = lru_cache(_CACHED_QUERIES)(self._question)

    def __call__(self, scope: dict[str, Any]) -> TakenRequest | None:
        """Take a request, or leave it to the app.

        Args:
            scope: Its ASGI scope.
        """
        lane = self._resources.get(scope["path"])
        if lane is None:
            return self(scope) if self._short.expand(scope) else None
        if scope["method"] not in lane.methods:
            return None
        query = scope["query_string"]
        if len(query) > _CACHED_QUERY_LENGTH:
            return None
        question = self._cached_question(query)
        if question is None:
            return None
        visit = Visit(scope, self._proxies, scope.get(NOTED))
        fields = lane.fields
        if visit.origin:
            if len(visit.origin) > _CACHED_ORIGIN_LENGTH:
                return None
            fields = lane.fields_for(visit.origin)
        try:
            target, look = question
            pending = lane.views.begin(visit, target, look)
        except (CounterBusy, VisitorsNotCounted):
            return None
        # APPSEC: A key is printable ASCII, and at most 2,048 bytes of it.
        # PERF: 11 bytecodes of 1,450; kept with each query it would take 9 MB.
        return TakenRequest(pending, fields + target.key.encode())

    def _question(self, query: bytes) -> tuple[Target, Look] | None:
        """Read a query as Falcon does; `None` for one that names no URL."""
        try:
            if target := self._targets.find_simple(query):
                return target, PLAIN
            text = as_meant(query).decode()
            params = parse_query_string(text, keep_blank=True, csv=False)
            return self._targets.find(params, ""), self._looks.parse(params)
        except InvalidURL:
            return None

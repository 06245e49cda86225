"""What a case of HTTP is, and short words for the tables of them in `tests.http.cases`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.support.proxies import NAME

# Pages that a request may count. The runner gives each case its own, as long as these.
PAGE = b"page0000.example"
# This one is hidden where no reading of the bytes that is right finds a request.
EVIL = b"evil0000.example"
# And this one where a request may be found, though we are to stop before it.
AFTER = b"next0000.example"
# The runner puts in what /hits.js has.
ETAG = b"<ETAG>"

CRLF = b"\r\n"
HOST = b"Host: %b" % NAME.encode()
COUNT = b"/count?url=" + PAGE
READ = b"/nocount?url=" + PAGE

Statuses = int | Iterable[int]


class Then(Enum):
    """What becomes of the connection."""

    OPEN = "the next request on it is answered"
    CLOSED = "it ends"
    ANY = "it may end; if it does not, the next request on it is answered"
    SILENT = "nothing comes: the request is not over"


class Verdict(Enum):
    """What is right."""

    TAKEN = "the request is valid: every server answers it so"
    REFUSED = "it is not: we refuse it"
    FREE = "it may be taken or refused"


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes of a client, and what is right to do about them.

    Attributes:
        name: What is special about them.
        section: Where that is said: the RFC's number (6265 is 6265bis) and its section.
        data: The bytes.
        verdict: Whether they must be taken.
        right: The statuses that each answer may have.
        then: What becomes of the connection.
        hits: How often `PAGE` may have been counted.
        heads: Which of the requests are HEAD, so that their answers have no body.
        more: What is sent when there is an answer, final or not.
        interim: The interim answers that come.
        fields: Patterns of the last answer's fields; None for one that may not be there.
        body: A pattern of the last answer's body.
        split: Each byte is sent for itself.
    """

    name: str
    section: str
    data: bytes
    verdict: Verdict
    right: tuple[frozenset[int], ...]
    then: Then
    hits: frozenset[int]
    heads: frozenset[int] = frozenset()
    more: bytes = b""
    interim: tuple[int, ...] = ()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    body: bytes | None = None
    split: bool = False


def takes(
    name: str,
    section: str,
    data: bytes,
    *right: Statuses,
    then: Then = Then.OPEN,
    hits: Iterable[int] | None = None,
    **more: Any,
) -> Case:
    """Make a case of what must be taken; each hit of `PAGE` in it counts."""
    if hits is None:
        hits = [data.count(COUNT) - data.count(b"HEAD " + COUNT)]
    return _case(name, section, data, Verdict.TAKEN, right or (200,), then, hits, more)


def refuses(
    name: str,
    section: str,
    data: bytes,
    *right: Statuses,
    then: Then = Then.CLOSED,
    hits: Iterable[int] = (0,),
    **more: Any,
) -> Case:
    """Make a case of what is to be refused, with 400 as a rule."""
    return _case(
        name, section, data, Verdict.REFUSED, right or (400,), then, hits, more
    )


def may(
    name: str,
    section: str,
    data: bytes,
    *right: Statuses,
    then: Then = Then.ANY,
    hits: Iterable[int] | None = None,
    **more: Any,
) -> Case:
    """Make a case of what may be taken or refused."""
    hits = range(data.count(COUNT) + 1) if hits is None else hits
    right = right or ((200, 400),)
    return _case(name, section, data, Verdict.FREE, right, then, hits, more)


def _case(
    name: str,
    section: str,
    data: bytes,
    verdict: Verdict,
    right: tuple[Statuses, ...],
    then: Then,
    hits: Iterable[int],
    more: dict[str, Any],
) -> Case:
    heads = frozenset([0] if data.startswith(b"HEAD ") else [])
    if then is Then.SILENT:
        right = ()
    answers = tuple(frozenset([r] if isinstance(r, int) else r) for r in right)
    some: dict[str, Any] = {"heads": heads} | more
    return Case(name, section, data, verdict, answers, then, frozenset(hits), **some)


def request(
    *fields: bytes,
    method: bytes = b"GET",
    target: bytes = COUNT,
    version: bytes = b"HTTP/1.1",
    host: bytes | None = HOST,
    body: bytes = b"",
) -> bytes:
    """Write a request: a line, a Host if there is to be one, these fields, a body."""
    line = b" ".join([method, target, version])
    lines = [line, *([] if host is None else [host]), *fields, b"", b""]
    return CRLF.join(lines) + body


def get(*fields: bytes, target: bytes = COUNT) -> bytes:
    """Write a GET."""
    return request(*fields, target=target)


def post(body: bytes, *fields: bytes, target: bytes = COUNT) -> bytes:
    """Write a POST with a body, whose end these fields may tell."""
    return request(*fields, method=b"POST", target=target, body=body)


def sized(body: bytes, *fields: bytes, target: bytes = COUNT) -> bytes:
    """Write a POST with a body of known length."""
    return post(body, *fields, b"Content-Length: %d" % len(body), target=target)


def chunked(body: bytes, *fields: bytes) -> bytes:
    """Write a POST with a body in chunks, written as they are sent."""
    return post(body, b"Transfer-Encoding: chunked", *fields)


# Requests that stand where no request is.
HIDDEN = get(target=b"/count?url=" + EVIL)
FOLLOWING = get(target=b"/count?url=" + AFTER)

"""Short addresses: what is counted is what was asked for, spelled out once."""

from typing import Any

from falcon.uri import parse_query_string

from hitsvc.errors import InvalidURL
from hitsvc.request import Identity, ShortAddresses, as_meant
from hitsvc.request.query import printable

_IDENTITY = Identity("p,id", hosts="intranet")
_SHORT = ShortAddresses(_IDENTITY, "/base", ["/count/tag.svg", "/p"])
_BADGE = "/count/tag.svg"


def TestOneInput(data: bytes) -> None:
    """Spell an address out: a path, and in the next line its query."""
    path, _, query = data.partition(b"\n")
    path = path.partition(b"?")[0]
    scope: dict[str, Any] = {
        "raw_path": b"/" + path,
        "path": "/",
        "query_string": query,
    }
    before = scope.copy()
    if not _SHORT.expand(scope):
        assert scope == before, "another address is changed"
        return
    after = scope.copy()
    assert scope["path"] == _BADGE
    assert not _SHORT.expand(scope)
    assert scope == after, "it is spelled out twice"
    params = parse_query_string(
        as_meant(scope["query_string"]).decode(), keep_blank=True, csv=False
    )
    named = params["url"]
    assert isinstance(named, str), "two pages"
    page, ending, asked = named.partition("?")
    assert asked == printable(query)
    assert bool(ending) is bool(query)
    try:
        key = _IDENTITY.key(named)
    except InvalidURL:
        return
    assert _SHORT.begins_with_host(page.encode())
    assert _IDENTITY.key(key) == key

"""Queries as they were meant: nothing that was sent becomes a character that was not."""

from urllib.parse import unquote_to_bytes

from falcon.uri import parse_query_string

from hitsvc.badge import LookParser
from hitsvc.errors import InvalidURL
from hitsvc.request import TargetFinder, as_meant

_REPLACED = "\ufffd"


def TestOneInput(data: bytes) -> None:
    """Read a query of any bytes, and find its page and its look."""
    meant = as_meant(data)
    assert meant.isascii(), "Falcon cannot decode it"
    assert len(meant) <= 5 * len(data)
    assert as_meant(meant).count(b"&") == meant.count(b"&")
    params = parse_query_string(meant.decode(), keep_blank=True, csv=False)
    if _REPLACED in str(params):
        assert _REPLACED.encode() in unquote_to_bytes(data), "bytes are lost"
    LookParser().parse(params)
    try:
        key, _ = TargetFinder().find(params, "")
    except InvalidURL:
        return
    assert key.isascii()
    assert key.isprintable()
    assert not set(key) & set(" {}"), "no hash tag can have it"

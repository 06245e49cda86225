"""The URL policy: one page, one key, whatever is sent."""

import re

from hitsvc.admin.importers import key_of
from hitsvc.errors import InvalidURL
from hitsvc.request import normalise
from hitsvc.request.urls import MAX_KEY_BYTES

_KEY = re.compile(
    r"(?:[a-z0-9_-][a-z0-9_.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?"
    r"(?:/(?:[!-$&-z|~]|%[0-9A-F]{2})*)?",
    re.ASCII,
)


def TestOneInput(data: bytes) -> None:
    """Normalise a text, in which any bytes may stand."""
    raw = data.decode("utf-8", "surrogateescape")
    try:
        key = normalise(raw)
    except InvalidURL:
        return
    assert _KEY.fullmatch(key), f"no key: {key!r}"
    assert len(key) <= MAX_KEY_BYTES
    assert not key.endswith("/")
    for spelling in (key, f"//{key}", f" {key}\n", f"{key}?a=b#c", f"{key}//"):
        assert _again(spelling) in (key, None), f"{spelling!r} is another page"
    assert normalise(key) == key
    assert key_of(raw) == key, "importers name it otherwise"


def _again(spelling: str) -> str | None:
    """Normalise what may be too long now."""
    try:
        return normalise(spelling)
    except InvalidURL:
        assert len(spelling) > MAX_KEY_BYTES, f"{spelling!r} is refused"
        return None

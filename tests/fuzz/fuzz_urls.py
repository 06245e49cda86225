"""The URL policy: one page, one key, whatever is sent and whatever the settings are."""

import re

from hitsvc.admin.importers import keys_by
from hitsvc.errors import InvalidURL, URLTooLong
from hitsvc.request import PLAIN, Identity
from hitsvc.request.urls import MAX_KEY_BYTES

_KEY = re.compile(
    r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?"
    r"(?:/(?:[!-$&-z|~]|%[0-9A-F]{2})*)?",
    re.ASCII,
)
_POLICIES = (
    PLAIN,
    Identity("p,id,a.b:x,*.c.d:y"),
    Identity(hash_routes=True),
    Identity(fold_www=True, fold_index=True, fold_sessions=True),
    Identity(
        "p,id",
        hash_routes=True,
        fold_www=True,
        fold_index=True,
        fold_sessions=True,
        hosts="intranet",
    ),
)


def TestOneInput(data: bytes) -> None:
    """Make a key of a text, in which any bytes may stand, by each policy."""
    raw = data.decode("utf-8", "surrogateescape")
    for identity in _POLICIES:
        _check(raw, identity)


def _check(raw: str, identity: Identity) -> None:
    try:
        key = identity.key(raw)
    except InvalidURL:
        return
    assert _KEY.fullmatch(key), f"no key: {key!r}"
    assert len(key) <= MAX_KEY_BYTES
    path = key.partition("?")[0].partition("#")[0]
    assert not path.endswith("/") or path != key  # "a.example/?p=1"
    assert identity.key(key) == key
    assert keys_by(identity)(raw) == key, "importers name it otherwise"
    spellings = [key, f"//{key}", f" {key}\n"]
    if "?" not in key and "#" not in key:
        spellings += [f"{key}?a=b#c", f"{key}//"]
    for spelling in spellings:
        assert _again(spelling, identity) in (key, None), (
            f"{spelling!r} is another page"
        )


def _again(spelling: str, identity: Identity) -> str | None:
    """Make a key of what may be too long now."""
    try:
        return identity.key(spelling)
    except URLTooLong:
        assert len(spelling) > MAX_KEY_BYTES, f"{spelling!r} is refused"
        return None

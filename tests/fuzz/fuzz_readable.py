"""Addresses as people write them: never another address, never anything invisible."""

import re
from unicodedata import category
from urllib.parse import quote

from hitsvc.drawing import readable
from hitsvc.errors import InvalidURL
from hitsvc.request import normalise

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_MARK = "\u200e"


def TestOneInput(data: bytes) -> None:
    """Read an address, and show it."""
    text = data.decode("utf-8", "replace")
    assert isinstance(readable(text), str)
    try:
        key = normalise(text)
    except InvalidURL:
        return
    shown = readable(key).replace(_MARK, "")
    for char in shown:
        assert char.isascii() or category(char)[0] in "LMNP", ascii(char)
    host, _, path = key.partition("/")
    labels, _, segments = shown.partition("/")
    assert _NOT_ASCII.sub(lambda match: quote(match[0]), segments) == path
    for label, decoded in zip(host.split("."), labels.split("."), strict=True):
        name, _, port = decoded.partition(":")
        if decoded != label:
            again = f"xn--{name.encode('punycode').decode()}"
            assert label == (f"{again}:{port}" if port else again)

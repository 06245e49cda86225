"""Links that an operator names: ``Imprint=https://…; Privacy=https://…``."""

import re

_MOST_LINKS = 3
_LONGEST_NAME = 40
# APPSEC: No other scheme: `javascript:` would run on our pages.
_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@[^\s@])\S*", re.IGNORECASE)


def links(text: str) -> list[tuple[str, str]]:
    """Read a list of links.

    Args:
        text: ``NAME=ADDRESS``, separated by semicolons.

    Returns:
        Names and addresses, in their order.

    Raises:
        ValueError: It is none; the message says what of it.
    """
    found = []
    for entry in filter(None, map(str.strip, text.split(";"))):
        name, equals, address = map(str.strip, entry.partition("="))
        if not equals or not name:
            msg = f"{entry!r} is not NAME=ADDRESS"
            raise ValueError(msg)
        if len(name) > _LONGEST_NAME:
            msg = f"{name!r} has more than {_LONGEST_NAME} characters"
            raise ValueError(msg)
        if not _ADDRESS.fullmatch(address):
            msg = f"{address!r} is no address that begins with https://, http:// or mailto:"
            raise ValueError(msg)
        found.append((name, address))
    if len(found) > _MOST_LINKS:
        msg = f"more than {_MOST_LINKS} links"
        raise ValueError(msg)
    return found


def check_links(text: str) -> str:
    """Pass on what is a list of links; see `links`.

    Raises:
        ValueError: It is none.
    """
    links(text)
    return text

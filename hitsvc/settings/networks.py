"""Settings that are lists of addresses and networks."""

from ipaddress import ip_network


def networks(text: str) -> str:
    """Check a list of addresses and networks, separated by commas.

    Raises:
        ValueError: One of them is neither.
    """
    for name in map(str.strip, text.split(",")):
        if name:
            ip_network(name)
    return text


def networks_or_star(text: str) -> str:
    """Check such a list, in which ``*`` is all.

    Raises:
        ValueError: One of them is neither.
    """
    names = (name for name in text.split(",") if name.strip() != "*")
    networks(",".join(names))
    return text

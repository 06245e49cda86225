"""Settings that are lists of addresses and networks."""

from ipaddress import ip_network


def networks(text: str) -> str:
    """Check a list of addresses and networks, separated by commas.

    Raises:
        ValueError: One of them is neither.
    """
    for name in map(str.strip, text.split(",")):
        if name:
            _network(name)
    return text


def networks_or_star(text: str) -> str:
    """Check such a list, in which ``*`` is all.

    Raises:
        ValueError: One of them is neither.
    """
    names = (name for name in text.split(",") if name.strip() != "*")
    networks(",".join(names))
    return text


def _network(name: str) -> None:
    try:
        ip_network(name)
    except ValueError as ex:
        msg = f"{name!r} is no address and no network"
        try:
            msg += f" (perhaps {ip_network(name, strict=False)})"
        except ValueError:
            raise ValueError(msg) from ex
        raise ValueError(msg) from ex

"""Lists of sites: what is allowed, what is denied, and what is no host."""

from hitsvc.errors import InvalidURL
from hitsvc.request import Identity, Sites, normalise
from hitsvc.request.lists import ANY_SUBDOMAIN, entries


def TestOneInput(data: bytes) -> None:
    """Read two lists and a page, one a line."""
    lines = data.decode("utf-8", "surrogateescape").split("\n", 2)
    allowed, denied, page = (*lines, "", "")[:3]
    try:
        sites = Sites(allowed, denied)
    except ValueError:
        listed = [*entries(allowed), *entries(denied)]
        assert any(map(_refusal, listed)), "no entry of them is wrong"
        return
    # Both lists say which names are hosts although they have no dot.
    identity = Identity(hosts=f"{allowed},{denied}")
    host_of = identity.host
    only_allowed = Sites(allowed, identity=identity)
    only_denied = Sites(denied=denied, identity=identity)
    for entry in entries(allowed):
        host = host_of(entry.removeprefix(ANY_SUBDOMAIN))
        assert (host in sites) is (host in only_denied)
        if entry.startswith(ANY_SUBDOMAIN):
            assert f"a.b.{host}" in only_allowed
    for entry in entries(denied):
        assert host_of(entry.removeprefix(ANY_SUBDOMAIN)) not in sites
    try:
        site = normalise(page).partition("/")[0]
    except InvalidURL:
        return
    inside = site in sites
    assert inside is (site in only_allowed and site in only_denied)
    assert (site in Sites(site)) is True
    assert (site in Sites(denied=site)) is False


def _refusal(entry: str) -> str:
    """Return why an entry is none, even alone; empty if it is one."""
    try:
        Sites(entry)
    except ValueError as ex:
        said = str(ex)
    else:
        said = ""
    assert not said or repr(entry) in said
    return said

"""A badge's look: any query draws a picture that is one, and does nothing."""

from falcon.uri import parse_query_string

from hitsvc.badge import PLAIN, BadgeMaker, LookParser, ignored
from tests.fuzz.svg import check_svg

_MAKER = BadgeMaker()
_MOST_BYTES = 40_000


def TestOneInput(data: bytes) -> None:
    """Draw what a query asks for; the count comes before it, in a line."""
    line, _, query = data.partition(b"\n")
    total = min(int.from_bytes(line[:8]), 2**63 - 1)
    today = min(int.from_bytes(line[8:16]), total)
    params = parse_query_string(query.decode("latin-1"), keep_blank=True, csv=False)
    look = LookParser().parse(params)
    assert look is PLAIN or look != PLAIN
    nonsense = ignored(params)
    sensible = {name: params[name] for name in params if name not in nonsense}
    assert LookParser().parse(sensible) == look, "what was named says something"
    svg = _MAKER.draw(look, total, today)
    assert len(svg) < _MOST_BYTES
    shown = check_svg(svg).findtext("{http://www.w3.org/2000/svg}title") or ""
    assert shown.casefold().endswith(look.text(total, today).casefold())
    assert _MAKER.draw(look, total, today) == svg
    if look is PLAIN:
        assert _MAKER.count(total) == svg
    check_svg(_MAKER.error(query.decode("latin-1")[:64], look))

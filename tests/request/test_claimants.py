"""What workers share, where visitors are told by claims."""

import logging

from hitsvc.counting import Calendar, DayKeys
from hitsvc.request import BeforeFork, Clients, TrustedProxies, Visit
from hitsvc.request.claimants import claims_of

PROXIES = TrustedProxies("192.0.2.1")
CLIENTS = Clients(PROXIES)


def visit(peer: str) -> Visit:
    """Make the visit of somebody without headers."""
    return Visit({"client": (peer, 1), "headers": [], "scheme": "http"}, PROXIES)


def test_workers_with_the_same_keys_name_a_claim_alike():
    """Others name it otherwise."""
    shared = BeforeFork(day_keys=DayKeys(60))
    names = []
    for share in (shared, shared, BeforeFork()):
        claim = claims_of("both", 60, CLIENTS, share, Calendar())
        assert claim is not None
        names.append(claim(visit("198.41.7.9"), "a.example"))

    assert names[0] == names[1] != names[2]


def test_what_another_worker_has_said_is_not_said_again(caplog):
    """That visitors are not known."""
    caplog.set_level(logging.WARNING)
    claim = claims_of(
        "claim", 60, CLIENTS, BeforeFork(tells_of_visitors=lambda: False), Calendar()
    )
    assert claim is not None

    assert claim(visit("192.0.2.1"), "a.example") is None
    assert caplog.messages == []

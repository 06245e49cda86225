"""Claims over a real service: its workers are as one."""

import pytest

from tests.support.service import PATIENT, StartService
from tests.support.visitors import visit

pytestmark = pytest.mark.service
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}


@pytest.mark.parametrize("refresh", ["claim", "both"])
def test_a_refresh_may_reach_any_worker(service: StartService, refresh: str) -> None:
    """They share the key: each connection is one to whichever takes it."""
    env = {"HITSVC_REFRESH": refresh, "HITSVC_FORWARDED_ALLOW_IPS": "192.0.2.1"}
    running = service(workers=3, env=PATIENT | env)

    shown = {
        visit(running.url, "/count?url=example.com", headers=AGENT).body
        for _ in range(30)
    }

    assert shown == {"1"}
    assert running.get("/nocount?url=example.com") == "1"

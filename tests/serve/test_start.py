"""What a start does not import: nobody waits, and no worker has memory, for what no hit needs."""

# ruff: noqa: S603 - starts our own program

import json
import subprocess
import sys

import pytest

# Module → who imports it, and when.
LATER = {
    "redis": "the dashboard; TLS to a store; a client that somebody gives",
    "fakeredis": "--store memory",
    "hitsvc.admin": "the dashboard, public sums of sites, other commands",
    "hitsvc.dashboard.routes": "the first visit to the dashboard or its API",
    "hitsvc.sites": "HITSVC_SITE_STATS",
    "simplepycons": "the first badge with a logo; their names are read from files",
}
_START = """
import json, sys
import hitsvc.cli.main, hitsvc.cli.serve, hitsvc.serve.server
from hitsvc.access import Keyring, Operator, Tokens
from hitsvc.app import create_app
from hitsvc.settings import Settings

settings = Settings.load({"HITSVC_ADMIN_TOKEN": "write-0123456789abcdef0123456789"})
settings = settings.model_copy(update={"redis_url": "unix:///run/no-such-store.sock"})
create_app(settings, operator=Operator(Keyring(Tokens(settings.admin_token, ""))))
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(name="imported", scope="module")
def _imported() -> set[str]:
    """What is there when a service with an operator's token listens."""
    done = subprocess.run(
        [sys.executable, "-c", _START], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", LATER)
def test_what_a_hit_does_not_need_comes_later(imported, module):
    """A module that is imported at the top of another takes part in each start."""
    assert module not in imported


def test_what_a_hit_needs_is_there(imported):
    """Before workers are forked: they share its memory."""
    assert {"hitsvc.resources.express", "hitsvc.store.wire", "httptools"} <= imported

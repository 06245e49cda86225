"""A full disk and a killed store, one after the other."""

import tempfile
from pathlib import Path

import pytest

from tests.faults.disk import full_disk
from tests.faults.targets import External
from tests.support.processes import eventually
from tests.support.visitors import visit

pytestmark = pytest.mark.service


@pytest.mark.parametrize(
    ("appendfsync", "loses"),
    [
        pytest.param("always", False, id="always"),
        # Valkey answers, finds out, and refuses what comes next until it can write.
        pytest.param("everysec", True, id="everysec"),
    ],
)
def test_what_a_full_disk_and_a_kill_lose(appendfsync, loses):
    """With always no hit is acknowledged that was not written; with everysec one is."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as directory,
        External(Path(directory), 1, appendfsync) as target,
    ):
        visits = [visit(target.service.url, "/count?url=example.com")]
        # It is written after the answer, and would find the disk full before a hit does.
        eventually(lambda: target.indexed("example.com"))
        with full_disk(target.store_pid):
            visits += [
                visit(target.service.url, "/count?url=example.com") for _ in range(5)
            ]
            target.kills["store"]()
        target.mend()
        (stored,) = target.stored(["example.com"]).values()

    acknowledged = [int(answer.body) for answer in visits if answer.status == 200]
    assert (len(acknowledged) > stored.total) is loses

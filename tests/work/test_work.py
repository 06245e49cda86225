"""What a client chooses bounds what it costs: no request is 200 times a plain hit."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hitsvc.png import open_painter
from hitsvc.resources.many import MAX_BYTES
from tests.support.valkey import Valkey
from tests.work.everything import EVERYTHING
from tests.work.requests import MAX_HEAD, MAX_TARGET, PAINTED, WORST

ROOT = Path(__file__).parents[2]
MOST = 200
# Of a picture, as another one: as many more letters as there may be.
MOST_OF_A_PICTURE = 8

_TOTALS = re.compile(r"^totals: (\d+)$", re.MULTILINE)


@pytest.fixture(scope="module", name="costs")
def _costs(
    tmp_path_factory: pytest.TempPathFactory, valkey: Valkey
) -> Mapping[str, float]:
    """How many instructions a request of each kind costs."""
    if not shutil.which("valgrind"):
        pytest.skip("instructions are counted with valgrind")
    out = tmp_path_factory.mktemp("callgrind") / "out"
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
    command += [f"--callgrind-out-file={out}", "--dump-before=getpgid"]
    command += [sys.executable, "-m", "tests.work.count", f"unix://{valkey.socket}"]
    result = subprocess.run(  # noqa: S603 - our own program
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    costs = {}
    for place, line in enumerate(result.stdout.splitlines()):
        times, _, name = line.split("\t")
        # Two files each: what was between the requests, and they.
        found = _TOTALS.search(Path(f"{out}.{2 * place + 2}").read_text())
        assert found
        costs[name] = int(found[1]) / int(times)
    return costs


@pytest.mark.long
def test_every_request_is_counted(costs):
    """The instructions of each are known, and make sense."""
    pictures = ["painted", *PAINTED] if open_painter() else []
    assert costs.keys() == {"warm", "plain", *WORST, *pictures, *EVERYTHING}
    assert costs["plain"] == pytest.approx(costs["warm"], rel=0.5)
    assert min(costs.values()) > costs["plain"] / 4


@pytest.mark.long
@pytest.mark.parametrize("name", WORST | EVERYTHING)
def test_no_request_costs_more_than_so_many_hits(costs, name):
    """Whatever it is made of: what it asks for is bounded before it is looked at."""
    assert costs[name] / costs["plain"] <= MOST


@pytest.mark.long
@pytest.mark.parametrize("name", PAINTED)
def test_no_picture_costs_more_than_so_many_others(costs, name):
    """How long everything else waits for it; how often is the painter's affair."""
    if "painted" not in costs:
        pytest.skip("this needs the extra: png")
    assert costs[name] / costs["painted"] <= MOST_OF_A_PICTURE


@pytest.mark.parametrize("name", WORST | PAINTED | EVERYTHING)
def test_the_requests_are_of_the_size_that_is_allowed(name):
    """None larger, which would be refused unread."""
    request = (WORST | PAINTED | EVERYTHING)[name](1000)
    head, _, body = request.partition(b"\r\n\r\n")
    assert len(head) <= MAX_HEAD
    assert len(body) <= MAX_BYTES
    assert len(request.partition(b" HTTP/1.1\r\n")[0]) <= MAX_TARGET + len("POST ")

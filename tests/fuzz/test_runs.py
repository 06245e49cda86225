"""What a run of a fuzzer tells, of fuzzers that are little scripts."""

import sys

import pytest

from tests.fuzz.runs import Run, run

_COUNTS = "print('stat::number_of_executed_units: 1234')"
_LEARNS = "import pathlib; pathlib.Path(sys.argv[-2], 'new').write_bytes(b'x')"
_FINDS = (
    "[to] = [a.partition('=')[2] for a in sys.argv if a.startswith('-artifact_prefix')];"
    "open(to + 'crash-1', 'wb').write(b'bad'); sys.exit(77)"
)


@pytest.fixture(name="run_of")
def _run_of(tmp_path):
    def run_script(*statements: str) -> Run:
        script = ";".join(["import sys", *statements])
        start = [sys.executable, "-c", script]
        return run("x", start, tmp_path / "seeds", tmp_path / "kept", 1)

    return run_script


def test_it_tells_what_was_tried_and_learned(run_of):
    """Executions and corpus, and no finding."""
    done = run_of(_COUNTS, _LEARNS)

    assert (done.executions, done.corpus) == (1234, 1)
    assert (done.findings, done.failed) == ((), False)


def test_a_finding_is_kept(run_of):
    """As a file with the input, once: the next run tells its own."""
    done = run_of(_COUNTS, _FINDS)

    assert [path.read_bytes() for path in done.findings] == [b"bad"]
    assert done.failed
    assert run_of(_COUNTS).findings == ()


def test_a_fuzzer_that_does_not_start_has_failed(run_of):
    """It found nothing, but not because there is nothing."""
    done = run_of("raise SystemExit('no such fuzzer')")

    assert (done.executions, done.failed) == (0, True)
    assert "no such fuzzer" in done.output

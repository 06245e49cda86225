"""Temporary files, where there is no room for them."""

# ruff: noqa: S603, S607 - starts our own programs, and mount

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitsvc.admin.importers import ImportRefused, spooled

# Each page has 200 bytes, and 32 MB of them are in memory.
_SOURCES = {
    "rows": "gathered((Row(f'{i:0200}', None, 1) for i in range(250_000)), LeftOut(), in_memory=50_000)",
    "names": "distinct(([f'{i:0200}'] for i in range(250_000)), in_memory=50_000)",
}
_PROGRAM = """
from hitsvc.admin.importers import ImportRefused, LeftOut, Row, distinct, gathered
try:
    print(sum(1 for _ in {0}))
except ImportRefused as ex:
    print(ex)
"""


@pytest.fixture(name="full")
def _full(tmp_path: Path) -> Iterator[Path]:
    """A small file system, for those who may mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("source", _SOURCES.values(), ids=_SOURCES)
def test_large_sources_say_that_there_is_no_room(full: Path, source: str) -> None:
    """With what to do, and nothing of them comes out."""
    said = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(source)],
        env={**os.environ, "SQLITE_TMPDIR": str(full)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said == (
        "temporary files cannot be written: database or disk is full. Make room, or "
        "name another directory in TMPDIR\n"
    )


class _Full(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_stream_says_so_too() -> None:
    """It is copied before it is read."""
    with (
        pytest.raises(ImportRefused, match=r"space left on device\. Make room"),
        spooled(io.BufferedReader(_Full()), "standard input"),
    ):
        pass

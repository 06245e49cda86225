"""A power cut, as far as one can be played: the file as the disk was told to keep it.

A killed process leaves what it has written to the kernel, which a power cut takes
unless `fdatasync` had returned. So the store runs under strace, is killed, and its
append-only file is cut back to the bytes that were written before the last `fdatasync`
that returned had begun. What the disk itself does with its cache is not played.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_CALL = re.compile(r"^(\d+) +(\d+\.\d+) (write|fdatasync|fsync)\((\d+)<([^>]*)>")
_RESUMED = re.compile(r"^(\d+) +(\d+\.\d+) <\.\.\. (write|fdatasync|fsync) resumed>")
_RESULT = re.compile(r"= (-?\d+)")


@dataclass
class Durable:
    """What of a file has reached the disk for certain.

    Attributes:
        written: Bytes that were written.
        kept: Bytes that an `fdatasync` has confirmed.
        kept_at: When the last such `fdatasync` began, in seconds since the epoch.
        written_at: When the last bytes were written.
    """

    written: int = 0
    kept: int = 0
    kept_at: float = 0.0
    written_at: float = 0.0

    @property
    def unconfirmed(self) -> int:
        """How many bytes a power cut may take."""
        return self.written - self.kept

    @property
    def age_s(self) -> float:
        """How far back in time these may reach."""
        return self.written_at - self.kept_at if self.unconfirmed else 0.0


def durable(trace: str, name: str, begin: int = 0) -> Durable:
    """Read in a trace what a file would still hold after a power cut.

    Args:
        trace: What ``strace -f -ttt -y`` wrote.
        name: How the file's path ends.
        begin: How long the file was, and on the disk, when the trace began.
    """
    file = Durable(written=begin, kept=begin)
    begun: dict[str, tuple[float, int]] = {}  # an open fdatasync: when, after how much
    writing: set[str] = set()
    for line in trace.splitlines():
        if call := _CALL.match(line):
            thread, at, what, _, path = call.groups()
            if not path.endswith(name):
                continue
            if what == "write":
                writing.add(thread)
            else:
                begun[thread] = float(at), file.written
        elif call := _RESUMED.match(line):
            thread, at, what = call.groups()
        else:
            continue
        result = _RESULT.search(line)
        if result is None:  # it has begun, and another thread comes in between
            continue
        if what == "write":
            if thread in writing:
                writing.discard(thread)
                file.written += max(0, int(result[1]))
                file.written_at = float(at)
        elif thread in begun:
            at_s, bytes_ = begun.pop(thread)
            if result[1] == "0":
                file.kept, file.kept_at = bytes_, at_s
    return file


def cut_power(aof: Path, trace: Path, begin: int) -> Durable:
    """Take from a killed store's append-only file what was not kept.

    Args:
        aof: The file.
        trace: What strace wrote.
        begin: How long the file was, and on the disk, when the trace began.
    """
    file = durable(trace.read_text(errors="replace"), aof.name, begin)
    size = aof.stat().st_size
    assert file.kept <= size, f"{file.kept} of {size} bytes: the trace was misread"
    with aof.open("r+b") as handle:
        handle.truncate(file.kept)
    return file

"""What becomes of temporary files that cannot be written: a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from hitsvc.admin.importers.refused import ImportRefused


@contextmanager
def told_of_temporary_files(failure: type[Exception]) -> Iterator[None]:
    """Say what can be done where there is no room, or no directory, for them.

    Args:
        failure: What is raised then, and for nothing else.

    Raises:
        ImportRefused: One cannot be written.
    """
    try:
        yield
    except failure as ex:
        reason = str(getattr(ex, "strerror", None) or ex).lower()
        msg = (
            f"temporary files cannot be written: {reason}. Make room, or name another "
            "directory in TMPDIR"
        )
        raise ImportRefused(msg) from ex

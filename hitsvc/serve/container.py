"""Does a directory outlive the container that this process may be in?"""

from pathlib import Path

# What Docker and Podman leave at a container's root.
_MARKS = (".dockerenv", "run/.containerenv")


def goes_with_container(path: Path, root: Path = Path("/")) -> bool:
    """Tell whether a directory is a container's own, which is removed with it.

    Args:
        path: The directory.
        root: Where the file system begins.
    """
    if path.stat().st_dev != root.stat().st_dev:
        return False  # it is mounted there
    return any((root / mark).exists() for mark in _MARKS) or _is_layered(root)


def _is_layered(root: Path) -> bool:
    """Tell whether the root is layers of an image, as with any engine."""
    try:
        mounts = (root / "proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return False
    # A line has the place as its fifth word, and the type behind a lone dash.
    types = [
        line.partition(" - ")[2].split()[0] for line in mounts if line.split()[4] == "/"
    ]
    return types[-1:] == ["overlay"]

"""Does a directory outlive the container that this process may be in?"""

from pathlib import Path

# Where our image has the program, whatever engine runs it.
_OURS = "app/.venv/bin/hitsvc"


def goes_with_container(path: Path, root: Path = Path("/")) -> bool:
    """Tell whether a directory is removed with the container, one of our image.

    Args:
        path: The directory.
        root: Where the file system begins.
    """
    # A volume is another file system.
    return (root / _OURS).exists() and path.stat().st_dev == root.stat().st_dev

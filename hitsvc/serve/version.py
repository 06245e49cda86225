"""Which build of the service this is."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import hitsvc

# Compiled, if any module is.
_MODULE = Path("counting", "batch")


def version(package: Path = Path(hitsvc.__file__).parent) -> str:
    """Return the version, and whether the modules that a hit passes are compiled.

    Args:
        package: Where it is installed.
    """
    module = package / _MODULE
    compiled = any(module.with_suffix(end).exists() for end in EXTENSION_SUFFIXES)
    return f"{hitsvc.__version__} (compiled)" if compiled else hitsvc.__version__

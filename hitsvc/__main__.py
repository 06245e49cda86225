"""The program ``hitsvc``, also as ``python -m hitsvc``."""

import sys
from typing import NoReturn

from hitsvc.cli import give_way

# Commands that count hits themselves.
_SERVICES = {"serve", "demo"}


def main() -> NoReturn:
    """Run the command line."""
    if _SERVICES.isdisjoint(sys.argv[1:2]):
        give_way()
    from hitsvc.cli.main import main as run  # it takes long, and gives way meanwhile

    run()


if __name__ == "__main__":
    main()

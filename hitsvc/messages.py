"""What the command line says to the person who started it."""

import sys


def say(message: str) -> None:
    """Print a line on standard error, with the name of who says it."""
    print(f"hitsvc: {message}", file=sys.stderr, flush=True)

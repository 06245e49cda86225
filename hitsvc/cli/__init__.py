"""What a person types: one module for each command of ``hitsvc``.

`main` finds the command and turns whatever goes wrong into a line and an exit code. What
a command needs is imported when it runs: the rest is dear.
"""

from hitsvc.cli.main import main

__all__ = ["main"]

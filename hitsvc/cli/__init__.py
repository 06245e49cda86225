"""The command line: one module for each command of ``hitsvc``.

`main` finds the command, and turns each error into a line and an exit code. What a command
needs is imported when it runs, because importing everything takes long.
"""

from hitsvc.cli.giving_way import give_way

__all__ = ["give_way"]

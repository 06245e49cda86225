"""Runs the command line: ``python -m hitsvc``."""

from hitsvc.cli import main

main()

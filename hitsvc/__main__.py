"""Runs the command line: ``python -m hitsvc``."""

from hitsvc.cli.main import main

main()

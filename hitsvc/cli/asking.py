"""Talking to the store in a command: what goes wrong becomes a sentence."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import click

from hitsvc.admin import explained, open_client
from hitsvc.cli.stores import open_store
from hitsvc.settings import Settings


@contextmanager
def open_store_client(settings: Settings) -> Iterator[Any]:
    """Connect to the store of the settings; an embedded one is started if need be.

    Yields:
        A client as `open_client` makes it.

    Raises:
        StoreError: It cannot be reached, or has refused something.
    """
    with open_store(settings) as url, explained(), open_client(url) as client:
        yield client


@contextmanager
def counting_bar(label: str) -> Iterator[Callable[[int], None]]:
    """Show how much is done where nobody knows beforehand how much there is.

    Yields:
        What to tell how much more is done.
    """
    with click.progressbar(count(), label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update

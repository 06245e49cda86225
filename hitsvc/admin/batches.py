"""Cutting long work into batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

BATCH = 100


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut into lists of so many items; the last may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch

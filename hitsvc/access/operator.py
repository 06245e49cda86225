"""What a service that starts hands on to the operator's side of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hitsvc.access.tokens import Keyring


class OperatorStore(NamedTuple):
    """How the operator's side gets at the counts.

    Attributes:
        connect: Opens a connection, as `hitsvc.admin.open_client` does.
        sum: Computes the sums of all sites.
        end: Makes that stop.
        sleep: Waits for so many seconds.
    """

    connect: Callable[[], Any]
    sum: Callable[[], None]
    end: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep


class Operator(NamedTuple):
    """The operator's means.

    Attributes:
        keyring: Knows the tokens.
        settings: Each setting's value, without secrets, and where it is from.
        unknown: What is said of variables that are no settings.
        data_dir: Where an embedded store keeps its data.
        store: How its side gets at the counts, if not by the settings.
    """

    keyring: Keyring
    settings: Mapping[str, tuple[str, str]] = {}
    unknown: Sequence[str] = ()
    data_dir: Path | None = None
    store: OperatorStore | None = None

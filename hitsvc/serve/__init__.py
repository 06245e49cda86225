"""Processes: starts, watches and stops the web server, its workers and the embedded store.

`Keeper` runs an `EmbeddedStore` and the web server, and ends both together. The web server
itself, `hitsvc.serve.server`, is not imported here: importing gunicorn and the app takes
long, and the store starts meanwhile.
"""

from hitsvc.serve.console import say
from hitsvc.serve.container import goes_with_container
from hitsvc.serve.cpus import usable_cpus
from hitsvc.serve.datadir import DataDir, running_socket
from hitsvc.serve.embedded import EmbeddedStore
from hitsvc.serve.keeper import Keeper
from hitsvc.serve.listener import address_of, open_listener
from hitsvc.serve.logs import log_config
from hitsvc.serve.version import version

__all__ = [
    "DataDir",
    "EmbeddedStore",
    "Keeper",
    "address_of",
    "goes_with_container",
    "log_config",
    "open_listener",
    "running_socket",
    "say",
    "usable_cpus",
    "version",
]

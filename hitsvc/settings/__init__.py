"""The settings: read once from the environment into one frozen object.

Every variable is named ``HITSVC_<NAME>``. Each may instead be given as
``HITSVC_<NAME>_FILE``, the path of a file that holds the value, which keeps secrets
out of the environment. Nothing else reads it.
"""

from hitsvc.settings.environment import heeded, variable
from hitsvc.settings.links import links
from hitsvc.settings.mistakes import Right, mistake, right_of
from hitsvc.settings.model import Settings, unknown_variables
from hitsvc.settings.operator import strong
from hitsvc.settings.sources import DEFAULT_SOURCE, sources

__all__ = [
    "DEFAULT_SOURCE",
    "Right",
    "Settings",
    "heeded",
    "links",
    "mistake",
    "right_of",
    "sources",
    "strong",
    "unknown_variables",
    "variable",
]

"""The settings: read once from the environment into one frozen object.

Each variable is named ``HITSVC_<NAME>``. ``HITSVC_<NAME>_FILE`` may instead name a file that
holds the value, which keeps secrets out of the environment. No other package reads the
environment.
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

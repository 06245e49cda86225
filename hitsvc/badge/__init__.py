"""The badge: the picture that a page embeds to show its count.

`BadgeMaker` draws counts and errors as shields.io would. A `Look` says how a request wants
its badge drawn. Knows nothing of HTTP or Redis.
"""

from hitsvc.badge.icons import icon_names, installed_icons
from hitsvc.badge.looks import PLAIN, Look, LookParser, ignored
from hitsvc.badge.maker import BadgeMaker
from hitsvc.badge.templates import load_template

__all__ = [
    "PLAIN",
    "BadgeMaker",
    "Look",
    "LookParser",
    "icon_names",
    "ignored",
    "installed_icons",
    "load_template",
]

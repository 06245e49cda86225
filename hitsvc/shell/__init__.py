"""What all pages share: their frame, their style, and how they are sent.

`Shell` renders the templates of a package, which extend ``shell/base.html``. It serves the
package's files under names that change with their content.
"""

from hitsvc.shell.doors import Door, nobody
from hitsvc.shell.files import (
    HTML,
    ONE_DAY,
    SECURITY_HEADERS,
    Asset,
    FileResource,
    asset_of_file,
)
from hitsvc.shell.frame import Link, Shell, path_as_sent

__all__ = [
    "HTML",
    "ONE_DAY",
    "SECURITY_HEADERS",
    "Asset",
    "Door",
    "FileResource",
    "Link",
    "Shell",
    "asset_of_file",
    "nobody",
    "path_as_sent",
]

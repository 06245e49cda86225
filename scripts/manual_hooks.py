"""What MkDocs calls while it makes the manual.

Pages link to files of the project outside of ``docs/``, as on a Git host. The manual has
copies of them below ``source/``, so that it is whole wherever it is served.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from scripts import api_reference

ROOT = Path(__file__).parents[1]
COPIES = "source"
# [text](target): a link that leaves the page's directory.
_UP = re.compile(r"(\]\()(\.\./[^)#\s]+)")


def on_files(files: Any, *, config: Any) -> Any:
    """Add the page that is made of openapi.json."""
    files.append(File.generated(config, "api.md", content=api_reference.page()))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Lead links out of ``docs/`` to copies, and see that those are made.

    Args:
        markdown: The page's text.
        page: The page.
        config: The manual's configuration.
        files: All files of the manual; copies are added.

    Raises:
        PluginError: A link leads to no file of the project.
    """
    folder = posixpath.dirname(page.file.src_uri)

    def lead(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("docs", folder, match[2]))
        if path.startswith("docs/"):
            return match[0]
        if not (ROOT / path).is_file():
            msg = f"{page.file.src_uri}: {match[2]} is no file of the project"
            raise PluginError(msg)
        # A page of Markdown would be rendered, and its own links are not ours to follow.
        uri = f"{COPIES}/{path}" + ".txt" * path.endswith(".md")
        if files.get_file_from_path(uri) is None:
            files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))
        return match[1] + posixpath.relpath(uri, folder or ".")

    return _UP.sub(lead, markdown)

"""What finds the templates of packages, and renders them."""

from collections.abc import Iterable
from functools import cache
from types import CodeType

from jinja2 import (
    BytecodeCache,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket

from hitsvc.shell.breaking import breakable


class _Compiled(BytecodeCache):
    """Keeps what templates were compiled to, by their text.

    PERF: a template costs 2 to 8 ms, as much as all else of an app; the tests start
    thousands in one process.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template has been compiled."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in a bucket."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled() -> _Compiled:
    """Return the one of this process: what it keeps depends on nothing but the texts."""
    return _Compiled()


def environment(packages: Iterable[str]) -> Environment:
    """Return what finds the templates of some packages, and renders them.

    Args:
        packages: Their full names. A template is named by the last part of its
            package's name, and its file, such as ``pages/index.html``.
    """
    places = {name.rpartition(".")[2]: PackageLoader(name) for name in packages}
    made = Environment(
        loader=PrefixLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    made.filters["breakable"] = breakable
    return made

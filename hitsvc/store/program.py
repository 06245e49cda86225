"""Which program a store is, by what it says of itself.

Many speak Redis' protocol, and most give a ``redis_version`` that is no version of theirs:
Kvrocks said 4.0.0 for years, KeyDB 0.0.0. So that number is believed of Redis alone, and
what others can do is seen when it is asked for.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

# Those that give a version of their own, as `valkey_version`. (Not every such field is the
# program's: there are `gcc_version`, `rocksdb_version`, and those of modules.)
_OTHERS = (
    "dragonfly",
    "garnet",
    "keydb",
    "kvrocks",
    "pika",
    "redict",
    "upstash",
    "valkey",
)
_NAMES = {"keydb": "KeyDB"}


class Program(NamedTuple):
    """A program and its version.

    Attributes:
        name: For people.
        version: Its own, as it writes it; may be empty.
        is_redis: It is Redis itself.
    """

    name: str
    version: str
    is_redis: bool = False

    @classmethod
    def of(cls, info: Mapping[str, str]) -> Self:
        """Read what ``INFO`` answered."""
        version = info.get("redis_version", "")
        for name in _OTHERS:
            if own := info.get(f"{name}_version"):
                return cls(_named(name), own)
        # One whose name says nothing is Redis.
        name = info.get("server_name") or _executable(info) or "redis"
        return cls(_named(name), version, is_redis=name == "redis")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The first two numbers of the version."""
        parts = self.version.split(".")[:2]
        return tuple(int(part) for part in parts if part.isdecimal())

    def __str__(self) -> str:
        """Name it."""
        return f"{self.name} {self.version or '(no version)'}"


def _named(name: str) -> str:
    return _NAMES.get(name, name.capitalize())


def _executable(info: Mapping[str, str]) -> str:
    file = info.get("executable", "").rpartition("/")[2]
    return "redis" if "redis" in file else file.removesuffix("-server")

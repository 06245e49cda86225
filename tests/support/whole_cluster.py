"""A client of a whole cluster, for tests that ask what is in it as of a single store."""

from typing import Any, Self

from hitsvc.admin import open_client


class WholeCluster:
    """The operator's client, and what tests ask of all nodes."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._client = open_client(url)

    def __getattr__(self, name: str) -> Any:
        """Return what the operator's client has."""
        return getattr(self._client, name)

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close all connections."""
        self._client.close()

    def flushall(self) -> None:
        """Empty all nodes."""
        for primary in self._client.primaries():
            primary.flushall()

    def keys(self, pattern: str = "*") -> list[str]:
        """Name the keys of all nodes."""
        return [
            name
            for primary in self._client.primaries()
            for name in primary.keys(pattern)
        ]

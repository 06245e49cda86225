"""Views that come while a demonstration runs: requests, as pages send them."""

from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from random import Random
from urllib.parse import quote, urlsplit

from hitsvc.demo.story import Page

# Seconds between two views, at least and at most.
_LEAST_S, _MOST_S = 2.0, 8.0
_TIMEOUT_S = 5.0
_NAME = "hitsvc-demo"


class Visitors:
    """Readers of the made-up pages: each view is of another one, and counts."""

    def __init__(self, pages: Sequence[Page], seed: int) -> None:
        """Get ready.

        Args:
            pages: What they read, busy pages more often.
            seed: Decides who comes, and when.
        """
        self._keys = [page.key for page in pages]
        self._weights = [page.daily for page in pages]
        self._chance = Random(seed)  # noqa: S311 - no secret

    def view(self, service: str) -> float:
        """View a page.

        Args:
            service: The service's address, with the path that it is below.

        Returns:
            The seconds until the next view.
        """
        (key,) = self._chance.choices(self._keys, self._weights)
        # One that has not begun, or is about to stop: another visitor will come.
        with suppress(OSError, HTTPException):
            self._fetch(service, key)
        return self._chance.uniform(_LEAST_S, _MOST_S)

    def _fetch(self, service: str, key: str) -> None:
        address = urlsplit(service)
        client = HTTPConnection(address.netloc, timeout=_TIMEOUT_S)
        try:
            path = f"{address.path}/count/tag.svg?url={quote(key, safe='')}"
            client.request("GET", path, headers={"User-Agent": _NAME})
            client.getresponse().read()
        finally:
            client.close()

"""Running the scripts that change pages: one a page, in the page's slot."""

from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoPermissionError, ResponseError

from hitsvc.admin.client import script
from hitsvc.counting import Keys
from hitsvc.errors import ChangeRefused

# The years that a page may have days of. A script has to look for each, 0.4 us a year;
# nobody had a counter before 1970.
FIRST_YEAR, LAST_YEAR = 1970, 2099
YEARS = (FIRST_YEAR, LAST_YEAR)
# What scripts have in common beside ``page``.
_PARTS = {
    "move": ("visitors",),
    **dict.fromkeys(("take", "give", "give_back", "drop"), ("visitors", "aside")),
}


class Scripts:
    """The scripts of one store."""

    def __init__(self, client: Any, keys: Keys) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
        """
        self._client = client
        self._keys = keys
        self._texts: dict[str, str] = {}

    def run(self, name: str, pages: Sequence[str], *args: int | str) -> Any:
        """Run one, and return its reply.

        Args:
            name: Which.
            pages: The pages whose totals are its keys.
            *args: Its arguments.

        Raises:
            ChangeRefused: It would not; nothing has changed.
        """
        totals = [self._keys.page(page).total for page in pages]
        try:
            return self._client.eval(self._text(name), len(totals), *totals, *args)
        except NoPermissionError:
            raise
        except ResponseError as ex:
            msg = f"{pages[0]}: {reason(ex)}"
            raise ChangeRefused(msg) from ex

    def run_each(self, name: str, pages: Sequence[str], *args: int | str) -> list[Any]:
        """Run one for each of many pages.

        Returns:
            A reply a page; a `ResponseError` for one that was refused.
        """
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            pipeline.eval(self._text(name), 1, self._keys.page(page).total, *args)
        replies: list[Any] = pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, NoPermissionError):
                raise reply
        return replies

    def _text(self, name: str) -> str:
        if name not in self._texts:
            parts = "page", *_PARTS.get(name, ()), name
            self._texts[name] = "\n".join(map(script, parts))
        return self._texts[name]


def reason(error: ResponseError) -> str:
    """Return what a script has said, without the error's code."""
    return str(error).removeprefix("ERR ")

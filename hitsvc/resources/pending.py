"""Views that wait for Redis, and the answers that are made of what it says."""

from abc import abstractmethod
from typing import Any

from hitsvc.answer import CountRenderer
from hitsvc.badge import Look
from hitsvc.counting import Hit, Outcome, Reading, site_of
from hitsvc.request import CookieWriter, NewPages, Visit
from hitsvc.resources.further import Further


class Pending:
    """A view that waits for Redis.

    Attributes:
        future: What Redis will say.
    """

    __slots__ = ("future",)

    def __init__(self, future: Outcome[Any]) -> None:
        """Wait for this."""
        self.future = future

    @abstractmethod
    def answer(self) -> tuple[bytes, str | None]:
        """Make the answer, once Redis has said it, or raise why there is none.

        Returns:
            The body, and the value of ``Set-Cookie``, if there is one.
        """


class ReadAnswer(Pending):
    """A view that counts nothing."""

    __slots__ = ("_key", "_look", "_renderer")

    def __init__(
        self, future: Outcome[Any], renderer: CountRenderer, key: str, look: Look
    ) -> None:
        """Wait for this; the rest is for the answer."""
        super().__init__(future)
        self._renderer = renderer
        self._key = key
        self._look = look

    def answer(self) -> tuple[bytes, str | None]:
        """Make the answer; see `Pending.answer`."""
        seen: Reading = self.future.result()
        days = seen.days
        today = days[-1] if days else 0
        render = self._renderer.render
        return render(self._key, seen.total, today, self._look, sum(days)), None


class HitAnswer(Pending):
    """A view that is counted, unless its visitor has been."""

    __slots__ = (
        "_cookies",
        "_key",
        "_look",
        "_name",
        "_new_pages",
        "_renderer",
        "_secret",
        "_visit",
    )

    def __init__(
        self,
        future: Outcome[Any],
        renderer: CountRenderer,
        visit: Visit,
        key: str,
        look: Look,
        new_pages: NewPages,
        cookies: CookieWriter,
        name: str,
        secret: str | None,
    ) -> None:
        """Wait for this; the rest is for the answer."""
        super().__init__(future)
        self._renderer = renderer
        self._visit = visit
        self._key = key
        self._look = look
        self._new_pages = new_pages
        self._cookies = cookies
        self._name = name  # of the cookie
        self._secret = secret  # of the one that many pages share, if it is that

    def answer(self) -> tuple[bytes, str | None]:
        """Make the answer; see `Pending.answer`."""
        hit: Hit = self.future.result()
        number, visit = hit.number, self._visit
        if number == 1 and hit.counted:
            self._new_pages.made(site_of(self._key), visit.scope)
        today = hit.today or 0
        body = self._renderer.render(self._key, number, today, self._look, today)
        token = hit.token
        if not token:
            return body, None
        value = token if self._secret is None else self._secret
        return body, self._cookies.write(self._name, value, secure=visit.secure)


class FurtherAnswer(Pending):
    """A view whose answer tells more than what it began with."""

    __slots__ = ("_begun", "_further", "_key", "_look")

    def __init__(
        self,
        future: Outcome[Any],
        further: Further,
        begun: Pending,
        key: str,
        look: Look,
    ) -> None:
        """Wait for this; the rest is for the answer."""
        super().__init__(future)
        self._further = further
        self._begun = begun
        self._key = key
        self._look = look

    def answer(self) -> tuple[bytes, str | None]:
        """Make the answer; see `Pending.answer`."""
        known = self.future.result()
        body: bytes = self._further.render(self._key, self._look, known)
        _, cookie = self._begun.answer()
        return body, cookie

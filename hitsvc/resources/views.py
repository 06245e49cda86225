"""Views of counts: what is asked of Redis for one, and the answer that is made of it.

Whether a request came through Falcon or by the express lane makes no difference here.
"""

from abc import abstractmethod
from typing import Any

from hitsvc.answer import CountRenderer
from hitsvc.badge import PLAIN, Look
from hitsvc.counting import Asking, Hit, Outcome, Reading, site_of
from hitsvc.request import (
    CookieWriter,
    NewPages,
    Target,
    Visit,
    is_left_out,
    secure_name,
)
from hitsvc.resources.further import Further
from hitsvc.resources.services import Services


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


class Views:
    """Answers with the count of a page, and counts nothing."""

    def __init__(self, services: Services, renderer: CountRenderer) -> None:
        """Show what these services know, in this form."""
        self._counting = services.counter.counting
        self._renderer = renderer
        self._further = Further(services.counter, renderer)
        self._is_further = self._further.tells_visitors

    def begin(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Ask Redis for what a GET needs, but do not wait.

        Raises:
            CounterBusy: Too many wait already.
            VisitorsNotCounted: The look shows visitors, and they are not counted here;
                nothing has begun.
        """
        return self.begin_read(visit, target, look)

    def begin_read(self, _visit: Visit, target: Target, look: Look) -> Pending:
        """Ask Redis for the count, whoever visits; see `begin`."""
        if not (self._is_further or look.of_visitors):
            return self._read(target, look)
        asking = self._further.asking(target.key, look)
        read = self._read(target, PLAIN)
        return self._go_further(read, target, look, asking, counts=False)

    def _read(self, target: Target, look: Look) -> Pending:
        days = look.days or int(self._renderer.needs_today)
        future = self._counting.read(target.key, days=days)
        return _Read(future, self._renderer, target.key, look)

    def _go_further(
        self,
        pending: Pending,
        target: Target,
        look: Look,
        asking: Asking | None,
        *,
        counts: bool,
    ) -> Pending:
        """Ask for more than what has begun tells."""
        further = self._further
        known = further.begin(target.key, look, pending.future, asking, counts=counts)
        return _FurtherTold(known, further, pending, target.key, look)


class Hits(Views):
    """Counts a hit, and answers with its number."""

    def __init__(self, services: Services, renderer: CountRenderer) -> None:
        """Count with these services, and show numbers in this form."""
        super().__init__(services, renderer)
        self._shared = services.shared
        self._cookies = services.cookies
        self._new_pages = services.new_pages
        self._uncounted = services.uncounted
        self._claim = services.claim

    def begin(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Count the hit, unless its visitor was counted a moment ago; see `Views.begin`."""
        uncounted = self._uncounted
        if visit.prefetch or (uncounted is not None and uncounted(visit)):
            return self.begin_read(visit, target, look)
        if visit.cookies and is_left_out(visit):
            return self.begin_read(visit, target, look)
        if not (self._is_further or look.further):
            return self._hit(visit, target, look)
        asking = self._further.asking(target.key, look)
        hit = self._hit(visit, target, PLAIN)
        return self._go_further(hit, target, look, asking, counts=True)

    def _hit(self, visit: Visit, target: Target, look: Look) -> Pending:
        key, name = target
        if visit.secure:
            name = secure_name(name)
        presented: str | None = None
        secret: str | None = None
        remember: bool | str = not visit.private
        if visit.cookies:
            presented, shared = self._shared.carried(visit, key, name)
            if shared is not None:
                name, secret = shared.name, shared.secret
                remember = remember and shared.token
        new_pages = self._new_pages
        wanted = not new_pages.active or new_pages.admit(site_of(key), visit.scope)
        future = self._counting.hit(
            key,
            presented,
            remember=remember,
            today=self._renderer.needs_today or look.days > 0,
            new_pages=wanted,
            claim=self._claim(visit, key) if self._claim is not None else None,
        )
        cookies = self._cookies
        return _Hit(
            future, self._renderer, visit, key, look, new_pages, cookies, name, secret
        )


class _Read(Pending):
    """A view that counts nothing."""

    __slots__ = ("_key", "_look", "_renderer")

    def __init__(
        self, future: Outcome[Any], renderer: CountRenderer, key: str, look: Look
    ) -> None:
        super().__init__(future)
        self._renderer = renderer
        self._key = key
        self._look = look

    def answer(self) -> tuple[bytes, str | None]:
        seen: Reading = self.future.result()
        days = seen.days
        today = days[-1] if days else 0
        render = self._renderer.render
        return render(self._key, seen.total, today, self._look, sum(days)), None


class _Hit(Pending):
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


class _FurtherTold(Pending):
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
        super().__init__(future)
        self._further = further
        self._begun = begun
        self._key = key
        self._look = look

    def answer(self) -> tuple[bytes, str | None]:
        known = self.future.result()
        body: bytes = self._further.render(self._key, self._look, known)
        _, cookie = self._begun.answer()
        return body, cookie

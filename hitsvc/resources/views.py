"""Views of counts: what is asked of Redis for one.

Whether a request came through Falcon or by the express lane makes no difference here.
"""

from hitsvc.answer import CountRenderer
from hitsvc.badge import PLAIN, Look
from hitsvc.counting import Asking, site_of
from hitsvc.request import Target, Visit, is_left_out, secure_name
from hitsvc.resources.further import Further
from hitsvc.resources.pending import FurtherAnswer, HitAnswer, Pending, ReadAnswer
from hitsvc.resources.services import Services


class Views:
    """Answers with the count of a page, and counts nothing."""

    def __init__(self, services: Services, renderer: CountRenderer) -> None:
        """Show what these services know, in this form."""
        self._counting = services.counter.counting
        self._renderer = renderer
        self._further = Further(services.counter, renderer)
        self._tells_visitors = self._further.tells_visitors

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
        if not (self._tells_visitors or look.of_visitors):
            return self._read(target, look)
        asking = self._further.asking(target.key, look)
        read = self._read(target, PLAIN)
        return self._go_further(read, target, look, asking, counts=False)

    def _read(self, target: Target, look: Look) -> Pending:
        days = look.days or int(self._renderer.needs_today)
        future = self._counting.read(target.key, days=days)
        return ReadAnswer(future, self._renderer, target.key, look)

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
        return FurtherAnswer(known, further, pending, target.key, look)


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
        if not (self._tells_visitors or look.further):
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
        return HitAnswer(
            future, self._renderer, visit, key, look, new_pages, cookies, name, secret
        )

"""``/admin/settings``: what is set and by whom, and what could be wrong."""

import time
from collections.abc import Sequence

from falcon.asgi import Request, Response

from hitsvc.access import Operator
from hitsvc.admin import Finding, examine_disk, examine_store, examine_unheeded
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.web import Web, WebResource


class Examination(WebResource):
    """Shows settings and findings."""

    def __init__(self, web: Web, operator: Operator, trusted: str) -> None:
        """Prepare.

        Args:
            web: The common ground.
            operator: Knows the settings.
            trusted: The setting with the proxies that are.
        """
        super().__init__(web)
        self._operator = operator
        self._trusted = trusted

    async def on_get(self, req: Request, resp: Response) -> None:
        """Look, and tell."""
        session = self._web.session(req)
        why = await self._web.desk.why_read_only()
        findings = await self._web.desk.read(self._examine)
        if why:
            text = f"the dashboard can change nothing: {why}"
            findings = [*findings, Finding("rights", text, wrong=True)]
        self._web.show(
            req,
            resp,
            "settings",
            session,
            findings=findings,
            settings=self._operator.settings,
        )

    on_head = on_get

    def _examine(self, book: Book) -> Sequence[Finding]:
        operator = self._operator
        found = [Finding("settings", text, wrong=True) for text in operator.unknown]
        found += book.examined(
            lambda client, keys: [
                *examine_store(client, keys, time.time),
                *examine_unheeded(client, keys, self._trusted),
            ]
        )
        if operator.data_dir is not None:
            found.append(examine_disk(operator.data_dir))
        return found

"""What stands where PNGs would be, if the extra that makes them is not installed."""

from falcon import HTTPNotImplemented
from falcon.asgi import Request, Response

from hitsvc.resources.counts import CountResource


class NotInstalled(CountResource):
    """Stands where an extra would answer that is not installed, and says so."""

    async def on_get(self, _req: Request, _resp: Response) -> None:
        """Refuse, before anything is counted."""
        raise HTTPNotImplemented(
            title="501 no PNG here",
            description="this service makes no PNG: it was installed without hitsvc[png]",
        )

    async def on_head(self, req: Request, resp: Response) -> None:
        """Refuse."""
        await self.on_get(req, resp)


class NotInstalledTaker(NotInstalled):
    """Stands where hits would be taken."""

    methods = "GET, HEAD, OPTIONS, POST"

    async def on_post(self, req: Request, resp: Response) -> None:
        """Refuse."""
        await self.on_get(req, resp)

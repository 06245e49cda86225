"""The resource that reads many pages at once, for the script: ``POST /nocount.json``.

The body is a JSON array of URLs, the answer an array in the same order. What is wrong with
a page is said in its place and is nobody else's affair.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import falcon
from falcon.asgi import Request, Response

from hitsvc.answer import UNAVAILABLE, allow_origin, visitor_numbers
from hitsvc.counting import Asking, Outcome, Reading, Visitors
from hitsvc.errors import CounterUnavailable, InvalidURL, SiteNotCounted
from hitsvc.request import Visit
from hitsvc.resources.counts import HistoryReader

# APPSEC: Both bound the work: by the pages that Redis is asked for, and by what there is to
# parse. `tests/work` holds the dearest of these requests to what any other may cost.
MAX_PAGES = 100
MAX_BYTES = 16 * 1024

Readings = dict[str, Reading | CounterUnavailable]


class ManyReader(HistoryReader):
    """Answers with the history of a URL, or with the numbers of many; counts nothing."""

    methods = "GET, HEAD, OPTIONS, POST"

    async def on_post(self, req: Request, resp: Response) -> None:
        """Read the numbers of the URLs in the body.

        NOTE: The body's type does not matter. Browsers ask before they send one of JSON to
        another site (CORS preflight), but not before ``text/plain``.
        """
        visit = Visit(req.scope, self._proxies)
        urls = _urls(await req.stream.read(MAX_BYTES + 1))
        keys = [self._key(url) for url in urls]
        pages = list(dict.fromkeys(key for key in keys if isinstance(key, str)))
        asking = self._asking(pages)
        readings = await self._read(pages)
        visitors = {key: await asked.told() for key, asked in asking.items()}
        answers = [
            _answer(url, key, readings, visitors)
            for url, key in zip(urls, keys, strict=True)
        ]
        resp.data = json.dumps(answers).encode() + b"\n"
        resp.content_type = self.media_type
        if visit.origin:
            allow_origin(resp, visit.origin)

    def _key(self, url: str) -> str | InvalidURL:
        """Find the page that a URL means, or what is wrong with it."""
        try:
            # There is no page that a blank one could mean, as by Referer.
            return self._targets.find({"url": url or "/"}, "").key
        except SiteNotCounted as ex:
            self._counter.refuse(str(ex))
            return InvalidURL(f"pages of {ex} are not counted here")
        except InvalidURL as ex:
            return ex

    def _asking(self, pages: Sequence[str]) -> dict[str, Asking]:
        """Ask for the visitors of each page, where they are counted."""
        if not self._counter.tells_visitors:
            return {}
        asking = {key: self._counter.asking(key) for key in pages}
        for asked in asking.values():
            asked.begun(counts=False)  # in the batch of the hits
        return asking

    async def _read(self, keys: Iterable[str]) -> Readings:
        """Ask Redis for each of some pages, all in one batch.

        Raises:
            CounterUnavailable: There is no number at all.
        """
        asked: dict[str, Outcome[Reading]] = {}
        try:
            for key in keys:
                asked[key] = self._counter.read(key, days=1)
        except CounterUnavailable:
            for coming in asked.values():
                coming.cancel()
            raise
        results: Readings = {}
        failures = []
        for key, coming in asked.items():
            try:
                results[key] = await coming
            except CounterUnavailable as ex:
                results[key] = ex
                failures.append(ex)
        if failures and len(failures) == len(results):
            raise failures[0]
        return results


def _urls(body: bytes) -> Sequence[str]:
    """Read a body.

    Raises:
        HTTPContentTooLarge: It is too long.
        HTTPBadRequest: It is something else, or too much.
    """
    _bound(len(body))
    try:
        urls: Any = json.loads(body)
    except (ValueError, RecursionError):
        urls = None
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise falcon.HTTPBadRequest(
            title="400 not a list",
            description='send a JSON array of URLs, such as ["https://example.com/post"]',
        )
    if len(urls) > MAX_PAGES:
        raise falcon.HTTPBadRequest(
            title="400 too many", description=f"at most {MAX_PAGES} URLs at once"
        )
    text = "".join(urls)
    if not text.isascii():
        # PERF: a letter costs as much as its escapes: raw, 16 KB of them were 450 hits.
        plain = len(text.encode("ascii", "ignore"))
        _bound(3 * len(text.encode(errors="surrogatepass")) - 2 * plain)
    return urls


def _bound(size: int) -> None:
    if size > MAX_BYTES:
        raise falcon.HTTPContentTooLarge(
            title="413 too long",
            description=f"at most {MAX_BYTES} bytes at once, as they are when escaped",
        )


def _answer(
    url: str,
    key: str | InvalidURL,
    readings: Readings,
    visitors: Mapping[str, Visitors | None],
) -> dict[str, Any]:
    if isinstance(key, InvalidURL):
        return {"url": url, "error": str(key)}
    seen = readings[key]
    if isinstance(seen, BaseException):
        return {"url": key, "error": UNAVAILABLE}
    answer = {"url": key, "total": seen.total, "today": seen.days[-1]}
    return answer | visitor_numbers(visitors.get(key))

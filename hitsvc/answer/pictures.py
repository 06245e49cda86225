"""Errors as pictures, for what can show nothing else: an ``<img>``, an image proxy."""

from collections.abc import Callable, Mapping
from typing import Final

import falcon
from falcon.asgi import Request, Response

from hitsvc.answer.headers import SVG_POLICY
from hitsvc.request import is_image_proxy

SVG: Final = "image/svg+xml"

# Draws a few words, given the query parameters and a colour.
Drawing = Callable[[str, Mapping[str, str | list[str]], str], bytes]


class ErrorPictures:
    """Answers an error with a picture.

    Browsers show a picture whatever its status, but image proxies such as GitHub's pass
    on none but those of status 200: their readers would see a broken image, and nobody
    would know why. So such a proxy gets 200. What the status would have been is in
    ``X-Hits-Status``, which `hitsvc.answer.problems` sends with every error.
    """

    def __init__(self, drawings: Mapping[str, Drawing]) -> None:
        """Take the ways to draw.

        Args:
            drawings: By media type; that of `SVG` stands in for those that are missing.
        """
        self._drawings = drawings

    def show(
        self, req: Request, resp: Response, media_type: str, words: str, color: str
    ) -> None:
        """Fill the response in with a picture of an address's media type."""
        if media_type not in self._drawings:
            media_type = SVG
        resp.content_type = media_type
        resp.data = self._drawings[media_type](words, req.params, color)
        if media_type == SVG:
            resp.set_headers((SVG_POLICY,))
        if is_image_proxy(req.scope):
            resp.status = falcon.HTTP_200

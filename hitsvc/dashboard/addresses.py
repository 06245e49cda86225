"""Which page a request of the operator's is about."""

from falcon.asgi import Request

from hitsvc.dashboard.bodies import refused


def page_named(req: Request, before: bytes) -> str:
    """Return the page that a request names: by ``?url=``, or by the rest of its path.

    A path is taken as it was sent, with its escapes and slashes.

    Args:
        req: The request.
        before: What stands before the page in the path.

    Raises:
        HTTPBadRequest: It names none, or more than one.
    """
    asked = req.params.get("url")
    path: bytes = req.scope.get("raw_path") or req.path.encode()
    rest = path.partition(before)[2].decode("latin-1")
    if asked is None:
        asked = rest
    elif rest:
        msg = "name the page in the path or with ?url=, not both"
        raise refused(msg)
    if not isinstance(asked, str) or not asked:
        msg = "name one page: add ?url=example.com/post"
        raise refused(msg)
    return asked

"""What programs send: JSON, read strictly, and what is said of what is not understood."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import falcon
from falcon.asgi import Request

# APPSEC: what is asked for is a number and an address.
_MAX_BYTES = 16 * 1024


def refused(text: str) -> falcon.HTTPBadRequest:
    """Make the answer to something that is not understood."""
    return falcon.HTTPBadRequest(title="400 not understood", description=text)


async def read_object(req: Request, known: Collection[str]) -> Mapping[str, Any]:
    """Read a body: one JSON object with no other names in it than these.

    Raises:
        HTTPBadRequest: It is something else.
        HTTPContentTooLarge: It is too long.
    """
    body = await req.stream.read(_MAX_BYTES + 1)
    if len(body) > _MAX_BYTES:
        raise falcon.HTTPContentTooLarge(
            title="413 too long", description=f"at most {_MAX_BYTES} bytes"
        )
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        msg = 'send a JSON object, such as {"total": 20000}'
        raise refused(msg)
    if strange := sorted(found.keys() - set(known)):
        msg = f"{strange[0]!r} means nothing here; there is {', '.join(known)}"
        raise refused(msg)
    return found


def whole_number(found: Mapping[str, Any], name: str) -> int:
    """Return a whole number of a body.

    Raises:
        HTTPBadRequest: There is none.
    """
    value = found.get(name)
    # In JSON, 1e3 and 1.0 are numbers, too; none of ours is written so.
    if not isinstance(value, int) or isinstance(value, bool):
        msg = f'{name} is a whole number, such as {{"{name}": 250}}'
        raise refused(msg)
    return value


def text(found: Mapping[str, Any], name: str) -> str:
    """Return a text of a body.

    Raises:
        HTTPBadRequest: It is none.
    """
    value = found.get(name)
    if not isinstance(value, str):
        msg = f"{name} is a text"
        raise refused(msg)
    return value


def day(value: object) -> date | None:
    """Read a day, if there is one.

    Raises:
        HTTPBadRequest: It is no day.
    """
    if value is None or value == "":
        return None
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        msg = "day is a day, such as 2026-03-01"
        raise refused(msg)
    return found

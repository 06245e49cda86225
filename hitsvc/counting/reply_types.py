"""Which replies Redis may give: the types of its commands, and its numbers.

A reply of another type is no refusal: replies and commands may be out of step, so nothing
of the batch can be believed.
"""

from collections.abc import Callable
from typing import Any, Final

from hitsvc.errors import CounterUnavailable, UnexpectedReply

# Redis' numbers are below; those of less digits than this certainly.
TOO_LARGE: Final = 1 << 63
_SHORT = 19


def failure(fits: Callable[[Any], bool], *replies: Any) -> CounterUnavailable | None:
    """Return Redis' refusal, if one of some replies is one.

    Raises:
        UnexpectedReply: One neither is nor fits.
    """
    for reply in replies:
        if isinstance(reply, CounterUnavailable):  # nobody knows, or it was not sent
            error = CounterUnavailable(str(reply))
            error.is_uncounted = reply.is_uncounted
            return error
        if isinstance(reply, Exception):
            error = CounterUnavailable(f"Redis refused: {reply}")
            error.__cause__ = reply
            return error
        if not fits(reply):
            raise unexpected(reply)
    return None


def unexpected(reply: Any) -> UnexpectedReply:
    """Tell of a reply of another type."""
    msg = (
        f"Redis answered with another type ({type(reply).__name__}) than its command's"
    )
    return UnexpectedReply(msg)


def is_count(reply: Any) -> bool:
    """Whether it is what ``INCRBY`` gives."""
    return type(reply) is int and -TOO_LARGE <= reply < TOO_LARGE


def is_ok(reply: Any) -> bool:
    """Whether it is what ``SET`` gives; redis-py's client says it with a true."""
    return reply is True or reply in (b"OK", "OK")


def is_ok_or_none(reply: Any) -> bool:
    """Whether it is what ``SET … NX`` gives."""
    return reply is None or is_ok(reply)


def is_text(reply: Any) -> bool:
    """Whether it is what ``GET`` gives."""
    return reply is None or isinstance(reply, bytes | str)


def is_list(reply: Any) -> bool:
    """Whether it is what ``HMGET`` gives."""
    return isinstance(reply, list)


def number(text: bytes | str | None) -> int:
    """Read a number as Redis writes it: no space, no sign but a minus, 63 bits.

    Raises:
        ValueError: It is something else.
    """
    if text is None:
        return 0
    if isinstance(text, str):
        text = text.encode()
    if len(text) < _SHORT and text.isdigit():
        return int(text)
    value = int(text)
    if b"%d" % value != text or not -TOO_LARGE <= value < TOO_LARGE:
        raise ValueError
    return value

"""What one client may ask of us."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask of us.

    A request costs about its bytes while it is waited for (`RequestReader.park`), so
    8,192 clients that never end theirs cost 8,192 times ``request_bytes``: 200 MB.

    Attributes:
        request_bytes: The size of a request, head and body.
        request_s: Seconds until all of a request must have come.
        unread_s: How long a client may leave what it was sent unread.
        head_bytes: The size of a request's head.
        fields: The header fields of a request.
    """

    request_bytes: int = 24 * 1024
    request_s: float = 10.0
    unread_s: float = 30.0
    head_bytes: int = 16 * 1024
    fields: int = 100

"""The ``Date`` field of responses, rendered once a second."""

from email.utils import formatdate

_SUCCESS = b"HTTP/1.1 200 OK"


class DateField:
    """The line that tells the time, kept for all responses of a worker.

    Attributes:
        line: The field with its line break before it; empty until `tick` is called.
        success: The first line of a response with status 200, and that one.
    """

    __slots__ = ("line", "success")

    def __init__(self) -> None:
        """Tell no time yet."""
        self.line = b""
        self.success = _SUCCESS

    def tick(self, now: float) -> None:
        """Tell another time; to be called each second.

        Args:
            now: Seconds since the epoch.
        """
        self.line = f"\r\ndate: {formatdate(now, usegmt=True)}".encode()
        self.success = _SUCCESS + self.line

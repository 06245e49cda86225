"""The ``Date`` field of responses, rendered once a second."""

from email.utils import formatdate


class DateField:
    """The line that tells the time, kept for all responses of a worker.

    Attributes:
        line: The field with its line break before it; empty until `tick` is called.
    """

    __slots__ = ("line",)

    def __init__(self) -> None:
        """Tell no time yet."""
        self.line = b""

    def tick(self, now: float) -> None:
        """Tell another time; to be called each second.

        Args:
            now: Seconds since the epoch.
        """
        self.line = f"\r\ndate: {formatdate(now, usegmt=True)}".encode()

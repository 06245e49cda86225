"""Something that several processes do once between them."""

import os


class Once:
    """Whoever asks first may do it; of all processes that are forked from here."""

    def __init__(self) -> None:
        """Prepare, before the fork."""
        # A pipe with one byte in it, which one of them gets.
        self._token, put = os.pipe()
        os.write(put, b"1")
        os.close(put)

    def __call__(self) -> bool:
        """Tell whether nobody has asked before."""
        return bool(os.read(self._token, 1))

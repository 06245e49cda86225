"""Anti-refresh tokens: unguessable values that a visitor's cookie brings back."""

import os
import string
from base64 import b32encode
from collections.abc import Callable
from hashlib import blake2b

MIN_LENGTH = 8
MAX_LENGTH = 64

_ALPHABET = (string.digits + string.ascii_letters).encode()
# 248 = 4 x 62: a byte below it gives each character with the same probability, and
# the others are deleted.
_USABLE = 256 - 256 % len(_ALPHABET)
_TABLE = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
_UNUSABLE = bytes(range(_USABLE, 256))
_POOL_BYTES = 4096
# In base 32, five bytes are eight characters.
_DERIVED_BYTES = MAX_LENGTH // 8 * 5


class TokenSource:
    """Makes tokens of ``[0-9a-zA-Z]`` from the operating system's secure source.

    Attributes:
        length: Characters in a token.

    PERF: one system call makes some 300 tokens: 0.4 us a token, where
    ``secrets.choice`` for each character takes 19 us.
    """

    def __init__(
        self, length: int, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        """Prepare a source; nothing is drawn before the first token.

        Args:
            length: Characters in a token.
            random_bytes: Returns that many secure random bytes.
        """
        self.length = length
        self._random_bytes = random_bytes
        self._ready: list[str] = []

    def new(self) -> str:
        """Return a token that has never been returned before."""
        while not self._ready:
            self._draw()
        return self._ready.pop()

    def _draw(self) -> None:
        drawn = self._random_bytes(_POOL_BYTES).translate(_TABLE, _UNUSABLE).decode()
        length = self.length
        whole = len(drawn) - len(drawn) % length
        self._ready = [drawn[at : at + length] for at in range(0, whole, length)]


def derived_token(secret: str, page_key: str, length: int) -> str:
    """Return the token that a secret makes for a page.

    The store sees only the tokens: none of them tells the secret, nor that another page's
    is of the same visitor.

    Args:
        secret: What the visitor brings: a well-formed value.
        page_key: What `hitsvc.request.Identity.key` returned.
        length: Characters in a token.
    """
    made = blake2b(
        page_key.encode(), key=secret.encode(), digest_size=_DERIVED_BYTES
    ).digest()
    return b32encode(made)[:length].decode()


def is_wellformed(value: str) -> bool:
    """Tell whether a value from outside could be a token, of any configured length."""
    return (
        MIN_LENGTH <= len(value) <= MAX_LENGTH and value.isascii() and value.isalnum()
    )

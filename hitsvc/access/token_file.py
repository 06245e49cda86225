"""The operator's token in a file that only its owner may read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from hitsvc.access.ownership import give_back
from hitsvc.errors import SettingsError
from hitsvc.settings import Right, mistake, strong

# Its name in the data directory of an embedded store.
TOKEN_FILE = "admin-token"  # noqa: S105 - a name
_BYTES = 32


def new_token() -> str:
    """Make a token of 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


class TokenFile:
    """One file with one token."""

    def __init__(self, path: Path) -> None:
        """Name the file; it need not be there."""
        self.path = path

    def read(self) -> str:
        """Return the token.

        Raises:
            SettingsError: There is none, or one that can be guessed.
        """
        try:
            token = self.path.read_text(encoding="utf-8").strip()
            if not token:
                self._refuse("it is empty")
            return strong(token)
        except OSError as ex:
            self._refuse((ex.strerror or "it cannot be read").lower(), ex)
        except ValueError as ex:  # other bytes than UTF-8 are one, too
            self._refuse("it holds no token", ex)
        raise AssertionError  # pragma: no cover - `_refuse` raises

    def ensure(self) -> None:
        """Make a token unless there is one, and keep others from reading it.

        Raises:
            SettingsError: It cannot be made.
        """
        try:
            if not self.path.exists():
                part = self._written(new_token())
                # Of two that do so at once, one is first, and both find that.
                with suppress(FileExistsError):
                    os.link(part, self.path)
                part.unlink()
            elif self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)
        except OSError as ex:
            self._refuse((ex.strerror or "it cannot be written").lower(), ex)

    def replace(self) -> None:
        """Put a new token in place of the one that is there, if there is one.

        Raises:
            SettingsError: It cannot be written.
        """
        try:
            self._written(new_token()).replace(self.path)
            give_back(self.path.parent, [self.path.name])
        except OSError as ex:
            self._refuse((ex.strerror or "it cannot be written").lower(), ex)

    def state(self) -> object:
        """Return what changes whenever the file does."""
        try:
            status = self.path.stat()
        except OSError as ex:
            return ex.errno
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _written(self, token: str) -> Path:
        """Write a token beside the file."""
        part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        return part

    def _refuse(self, problem: str, cause: Exception | None = None) -> None:
        right = Right("a file with one token", "what `hitsvc token --new` makes")
        raise SettingsError(mistake(str(self.path), problem, right)) from cause

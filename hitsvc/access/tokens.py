"""The operator's tokens, and what each may do."""

import hmac
import logging
from enum import Enum
from typing import NamedTuple

from hitsvc.access.token_file import TokenFile
from hitsvc.errors import SettingsError

log = logging.getLogger(__name__)


class Right(Enum):
    """What somebody may do."""

    READ = "read"
    WRITE = "write"


class Tokens(NamedTuple):
    """The tokens that hold; an empty one is none.

    Attributes:
        write: Lets see and change all.
        read: Lets see all.
    """

    write: str = ""
    read: str = ""

    def right_of(self, presented: str) -> Right | None:
        """Tell what somebody who shows a token may do.

        APPSEC: it takes as long whatever the token shares with one of ours.
        """
        given = presented.encode(errors="replace")
        found = None
        for right, token in ((Right.READ, self.read), (Right.WRITE, self.write)):
            same = hmac.compare_digest(given, token.encode())
            if same and token:
                found = right
        return found

    def of(self, right: Right) -> str:
        """Return the token that gives a right."""
        return self.write if right is Right.WRITE else self.read


class Keyring:
    """Knows the tokens of now: those of settings, or the one that is in a file now."""

    def __init__(self, tokens: Tokens, file: TokenFile | None = None) -> None:
        """Prepare.

        Args:
            tokens: Those that settings name.
            file: Where the first of them is, if settings do not name it.

        Raises:
            SettingsError: The two are one, so that a reader could write.
        """
        if tokens.write and tokens.write == tokens.read:
            msg = (
                "HITSVC_ADMIN_READ_TOKEN is the same as HITSVC_ADMIN_TOKEN, so that whoever "
                "may read could write. Give it another, such as what "
                "`hitsvc token --new` prints."
            )
            raise SettingsError(msg)
        self._tokens = tokens
        self._file = None if tokens.write else file
        self._seen: object = None

    @property
    def opens(self) -> bool:
        """Tell whether there is a token, or may be one later."""
        return any(self._tokens) or self._file is not None

    def tokens(self) -> Tokens:
        """Return the tokens; a file is read when it has changed."""
        if self._file is not None and (state := self._file.state()) != self._seen:
            self._seen = state
            try:
                token = self._file.read()
            except SettingsError as ex:
                log.warning("%s", ex)
                token = ""
            self._tokens = self._tokens._replace(write=token)
        return self._tokens

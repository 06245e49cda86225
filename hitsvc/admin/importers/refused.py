"""The one error of an import."""

from hitsvc.admin.importers.escaping import escaped
from hitsvc.errors import HitsError


class ImportRefused(HitsError):
    """A file or an option of an import cannot be used; the message says why.

    One sentence, with the file and, where there is one, the line. Libraries quote the
    file in their reasons, so what is not printable is escaped here, for all of them.
    """

    def __init__(self, message: str) -> None:
        """Make the error with its sentence."""
        super().__init__(escaped(message))

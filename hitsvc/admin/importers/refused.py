"""The one error of an import."""

from hitsvc.errors import HitsError


class ImportRefused(HitsError):
    """A file or an option of an import cannot be used; the message says why.

    One sentence, with the file and, where there is one, the line.
    """

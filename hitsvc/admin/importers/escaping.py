"""Text of others, made fit for a terminal."""


def escaped(text: str) -> str:
    """Escape what could move a terminal's cursor, or break a line.

    Args:
        text: From a file, or from a library that quotes one.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )

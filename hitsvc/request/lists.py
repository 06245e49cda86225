"""Lists in settings: entries that are separated by commas."""

# What an entry for a host begins with that is for all below it, too.
ANY_SUBDOMAIN = "*."


def entries(text: str) -> list[str]:
    """Return the entries of a list, without the space around them and empty ones."""
    return [entry for part in text.split(",") if (entry := part.strip())]

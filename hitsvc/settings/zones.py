"""A setting that is a time zone."""

from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones


def known_zone(name: str) -> str:
    """Check that there is a time zone of a name.

    Raises:
        ValueError: There is none; the message names one that is spelled alike.
    """
    if name == "UTC":
        return name
    try:
        # `right/` has leap seconds, which clocks of computers do not.
        if not name.startswith(("right/", "posix/")):
            ZoneInfo(name)
            return name
    except (KeyError, ValueError, OSError):
        pass  # not there, out of the database, or a directory of it
    msg = "no time zone of that name"
    known = {zone.lower(): zone for zone in available_timezones()}
    if close := get_close_matches(name.lower(), known, n=1):
        msg += f" (perhaps {known[close[0]]})"
    raise ValueError(msg)

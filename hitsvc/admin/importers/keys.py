"""From what a source calls a page to its key, fast where it is a key already."""

import re

from hitsvc.request import normalise

_MAX_PLAIN = 2048
# Less than what can be a key, so that whatever matches is its own: lower-case names
# without punycode, a last label that makes no IP address, and a path without escapes,
# empty segments, dot segments or a slash at its end.
_PLAIN = re.compile(
    r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}"
    r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~!$&'()*+,;=:@-]+)*"
)


def key_of(url: str) -> str:
    """Return a URL's key, as `normalise` does.

    Raises:
        InvalidURL: As of `normalise`.
    """
    # PERF: 1.4 us for a key of ours, where `normalise` takes 8, more than all the rest
    # of reading a row.
    if len(url) <= _MAX_PLAIN and _PLAIN.fullmatch(url):
        return url
    return normalise(url)

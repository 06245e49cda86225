"""What the Python references share: URL to key, headers, badge, cookie name.

The Go and nginx references do the same in their own languages.
"""

from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

TOKEN_TTL_S = 60

_PIECES = Path(__file__).with_name("badge.svg").read_text().split("{count}")

# The product's, in the product's order.
HEADERS = (
    ("Cache-Control", "no-cache, no-store, must-revalidate, private, max-age=0"),
    ("Pragma", "no-cache"),
    ("Expires", "0"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "X-Hits-Page, X-Hits-Reason"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
)


def page_key(url: str) -> str:
    """Make a URL's key: no scheme, no query, no fragment, no trailing slash."""
    bare = url.partition("://")[2] or url
    return bare.partition("#")[0].partition("?")[0].rstrip("/")


def cookie_name(key: str) -> str:
    """Name the anti-refresh cookie of a URL."""
    return f"hits-{md5(key.encode(), usedforsecurity=False).hexdigest()[:16]}"


def badge(count: int) -> bytes:
    """Draw a badge."""
    return str(count).join(_PIECES).encode()


def today() -> str:
    """Return the day in UTC, as ``YYYYMMDD``."""
    return datetime.now(UTC).strftime("%Y%m%d")


def year_and_day() -> tuple[int, str]:
    """Return the year and the day of it in UTC: a hash and its field."""
    now = datetime.now(UTC)
    return now.year, str(now.timetuple().tm_yday)

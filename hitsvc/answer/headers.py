"""Response headers that every count answer carries."""

import falcon.asgi

ALLOW_ORIGIN = "access-control-allow-origin"
PAGE_HEADER = "x-hits-page"

# No cache may keep a count, and none between here and the visitor may swallow a view:
# GitHub's image proxy and the big CDNs each obey another one of these.
# Falcon wants lower-case names; tuples are what it takes in fastest.
UNCACHED = (
    ("cache-control", "no-cache, no-store, must-revalidate, private, max-age=0"),
    ("pragma", "no-cache"),
    ("expires", "0"),
)
ANY_ORIGIN = (ALLOW_ORIGIN, "*")
# On every answer of the count routes, unless it names other values (`allow_origin`).
COUNT_HEADERS = (
    *UNCACHED,
    ANY_ORIGIN,
    ("access-control-expose-headers", "X-Hits-Page, X-Hits-Reason, X-Hits-Status"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("x-content-type-options", "nosniff"),
)
# APPSEC: Opened by itself, an image is a page of this origin, on which nothing may run
# and nothing be loaded but the pictures in it.
SVG_POLICY = (
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
)
_PREFLIGHT_SECONDS = 86_400


def count_headers(media_type: str) -> tuple[tuple[str, str], ...]:
    """Return what every count answer of a media type carries."""
    is_svg = media_type == "image/svg+xml"
    return (*COUNT_HEADERS, SVG_POLICY) if is_svg else COUNT_HEADERS


def name_page(resp: falcon.asgi.Response, page_key: str) -> None:
    """Say which page an answer is of.

    APPSEC: A key is printable ASCII, and at most 2,048 bytes of it.
    """
    resp.set_header(PAGE_HEADER, page_key)


def allow_origin(resp: falcon.asgi.Response, origin: str) -> None:
    """Let the page that asks read the answer, and send cookies.

    Any page may read it: ``*`` is the default. But that does not allow credentials
    (Fetch standard, "CORS check"), so the origin of a page that names itself is echoed,
    and ``Vary`` keeps the answer for it alone.
    """
    resp.set_headers(origin_headers(origin))


def origin_headers(origin: str) -> tuple[tuple[str, str], ...]:
    """Return what `allow_origin` sets."""
    return (
        (ALLOW_ORIGIN, origin),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    )


def allow_preflight(
    resp: falcon.asgi.Response, methods: str, requested: str | None
) -> None:
    """Answer a CORS preflight: any of our methods, and the headers it asks for."""
    resp.set_headers(
        (
            ("access-control-allow-methods", methods),
            ("access-control-max-age", str(_PREFLIGHT_SECONDS)),
        )
    )
    if requested:
        resp.set_header("access-control-allow-headers", requested)

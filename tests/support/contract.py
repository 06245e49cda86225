"""The service's addresses, and what its answers say, as the API promises it."""

COUNTING = ["/count", "/count/tag.svg", "/count.json"]
READING = ["/nocount", "/nocount/tag.svg", "/nocount.json", "/nocount/shields.json"]
ROUTES = COUNTING + READING
TEXTS = ["/count", "/nocount"]
BADGES = ["/count/tag.svg", "/nocount/tag.svg"]
JSONS = ["/count.json", "/nocount.json", "/nocount/shields.json"]
OTHERS = ["/graph.svg", "/hits.js", "/healthz", "/readyz", "/"]

TOTAL = "hits:{example.com}"
PAGE = {"Referer": "https://example.com/"}
ORIGIN = {"Origin": "https://example.com"}
UNCACHED = {
    "cache-control": "no-cache, no-store, must-revalidate, private, max-age=0",
    "pragma": "no-cache",
    "expires": "0",
}
CONTRACT = {
    **UNCACHED,
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "X-Hits-Page, X-Hits-Reason, X-Hits-Status",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
# Not sent with other addresses' answers.
OF_COUNTS = {"access-control-expose-headers", "cross-origin-resource-policy"}
TYPES = {
    "/count": "text/plain; charset=utf-8",
    "/nocount": "text/plain; charset=utf-8",
    "/count/tag.svg": "image/svg+xml",
    "/nocount/tag.svg": "image/svg+xml",
    **dict.fromkeys(JSONS, "application/json"),
}
# Nothing runs or loads in a picture that is opened by itself.
SVG_POLICY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; sandbox"
}
METHODS = {
    **dict.fromkeys(COUNTING, "GET, HEAD, OPTIONS, POST"),
    **dict.fromkeys([*READING, "/graph.svg"], "GET, HEAD, OPTIONS"),
    "/nocount.json": "GET, HEAD, OPTIONS, POST",
}
NO_URL = "no URL: add ?url= to this address, or link to it from a page"
NOT_A_URL = "this is not a valid URL"
TOO_LONG = "the URL is longer than 2048 bytes"
AWAY = "the counter is unavailable; try again in a moment"
NOT_FOUND = "there is nothing at this address"

LONGEST = "example.com/" + "a" * (2048 - len("example.com/"))


def no_method(route: str, method: str) -> str:
    """Return what is said of a method that an address does not take."""
    most, _, last = METHODS.get(route, "GET, HEAD, OPTIONS").rpartition(", ")
    return f"this address takes {most} and {last}, not {method}"


def contract(route: str) -> dict[str, str]:
    """Return the headers that every answer of a count's address has."""
    is_svg = route.endswith(".svg")
    return CONTRACT | SVG_POLICY if is_svg else CONTRACT

"""What a request's headers say about a visit."""

import pytest

from hitsvc.request.client import TrustedProxies
from hitsvc.request.visit import Visit

NOBODY = TrustedProxies("192.0.2.1")
TRUSTED = ("192.0.2.1", 443)
STRANGER = ("203.0.113.9", 443)


def visit(
    *headers: tuple[bytes, bytes], client: object = STRANGER, scheme: str = "http"
) -> Visit:
    """Make the visit of an ASGI scope."""
    scope = {"headers": list(headers), "client": client, "scheme": scheme}
    return Visit(scope, NOBODY)


class TestVisit:
    """`Visit`."""

    def test_a_request_without_headers_says_nothing(self):
        """All is empty or false."""
        it = visit()

        assert (it.cookies, it.origin, it.referer) == ("", "", "")
        assert (it.private, it.prefetch, it.secure) == (False, False, False)

    def test_other_headers_say_nothing(self):
        """What we do not know does not matter, even if it looks alike."""
        it = visit((b"x-referer", b"a"), (b"host", b"b"), (b"x-cookie", b"c"))

        assert (it.cookies, it.origin, it.referer) == ("", "", "")

    def test_texts_are_taken_as_they_are(self):
        """Cookies, Origin and Referer."""
        it = visit((b"cookie", b"a=\xe9"), (b"origin", b"o"), (b"referer", b"r"))

        assert (it.cookies, it.origin, it.referer) == ("a=\xe9", "o", "r")

    @pytest.mark.parametrize(
        ("raw", "referer"),
        [
            pytest.param(b"http://a.com/%C3%BC", "http://a.com/%C3%BC", id="escaped"),
            pytest.param("http://a.com/ü".encode(), "http://a.com/ü", id="UTF-8"),
            pytest.param(b"http://a.com/\xfc", "http://a.com/%FC", id="not UTF-8"),
        ],
    )
    def test_a_referer_is_read_as_utf_8(self, raw, referer):
        """An old client's raw characters name the page that it shows."""
        assert visit((b"referer", raw)).referer == referer

    @pytest.mark.parametrize(
        ("value", "private"),
        [(b"1", True), (b" 1 ", True), (b"0", False), (b"", False), (b"true", False)],
    )
    def test_gpc_is_the_number_one(self, value, private):
        """Global Privacy Control has one value."""
        assert visit((b"sec-gpc", value)).private is private

    @pytest.mark.parametrize(
        ("headers", "prefetch"),
        [
            ([(b"sec-purpose", b"prefetch")], True),
            ([(b"sec-purpose", b"prefetch;prerender")], False),
            ([(b"purpose", b"prefetch")], True),
            ([(b"x-purpose", b"preview")], True),
            ([(b"x-moz", b"prefetch")], True),
            (
                [(b"sec-purpose", b"prefetch;prerender"), (b"purpose", b"prefetch")],
                False,
            ),
            ([(b"purpose", b"prefetch"), (b"x-moz", b"x")], True),
            ([(b"x-other", b"prefetch")], False),
        ],
    )
    def test_what_only_prepares_is_no_view(self, headers, prefetch):
        """Whichever header says so; of a page that is prerendered it is one."""
        assert visit(*headers).prefetch is prefetch

    @pytest.mark.parametrize(
        ("scheme", "client", "forwarded", "secure"),
        [
            pytest.param("http", STRANGER, None, False, id="HTTP"),
            pytest.param("https", STRANGER, None, True, id="HTTPS"),
            pytest.param("http", TRUSTED, b"https", True, id="proxy"),
            pytest.param("http", TRUSTED, b" HTTPS ", True, id="proxy, written oddly"),
            pytest.param("https", TRUSTED, b"http", False, id="proxy denies"),
            pytest.param("https", TRUSTED, b"", True, id="proxy says nothing"),
            pytest.param("http", TRUSTED, b"http,https", True, id="last proxy"),
            pytest.param("http", TRUSTED, b"https,http", False, id="not the first"),
            pytest.param("http", TRUSTED, b"https,", False, id="an empty last one"),
            pytest.param("http", TRUSTED, b"wss", False, id="another scheme"),
            pytest.param("http", None, b"https", True, id="unix socket"),
            pytest.param("http", STRANGER, b"https", False, id="stranger"),
            pytest.param("https", STRANGER, b"http", True, id="stranger denies"),
        ],
    )
    def test_visitor_uses_https(self, scheme, client, forwarded, secure):
        """The connection tells, unless a trusted proxy knows better."""
        headers = [] if forwarded is None else [(b"x-forwarded-proto", forwarded)]

        assert visit(*headers, client=client, scheme=scheme).secure is secure

    def test_a_server_need_not_name_the_client(self):
        """ASGI makes the client optional; without one it is as a unix socket."""
        scope = {"headers": [(b"x-forwarded-proto", b"https")], "scheme": "http"}

        assert Visit(scope, NOBODY).secure is True

"""The anti-refresh cookie: its name, how it is read, how it is set."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.request.cookies import CookieWriter, cookie_name, find_cookie, secure_name


class TestName:
    """`cookie_name`."""

    @given(st.text(st.characters(codec="utf-8")))
    def test_it_is_a_legal_cookie_name(self, page_key):
        """Any URL gives a short name of characters that every browser takes."""
        assert re.fullmatch(r"hits-[0-9a-f]{16}", cookie_name(page_key))

    def test_it_never_changes(self):
        """A new release finds the cookies that the last one set."""
        assert cookie_name("example.com") == "hits-a3e5291bae2acded"

    def test_the_secure_one_belongs_to_the_host(self):
        """Over HTTPS the same name has the prefix that browsers enforce."""
        name = secure_name(cookie_name("example.com"))

        assert name == "__Host-hits-a3e5291bae2acded"

    def test_it_does_not_tell_the_url(self):
        """A look at the cookies shows no address."""
        assert "example" not in cookie_name("example.com")

    @pytest.mark.parametrize("other", ["example.com/", "example.org", "example.co", ""])
    def test_another_url_has_another_name(self, other):
        """One page's cookie is not another's."""
        names = {cookie_name(key) for key in ("example.com", other)}

        assert len(names) == 2


class TestReading:
    """`find_cookie`."""

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            pytest.param("n=v", "v", id="alone"),
            pytest.param("a=b; n=v; c=d", "v", id="among others"),
            pytest.param("a=b;n=v", "v", id="without a space"),
            pytest.param(" n = v ;", "v", id="with too many spaces"),
            pytest.param("n=v; n=w", "v", id="the first of two"),
            pytest.param("n=a=b", "a=b", id="with an equals sign"),
            pytest.param("n=", "", id="empty"),
            pytest.param("n", "", id="a name alone"),
            pytest.param("", None, id="no cookies"),
            pytest.param(";;", None, id="separators alone"),
            pytest.param("nn=v; xn=v", None, id="longer names"),
            pytest.param("N=v", None, id="another case"),
            pytest.param("a=n=v", None, id="in a value"),
            pytest.param('a="n=v"', None, id="in a quoted value"),
            pytest.param("=n", None, id="no name"),
        ],
    )
    def test_value_of_the_cookie(self, header, value):
        """The named cookie's value is found, and nothing else taken for it."""
        assert find_cookie(header, "n") == value

    @given(st.text(st.characters(max_codepoint=255)))
    def test_no_header_is_an_error(self, header):
        """Whatever a client sends gives text or None."""
        found = find_cookie(header, "n")

        assert found is None or found in header


class TestWriting:
    """`CookieWriter`."""

    def test_over_http(self):
        """Same-site, and unreadable for scripts."""
        written = CookieWriter(60).write("n", "v", secure=False)

        assert written == "n=v; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"

    def test_over_https(self):
        """Sent for an embedded image, but only in the page that embedded it."""
        written = CookieWriter(5).write("__Host-n", "v", secure=True)

        assert written == (
            "__Host-n=v; Max-Age=5; Path=/; HttpOnly; "
            "Secure; SameSite=None; Partitioned"
        )

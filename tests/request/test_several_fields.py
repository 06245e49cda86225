"""Headers that come as several fields: a proxy splits them, or adds one of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.request.client import TrustedProxies
from hitsvc.request.cookies import find_cookie
from hitsvc.request.visit import Visit, the_only

PROXIES = TrustedProxies("192.0.2.1")
CRUMBS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.text("xyz=", max_size=3)).map("=".join),
    min_size=1,
    max_size=8,
    unique_by=lambda crumb: crumb[0],
)


def visit(name: str, *values: str) -> Visit:
    """Make the visit of a request through a proxy with a header of these fields."""
    headers = [(name.encode(), value.encode()) for value in values]
    # Others come before, between and after.
    for at in (len(headers), 1, 0):
        headers.insert(at, (b"x-other", b"1"))
    return Visit(
        {"headers": headers, "client": ("192.0.2.1", 1), "scheme": "http"}, PROXIES
    )


class TestCookies:
    """`Cookie`."""

    @given(CRUMBS, st.data())
    def test_however_they_are_split_all_are_found(self, crumbs, data):
        """One field for all, one for each, or anything between, in any order."""
        cuts = data.draw(st.lists(st.booleans(), min_size=len(crumbs)))
        fields: list[str] = []
        for crumb, cut in zip(crumbs, cuts, strict=False):
            if cut or not fields:
                fields.append(crumb)
            else:
                fields[-1] += f"; {crumb}"

        it = visit("cookie", *fields)

        for crumb in crumbs:
            name, _, value = crumb.partition("=")
            assert find_cookie(it.cookies, name) == value

    def test_a_field_does_not_run_into_the_next(self):
        """Two halves of a cookie, in two fields, are none."""
        assert find_cookie(visit("cookie", "a=b", "c; d=e").cookies, "a") == "b"


class TestOthers:
    """All other headers that decide how a visit is counted."""

    @pytest.mark.parametrize("name", ["purpose", "x-purpose", "x-moz", "sec-purpose"])
    @pytest.mark.parametrize("values", [("prefetch", "x"), ("x", "prefetch")])
    def test_one_purpose_among_several_holds(self, name, values):
        """A list: what one field says is not undone by another."""
        assert visit(name, *values).prefetch is True

    @pytest.mark.parametrize(
        ("values", "private"),
        [
            (("1", "0"), True),
            (("0", "1"), True),
            (("1", "1"), True),
            (("1, 1",), True),
            (("0", "0"), False),
            (("", ""), False),
            (("11", "x"), False),
        ],
    )
    def test_a_wish_for_privacy_is_not_taken_back(self, values, private):
        """`Sec-GPC`, also where a proxy has joined the fields."""
        assert visit("sec-gpc", *values).private is private

    @pytest.mark.parametrize(
        ("values", "secure"),
        [
            (("http", "https"), True),
            (("https", "http"), False),
            (("http, http", "https"), True),
            (("https", "https, http"), False),
        ],
    )
    def test_the_nearest_proxy_writes_last(self, values, secure):
        """`X-Forwarded-Proto`: whether it adds to the field or adds a field."""
        assert visit("x-forwarded-proto", *values).secure is secure

    @pytest.mark.parametrize("name", ["origin", "referer"])
    @pytest.mark.parametrize(
        ("values", "meant"),
        [
            (("https://a.example", "https://a.example"), "https://a.example"),
            (("https://a.example", " https://a.example"), "https://a.example"),
            (("https://a.example", "https://b.example"), ""),
            (("https://a.example", "https://b.example", "https://a.example"), ""),
            (("https://a.example", ""), ""),
        ],
    )
    def test_what_should_come_once_must_agree(self, name, values, meant):
        """Copies are as one; of two that differ nobody knows which is right."""
        it = visit(name, *values)

        assert getattr(it, name) == meant


@pytest.mark.parametrize(
    ("values", "meant"), [([], ""), (["a"], "a"), (["a", "a"], "a"), (["a", "b"], "")]
)
def test_the_only_value(values, meant):
    """`the_only` judges alike, for those who need one header."""
    headers = [(b"x", b"other"), *((b"origin", value.encode()) for value in values)]

    assert the_only(headers, b"origin") == meant

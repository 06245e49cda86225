"""Whose pages are counted."""

import pytest

from hitsvc.request.sites import Sites


@pytest.mark.parametrize(
    ("allowed", "denied", "site", "counted"),
    [
        pytest.param("", "", "any.example", True, id="all"),
        pytest.param(" , ", "", "any.example", True, id="nothing but commas is all"),
        pytest.param("a.example", "", "a.example", True, id="the site"),
        pytest.param("a.example", "", "b.example", False, id="another"),
        pytest.param("a.example", "", "www.a.example", False, id="no subdomain"),
        pytest.param("a.example", "", "a.example:8080", False, id="no other port"),
        pytest.param("a.example:8080", "", "a.example:8080", True, id="its port"),
        pytest.param("a.example:8080", "", "a.example", False, id="not without it"),
        pytest.param("*.a.example", "", "a.example", True, id="itself"),
        pytest.param("*.a.example", "", "x.y.a.example", True, id="all below it"),
        pytest.param("*.a.example", "", "ba.example", False, id="not what ends alike"),
        pytest.param("*.a.example:81", "", "x.a.example:81", True, id="star and port"),
        pytest.param("*.a.example:81", "", "x.a.example", False, id="star, other port"),
        pytest.param("b.example, a.example", "", "a.example", True, id="several"),
        pytest.param("A.Example.", "", "a.example.", True, id="as a URL would be read"),
        pytest.param("MÜNCHEN.example", "", "xn--mnchen-3ya.example", True, id="IDN"),
        pytest.param("[::1]:80", "", "[::1]:80", True, id="IPv6"),
        pytest.param("", "a.example", "a.example", False, id="denied"),
        pytest.param("", "a.example", "b.example", True, id="not denied"),
        pytest.param("a.example", "a.example", "a.example", False, id="denial wins"),
        pytest.param("*.a.example", "x.a.example", "x.a.example", False, id="but that"),
        pytest.param("*.a.example", "x.a.example", "y.a.example", True, id="the rest"),
    ],
)
def test_a_site_is_counted_or_not(allowed, denied, site, counted):
    """By its host, as the keys of its pages begin."""
    assert (site in Sites(allowed, denied)) is counted


@pytest.mark.parametrize(
    "entry",
    [
        "a.example/path",
        "https://a.example",
        "*",
        "*.*.example",
        "a b",
        "a.*",
        "mailto:a",
    ],
)
def test_what_is_no_host_is_named(entry):
    """A mistake must not open or close the service in silence."""
    with pytest.raises(ValueError, match="is not a host") as caught:
        Sites(f"good.example, {entry}")
    assert repr(entry) in str(caught.value)

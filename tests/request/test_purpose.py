"""Requests for what may never be looked at."""

import pytest

from hitsvc.request.purpose import only_prepares


@pytest.mark.parametrize(
    ("said", "prepares"),
    [
        ("prefetch", True),
        ("PREFETCH", True),
        (" prefetch ", True),
        ("prefetch;anonymous-client-ip", True),
        ("prefetch;prerender", False),
        ("prefetch; Prerender", False),
        ("prefetch, prerender", False),
        ("prerender", False),
        ("prefetch;prerender;preview", True),
        ("preview", True),
        ("prefetched", False),
        ("other", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("old", [(), ("prefetch",)])
def test_sec_purpose_alone_decides(said, prepares, old):
    """In any case and order, whatever the older headers say beside it."""
    assert only_prepares(said, old) is prepares


@pytest.mark.parametrize(
    ("old", "prepares"),
    [
        ((), False),
        (("",), False),
        (("prefetch",), True),
        (("preview",), True),
        (("other", "prefetch"), True),
        (("prerender", "prefetch"), False),
    ],
)
def test_without_it_any_of_the_older_headers_does(old, prepares):
    """Safari's previews, Firefox' prefetches, and those of old Chrome."""
    assert only_prepares(None, old) is prepares

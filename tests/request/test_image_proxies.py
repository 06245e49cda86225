"""Proxies through which many people look at pictures."""

import pytest

from hitsvc.request.image_proxies import is_image_proxy


def sent(name: str, value: str) -> bool:
    """Tell whether a request with such a header is one of theirs."""
    return is_image_proxy({"headers": [(name.encode(), value.encode())]})


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("github-camo (876de43e)", True),
        ("Camo Asset Proxy 2.3.0", True),
        (
            "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            True,
        ),
        (
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            True,
        ),
        ("Slack-ImgProxy (+https://api.slack.com/robots)", True),
        ("go-camo (2.7.1)", True),
        ("imgproxy/3.30", True),
        ("willnorris/imageproxy", True),
        ("ImageFetcher/9.0 (+http://images.weserv.nl/)", True),
        ("Camouflage/1.0", False),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            False,
        ),
        ("curl/8.5.0", False),
        ("", False),
    ],
)
def test_image_proxies_say_who_they_are(agent, expected):
    """In their user agent, or in Via where that is another's."""
    assert sent("user-agent", agent) is expected
    assert sent("via", agent) is expected

"""Declared bots."""

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from hitsvc.request.bots import Bots, declared_bots
from hitsvc.request.client import TrustedProxies
from hitsvc.request.visit import Visit

BOTS = declared_bots()
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        CHROME + " Chrome-Lighthouse",
        CHROME.replace("Chrome/", "HeadlessChrome/"),
        "Scrapy/2.11 (+https://scrapy.org)",
        "ia_archiver",
        "an-unlisted-crawler",
        "Unlisted-Bot/1.0",
        "SomeSpider (+https://example.com)",
        "Mozilla/5.0 (compatible; unlisted_bot)",
        "NewRelicPinger/1.0 (1234)",
        "ELB-HealthChecker/2.0",
        "GoogleHC/1.0",
        "kube-probe/1.31",
        "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 (compatible; "
        "Googlebot/2.1; +http://www.google.com/bot.html)",
        # Of the list's expressions that are no plain names.
        "SemRushBot",
        "Pingdom.com_bot_version_1.4",
        "dcrawl/1.0",
    ],
)
def test_declared_bots_are_known(user_agent):
    """Crawlers, previewers, monitors, AI fetchers, automated browsers."""
    assert BOTS.named(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        CHROME,
        CHROME + " Edg/142.0.0.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) "
        "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.142 "
        "Mobile Safari/537.36 Instagram 406.0.0.58.159 Android",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/510.0.0.27.75] "
        "MetaIAB Facebook",
        "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/120.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_P20) AppleWebKit/537.36 (KHTML, like "
        "Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
        CHROME + " Code/1.115.0 Electron/39.8.5",
        CHROME + " Notion/4.2.0 Electron/32.0.0",
        "Lynx/2.9.0dev.10 libwww-FM/2.14",
        "curl/8.14.1",
        "Wget/1.25.0",
        "python-requests/2.32.3",
        "Python-urllib/3.13",
        "Go-http-client/2.0",
        "okhttp/5.0.0",
        "github-camo (c006e452)",
        "Camo Asset Proxy 2.3.0",
        "go-camo (1.2.3)",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
        "(via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Slack-ImgProxy (+https://api.slack.com/robots)",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)",
        "Miniflux/2.2.0 (https://miniflux.app)",
        "robots",
        "Botany Explorer/1.0",
        "-",
        "",
    ],
)
def test_people_and_their_tools_are_none(user_agent):
    """Browsers in apps, phones called so, tools, and what fetches for people."""
    assert not BOTS.named(user_agent)


def test_each_listed_crawler_is_known_by_what_it_sends():
    """All of the list's examples of search engines: none is lost in the reading."""
    examples = [
        example
        for entry in CRAWLER_USER_AGENTS_DATA
        if "search-engine" in entry["tags"] and "Proxy" not in entry["pattern"]
        for example in entry.get("instances", ())
    ]

    assert len(examples) > 200
    assert [example for example in examples if not BOTS.named(example)] == []


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ([], False),
        ([(b"host", b"Googlebot/2.1")], False),
        ([(b"host", b"a.example"), (b"user-agent", b"Googlebot/2.1")], True),
        ([(b"user-agent", b"Gr\xfc\xdfe Googlebot/2.1")], True),
        ([(b"user-agent", b"curl/8.14.1")], False),
        ([(b"user-agent", b"x" * 510 + b" Googlebot/2.1")], False),
    ],
)
def test_the_header_of_that_name_is_read(headers, sent):
    """Its first 512 bytes."""
    scope = {"headers": headers, "client": ("192.0.2.1", 1), "scheme": "http"}
    assert BOTS.sent(Visit(scope, TrustedProxies(""))) is sent


def test_names_and_expressions_are_told_apart():
    """What is escaped is a letter; what is not has its meaning."""
    bots = Bots(["a\\.b\\/", "^[cC]lue"])

    assert [bots.named(text) for text in ("a.b/", "axb/", "clue", "no clue")] == [
        True,
        False,
        True,
        False,
    ]

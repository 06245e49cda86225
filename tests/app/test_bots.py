"""Declared bots see numbers and do not raise them."""

import pytest

BOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


@pytest.mark.parametrize("path", ["/count", "/count.json", "/count/tag.svg"])
def test_a_bot_sees_the_number_and_does_not_raise_it(site, path):
    """It gets the same answer as a person, and no cookie."""
    site.get("/count?url=a.example")
    answer = site.get(f"{path}?url=a.example", headers=BOT)

    assert answer.status_code == 200
    assert "1" in answer.text
    assert "set-cookie" not in answer.headers
    assert site.get("/nocount?url=a.example").text == "1"


def test_a_bot_makes_no_page(site):
    """Where it is first it sees a nought, and nothing is stored."""
    assert site.get("/count?url=a.example", headers=BOT).text == "0"
    assert not site.redis.keys()


def test_bots_count_where_the_operator_says_so(open_site):
    """HITSVC_BOTS=count."""
    site = open_site(bots="count")

    assert site.get("/count?url=a.example", headers=BOT).text == "1"

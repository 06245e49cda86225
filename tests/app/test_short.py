"""Short addresses of badges, asked like any other."""

import pytest

from tests.support.contract import ORIGIN, PAGE, contract, no_method
from tests.support.site import shown


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_counts_as_the_long_address_does(site, method):
    """The same page, the same headers, the same cookie, one number after the other."""
    long = site.ask(method, "/count/tag.svg?url=example.com/post", ORIGIN)
    short = site.ask(method, "/example.com/post.svg", ORIGIN)

    assert (shown(long), shown(short)) == ("1", "2")
    assert {**short.headers, "set-cookie": ""} == {**long.headers, "set-cookie": ""}
    assert short.headers["x-hits-page"] == "example.com/post"


def test_who_asks_by_it_need_not_be_the_page(site):
    """The address says which page it is, whatever embeds it."""
    assert site.get("/example.org/post.svg", PAGE).headers["x-hits-page"] == (
        "example.org/post"
    )


def test_a_refresh_is_recognised(site):
    """By the cookie of the page, whichever address it came with."""
    cookie = site.get("/example.com/post.svg").headers["set-cookie"].partition(";")[0]
    again = site.get("/count/tag.svg?url=example.com/post", {"Cookie": cookie})

    assert shown(again) == "1"


def test_it_takes_a_look(site):
    """As its long form does."""
    assert "views" in site.get("/example.com/post.svg?label=views").text


def test_a_query_can_tell_pages_apart(open_site):
    """Where settings say so."""
    site = open_site(query="p")

    answer = site.get("/example.com/post.svg?p=5&style=social")
    assert answer.headers["x-hits-page"] == "example.com/post?p=5"


def test_it_is_below_a_path_too(open_site):
    """As all addresses are."""
    site = open_site(base_path="/stats")

    for path in ("/stats/example.com/post.svg", "/example.com/post.svg"):
        assert site.get(path).headers["x-hits-page"] == "example.com/post"


def test_head_counts_nothing(site):
    """As ever."""
    assert site.ask("HEAD", "/example.com/post.svg").status_code == 200
    assert site.redis.keys("*") == []


def test_what_is_no_host_is_a_red_badge(site):
    """As in `url=`."""
    answer = site.get("/exa!mple.com/post.svg")

    assert (answer.status_code, shown(answer)) == (400, "invalid URL")


def test_a_site_that_is_not_counted_is_refused(open_site):
    """Whatever the form of the address."""
    answer = open_site(sites="example.org").get("/example.com/post.svg")

    assert answer.status_code == 403


def test_a_long_page_is_counted_too(site):
    """Without the express lane."""
    page = "example.com/" + "a" * 1000
    assert site.get(f"/{page}.svg").headers["x-hits-page"] == page


def test_another_method_is_told_which_there_are(site):
    """405, as a badge."""
    answer = site.ask("DELETE", "/example.com/post.svg")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.headers["x-hits-reason"] == no_method("/count", "DELETE")
    assert contract("/count/tag.svg").items() <= answer.headers.items()


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "application/json"])
def test_an_unknown_address_says_what_may_be_meant(site, accept):
    """In each form of an error, and in its header."""
    answer = site.get("/count.svg?url=example.com", {"Accept": accept})

    guess = "try /count/tag.svg?url=example.com"
    assert answer.status_code == 404
    assert guess in answer.text
    assert answer.headers["x-hits-reason"].endswith(guess)


def test_what_only_the_operator_has_is_not_guessed(open_site):
    """Who asks near it is led to its door, and told of nothing behind it."""
    site = open_site(admin_token="0123456789abcdef0123456789abcdef")

    assert "/admin/page" not in site.get("/admin/page2").text


def test_a_long_query_is_spelled_out_once(open_site):
    """The express lane leaves it to the app, which looks at the address, too."""
    site = open_site(query="url,p")
    ignored = "&".join(f"a{number}=b" for number in range(300))
    site.get(f"/example.com/a.svg?p=1&{ignored}")

    assert site.total("example.com/a?p=1") == 1


@pytest.mark.parametrize(
    "spelled", ["url=b", "url", "&amp;url=b", "%75r%6C=b", "&url="]
)
def test_the_page_is_the_addresses_however_another_is_named(open_site, spelled):
    """It is no second one."""
    site = open_site()

    assert site.get(f"/example.com/a.svg?label=x&{spelled}").status_code == 200
    assert site.total("example.com/a") == 1

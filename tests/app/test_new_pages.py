"""Pages that are not counted: of other sites, too many new ones, and when the store is full.

Known pages are counted as ever in all of these.
"""

import json

import falcon.asgi
import pytest
from falcon import testing

from hitsvc.answer import SVG, ErrorPictures, ProblemSerializer, add_problems
from hitsvc.app import create_app
from hitsvc.drawing import GREY
from hitsvc.errors import CounterFull, SettingsError
from hitsvc.settings import Settings
from tests.support.site import Site, shown

COUNTING = ("/count", "/count/tag.svg", "/count.json")
READING = ("/nocount", "/nocount/tag.svg", "/nocount.json", "/graph.svg")
STRANGER = "198.41.7.9"


def reason(result) -> str:
    """Return why there is no count."""
    return str(result.headers["x-hits-reason"])


class TestSites:
    """`HITSVC_SITES` and `HITSVC_DENY`."""

    @pytest.fixture(name="mine")
    def _mine(self, open_site) -> Site:
        site: Site = open_site(
            sites="*.mine.example, other.example:8080", deny="x.mine.example"
        )
        return site

    @pytest.mark.parametrize("route", COUNTING + READING)
    def test_mine_are_counted_and_read(self, mine, route):
        """With all below them."""
        for page in ("mine.example", "blog.mine.example/p", "other.example:8080"):
            assert mine.get(f"{route}?url={page}").status_code == 200

    @pytest.mark.parametrize("route", COUNTING + READING)
    @pytest.mark.parametrize(
        "page", ["evil.example/p", "other.example", "x.mine.example"]
    )
    def test_others_are_neither(self, mine, route, page):
        """403, with the site in the reason, and nothing stored."""
        result = mine.get(f"{route}?url={page}")
        assert result.status_code == 403
        assert (
            reason(result) == f"pages of {page.partition('/')[0]} are not counted here"
        )
        assert mine.redis.keys("hits:{*") == []

    def test_a_page_that_embeds_us_is_judged_alike(self, mine):
        """By its Referer."""
        result = mine.get("/count", {"Referer": "https://evil.example/p"})
        assert result.status_code == 403

    def test_the_badge_is_grey_and_says_so(self, mine):
        """Nothing is broken: red would say so."""
        result = mine.get("/count/tag.svg?url=evil.example")
        assert result.headers["content-type"] == "image/svg+xml"
        assert "not counted here" in result.text
        assert "#dd4343" not in result.text

    def test_programs_get_a_problem(self, mine):
        """JSON for who asks for JSON."""
        problem = json.loads(mine.get("/count.json?url=evil.example").text)
        assert (problem["status"], problem["title"]) == (403, "403 not counted here")

    def test_the_operator_can_see_who_asked(self, mine):
        """How often, by site."""
        for page in ("evil.example/1", "evil.example/2", "bad.example"):
            mine.get(f"/count?url={page}")
        mine.close()
        assert mine.redis.zrange("hits:refused", 0, -1, withscores=True) == [
            ("bad.example", 1.0),
            ("evil.example", 2.0),
        ]


class TestLimits:
    """`HITSVC_NEW_PAGES_*`."""

    def test_a_client_over_its_limit_makes_no_more(self, open_site):
        """Its new pages are refused, its known ones and other clients' are counted."""
        site = open_site(new_pages_by_client=2)
        for n in range(2):
            assert site.get(f"/count?url=a.example/{n}", peer=STRANGER).text == "1"
        refused = site.get("/count?url=a.example/2", peer=STRANGER)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert site.get("/count?url=a.example/1", peer=STRANGER).text == "2"
        assert site.get("/count?url=a.example/2", peer="8.8.8.8").text == "1"
        assert site.get("/count?url=a.example/2", peer=STRANGER).text == "2"

    def test_a_site_over_its_limit_makes_no_more(self, open_site):
        """Other sites do."""
        site = open_site(new_pages_by_site=1)
        site.get("/count?url=a.example")
        assert site.get("/count?url=a.example/2").status_code == 429
        assert site.get("/count?url=b.example").text == "1"

    def test_nothing_is_stored_of_what_is_refused(self, open_site):
        """That is what the limit is for."""
        site = open_site(new_pages_in_all=1)
        site.get("/count?url=a.example")
        site.get("/count?url=b.example")
        assert site.redis.keys("hits:{b*") == []

    def test_the_badge_is_grey_and_says_so(self, open_site):
        """It is nobody's mistake."""
        site = open_site(new_pages_in_all=1)
        site.get("/count?url=a.example")
        result = site.get("/count/tag.svg?url=b.example")
        assert "too many new pages" in result.text
        assert "#dd4343" not in result.text

    def test_reading_has_no_price(self, open_site):
        """It makes nothing."""
        site = open_site(new_pages_in_all=1)
        site.get("/count?url=a.example")
        assert site.get("/nocount?url=b.example").text == "0"

    def test_a_refresh_is_still_a_refresh(self, open_site):
        """A cookie is looked at first, over the limit too."""
        site = open_site(new_pages_in_all=1)
        first = site.get("/count?url=a.example")
        cookie = first.headers["set-cookie"].partition(";")[0]
        again = site.get("/count?url=a.example", {"Cookie": cookie})
        assert again.text == "1"


class TestIndex:
    """The list of pages."""

    def test_a_counted_page_is_listed(self, site):
        """Under its site."""
        for page in ("a.example/x", "a.example", "b.example:81"):
            site.get(f"/count?url={page}")
        site.close()
        assert site.redis.smembers("hits:sites") == {"a.example", "b.example:81"}
        assert site.redis.smembers("hits:pages:{a.example}") == {
            "a.example",
            "a.example/x",
        }

    def test_a_page_that_was_left_out_is_listed_when_it_has_doubled(self, site):
        """Whatever kept it out of the list."""
        for _ in range(3):
            site.get("/count?url=a.example", {"Sec-GPC": "1"})
        site.redis.delete("hits:sites", "hits:pages:{a.example}")
        assert shown(site.get("/count?url=a.example", {"Sec-GPC": "1"})) == "4"
        site.close()
        assert site.redis.smembers("hits:pages:{a.example}") == {"a.example"}

    def test_reading_lists_nothing(self, site):
        """It leaves no trace."""
        site.get("/nocount?url=a.example")
        site.close()
        assert site.redis.keys("*") == []


class Full:
    """A resource whose store is full."""

    media_type = "image/svg+xml"

    async def on_get(
        self, _req: falcon.asgi.Request, _resp: falcon.asgi.Response
    ) -> None:
        """Refuse."""
        msg = "the store is nearly full, and this page is new"
        raise CounterFull(msg)


def test_a_full_store_is_told_by_a_grey_badge():
    """503 with its reason; nobody is told to come back in a second."""
    app, routes = falcon.asgi.App(), {"/count/tag.svg": Full()}
    serializer = ProblemSerializer(
        routes,
        routes,
        ErrorPictures({SVG: lambda *said: " ".join(map(str, said)).encode()}),
        lambda *_: b"",
        {},
        lambda *_: "",
    )
    add_problems(app, serializer, refuse=print)
    app.add_route("/count/tag.svg", routes["/count/tag.svg"])
    result = testing.TestClient(app).simulate_get("/count/tag.svg")

    assert (result.status_code, result.text) == (503, f"counter full {{}} {GREY}")
    assert "nearly full" in reason(result)


@pytest.mark.parametrize("name", ["HITSVC_SITES", "HITSVC_DENY"])
def test_a_wrong_list_of_sites_stops_the_start(name):
    """In a sentence that names the setting and the entry."""
    wrong = Settings.load(
        {"HITSVC_REDIS_URL": "memory", name: "b.example, a.example/b"}
    )
    with pytest.raises(SettingsError) as caught:
        create_app(wrong)
    assert str(caught.value) == (
        f"{name}='b.example, a.example/b': 'a.example/b' is not a host. "
        "Give hosts, separated by commas, such as example.org, *.example.com."
    )

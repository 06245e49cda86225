"""`tag.png` and `pixel.gif`: counts where no SVG is taken."""

from base64 import b64encode
from itertools import product

import pytest

from hitsvc.errors import CounterBusy
from hitsvc.png import Painter
from tests.support.contract import CONTRACT, METHODS, NOT_A_URL, ORIGIN
from tests.support.site import Site, cookie_from

PNGS = ["/count/tag.png", "/nocount/tag.png"]
CAMO = {"User-Agent": "github-camo (876de43e)"}
SVG_LOGO = f"data:image/svg%2Bxml;base64,{b64encode(b'<svg/>').decode()}"


def render(svg: bytes) -> bytes:
    """Paint nothing, but mark that it went through the painter."""
    return b"PNG of " + svg


class Crowded(Painter):
    """A painter that many wait for."""

    def admit(self) -> None:
        """Refuse."""
        raise CounterBusy


@pytest.fixture(name="painting")
def _painting(open_site) -> Site:
    """A site with a painter."""
    site: Site = open_site(painter=Painter(render))
    return site


class TestPng:
    """The badge as PNG."""

    def test_it_counts_as_the_badge_does(self, painting):
        """Each view is a hit, with its cookie; the number is in the picture."""
        answers = [painting.get("/count/tag.png?url=example.com") for _ in range(3)]
        again = painting.get(
            "/count/tag.png?url=example.com", {"Cookie": cookie_from(answers[2])}
        )

        assert painting.total() == 3
        for answer, number in zip([*answers, again], (1, 2, 3, 3), strict=True):
            svg = painting.get(f"/nocount/tag.svg?url=none.example&base={number}")
            assert answer.content == render(svg.content)

    def test_reading_counts_nothing(self, painting):
        """As at every other address below `/nocount`."""
        result = painting.get("/nocount/tag.png?url=example.com")

        assert result.content.startswith(b"PNG of <svg")
        assert painting.redis.keys("*") == []

    @pytest.mark.parametrize("route", PNGS)
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_it_has_the_headers_of_a_count(self, painting, route, method):
        """No cache keeps it, any page shows it; and it is a PNG."""
        result = painting.ask(method, f"{route}?url=example.com")
        headers = {**result.headers}
        headers.pop("set-cookie", None)
        headers.pop("content-length")

        assert headers == {
            **CONTRACT,
            "content-type": "image/png",
            "x-hits-page": "example.com",
        }

    def test_it_has_the_look_that_is_asked_for(self, painting):
        """All parameters of the badge."""
        query = (
            "url=example.com&label=x&style=social&show=both&format=grouped&base=1000"
        )
        png = painting.get(f"/nocount/tag.png?{query}")
        svg = painting.get(f"/nocount/tag.svg?{query}")

        assert png.content == render(svg.content)

    def test_a_logo_that_may_cost_anything_is_left_out(self, painting):
        """An SVG in a browser is its reader's affair; here it is ours."""
        query = "/nocount/tag.png?url=example.com&label=x"
        plain = painting.get(query)

        assert painting.get(f"{query}&logo={SVG_LOGO}").content == plain.content

    @pytest.mark.parametrize("route", PNGS)
    def test_an_error_is_a_png_too(self, painting, route):
        """Red, in the look of all errors: so there are few to paint."""
        results = [
            painting.get(f"{route}?url=http://[&label={label}") for label in "ab"
        ]

        assert results[0].content == results[1].content
        assert b"invalid URL" in results[0].content
        assert results[0].status_code == 400
        assert results[0].headers["content-type"] == "image/png"
        assert results[0].headers["x-hits-reason"] == NOT_A_URL
        assert painting.get(f"{route}?url=http://[", CAMO).status_code == 200

    def test_what_cannot_be_painted_is_an_error_as_any(self, open_site):
        """A defect; the picture that says so cannot be painted either, and so it is text."""

        def fail(svg: bytes) -> bytes:
            if b"example" not in svg:
                return svg
            raise ValueError(svg)

        site = open_site(painter=Painter(fail))
        result = site.get("/count/tag.png?url=a.com&label=example")

        assert result.status_code == 500
        assert b"Internal Server Error" in result.content

    def test_when_too_many_wait_the_next_is_not_counted(self, open_site):
        """It is told to come back, and its coming back is its first hit."""
        site = open_site(painter=Crowded(render))
        result = site.get("/count/tag.png?url=example.com")

        assert result.status_code == 503
        assert result.content.startswith(b"PNG of <svg")
        assert site.total() == 0


@pytest.mark.parametrize(
    ("method", "route"),
    [*product(["GET", "HEAD"], PNGS), ("POST", "/count/tag.png")],
)
class TestWithoutTheExtra:
    """Where nothing is installed that paints."""

    def test_the_address_says_what_is_missing(self, site, method, route):
        """501, as a badge, for it is an image that is waited for."""
        result = site.ask(method, f"{route}?url=example.com")

        assert result.status_code == 501
        assert result.headers["content-type"] == "image/svg+xml"
        assert "hitsvc[png]" in result.headers["x-hits-reason"]
        assert method == "HEAD" or "no PNG here" in result.text

    def test_nothing_is_counted(self, site, method, route):
        """No number was given."""
        site.ask(method, f"{route}?url=example.com")

        assert site.redis.keys("*") == []


class TestPixel:
    """A picture that nobody sees."""

    def test_it_is_one_transparent_pixel(self, site):
        """As small as a GIF can be, and with nothing of the number in it."""
        gif = site.get("/count/pixel.gif?url=example.com").content

        assert gif[:10] == b"GIF89a\1\0\1\0"
        assert len(gif) == 43
        assert gif == site.get("/count/pixel.gif?url=example.com").content

    def test_it_counts(self, site):
        """As any other image, with its cookie."""
        results = [site.get("/count/pixel.gif?url=example.com") for _ in range(2)]
        site.get(
            "/count/pixel.gif?url=example.com", {"Cookie": cookie_from(results[1])}
        )

        assert site.total() == 2

    def test_it_has_the_headers_of_a_count(self, site):
        """Above all, no cache may keep it."""
        result = site.get("/count/pixel.gif?url=example.com", ORIGIN)
        assert result.headers["cache-control"].startswith("no-cache, no-store")
        assert result.headers["content-type"] == "image/gif"

    @pytest.mark.parametrize(("agent", "status"), [({}, 400), (CAMO, 200)])
    def test_an_error_is_not_seen_either(self, site, agent, status):
        """No broken image in a letter; the headers say what is wrong."""
        good = site.get("/count/pixel.gif?url=example.com")
        result = site.get("/count/pixel.gif?url=:", agent)

        assert (result.status_code, result.content) == (status, good.content)
        assert result.headers["x-hits-status"] == "400"


@pytest.mark.parametrize("route", ["/count/tag.png", "/count/pixel.gif"])
def test_other_methods_are_refused(painting, route):
    """As at the other addresses that count."""
    allowed = painting.ask("OPTIONS", route).headers["allow"]

    assert allowed == METHODS["/count"]
    assert painting.ask("POST", f"{route}?url=example.com").status_code == 200
    assert painting.ask("PUT", f"{route}?url=example.com").status_code == 405

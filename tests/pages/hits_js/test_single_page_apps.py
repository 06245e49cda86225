"""Steps within a page are views, whichever API the browser has."""

import threading

import pytest

from tests.support.embedding import TODAY, TOTAL, push
from tests.support.processes import eventually

# What browsers without the Navigation API have; Chromium has it.
NO_NAVIGATION = "Object.defineProperty(window, 'navigation', { value: undefined })"
# There an element of that id takes the API's name.
NAMED_NAVIGATION = (
    "Object.defineProperty(window, 'navigation',"
    " { get: () => document.getElementById('navigation') })"
)


@pytest.mark.browser
@pytest.mark.parametrize(
    "without", ["", NO_NAVIGATION], ids=["Navigation API", "History API"]
)
class TestSinglePageApps:
    """Steps within a page, in browsers with and without the Navigation API."""

    @pytest.fixture(name="app")
    def _app(self, page, reader, without):
        page.add_init_script(without)
        reader.open("/a", html=TOTAL + TODAY)
        reader.shows("total", "101")
        return reader

    @pytest.mark.parametrize("method", ["pushState", "replaceState"])
    def test_another_path_is_a_view(self, app, method):
        """It counts, and the elements show its numbers."""
        app.moves(f"history.{method}(0, '', '/b?c#d')")

        app.shows("total", "102")
        app.shows("today", "12")
        app.has_asked("POST /count.json /a", "POST /count.json /b")

    def test_the_way_back_is_a_view(self, app):
        """The Back button leads to a page, too."""
        app.moves(push("/b"))
        app.shows("total", "102")

        app.moves("history.back()")

        app.shows("total", "103")
        app.has_asked(
            "POST /count.json /a", "POST /count.json /b", "POST /count.json /a"
        )

    def test_the_same_path_is_the_same_view(self, app):
        """What the service drops from an address makes no other page."""
        for address in ("/a", "/a/", "/a?b=c", "/a#d", "#d", "?"):
            app.moves(push(address))
            app.has_asked("POST /count.json /a")

    def test_a_redirect_at_once_is_one_view(self, app):
        """A router that corrects the address has shown one page."""
        app.moves(push("/b") + "; history.replaceState(0, '', '/c')")

        app.shows("total", "102")
        app.has_asked("POST /count.json /a", "POST /count.json /c")

    def test_a_late_answer_is_not_shown(self, app):
        """The number of the page before does not replace that of this one."""
        before, after = threading.Event(), threading.Event()
        app.counter.held = {"/b": before, "/c": after}
        app.moves(push("/b"))
        eventually(lambda: len(app.counter.asked) == 2)
        app.moves(push("/c"))
        eventually(lambda: len(app.counter.asked) == 3)

        before.set()
        # The browser lists a resource when all of it has come.
        app.page.wait_for_function(
            "performance.getEntriesByType('resource')"
            ".some((entry) => entry.name.endsWith('%2Fb'))"
        )
        app.has_asked(*(f"POST /count.json /{page}" for page in "abc"))

        app.shows("total", "101")
        after.set()
        app.shows("total", "103")

    @pytest.mark.parametrize(
        ("new_link", "counted"),
        [("/first", "/b"), ("/second", "/second"), ("", "/b")],
        ids=["left as it was", "changed", "emptied"],
    )
    def test_an_old_canonical_link_is_not_believed(self, app, new_link, counted):
        """Unless the app has changed it with the page."""
        app.open("/a", html=f'<link rel="canonical" href="/first">{TOTAL}')
        app.shows("total", "102")
        link = f"document.querySelector('link').setAttribute('href', '{new_link}')"

        app.moves(f"{push('/b')}; {link}")

        app.shows("total", "103")
        assert app.counter.asked[-1][2] == app.site.url + counted


@pytest.mark.browser
def test_an_element_is_not_taken_for_the_navigation_api(page, reader):
    """In a browser without it, an element's id makes a variable of the same name."""
    page.add_init_script(NAMED_NAVIGATION)
    reader.open("/a", html=f'<nav id="navigation"></nav>{TOTAL}')
    reader.shows("total", "101")

    reader.moves(push("/b"))

    reader.shows("total", "102")

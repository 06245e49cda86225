"""A view is counted once, and one's own visits can be left out."""

import pytest

from tests.support.embedding import TOTAL, push
from tests.support.processes import eventually


@pytest.mark.browser
class TestOnce:
    """A view is one view."""

    def test_loaded_twice_it_counts_once(self, reader):
        """Two snippets, or a theme and a plugin, are no two views."""
        reader.open(html=TOTAL + reader.script)

        reader.has_asked("POST /count.json /post")

    def test_it_leaves_no_global_name(self, reader):
        """The page's own names are its own."""
        names = "Object.getOwnPropertyNames(window).sort()"
        reader.page.goto(reader.site.url)
        before = reader.page.evaluate(names)

        reader.open()
        reader.shows("total", "101")

        assert reader.page.evaluate(names) == before

    def test_not_before_a_prerendered_page_is_shown(self, page, reader):
        """A page that the browser prepares may never be seen."""
        page.add_init_script(
            "Object.defineProperty(document, 'prerendering',"
            " { value: true, configurable: true })"
        )
        reader.open()
        reader.has_asked()

        reader.moves(
            "Object.defineProperty(document, 'prerendering', { value: false });"
            "document.dispatchEvent(new Event('prerenderingchange'))"
        )

        reader.has_asked("POST /count.json /post")

    def test_a_page_that_comes_back_is_a_view(self, reader):
        """One restored as it was left counts again, and shows the new number."""
        reader.open(html=f'<link rel="canonical" href="/real">{TOTAL}')
        reader.shows("total", "101")

        reader.moves(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )

        reader.shows("total", "102")
        reader.has_asked("POST /count.json /real", "POST /count.json /real")


@pytest.mark.browser
class TestOwnVisits:
    """The switch for one's own visits."""

    READ = "POST /nocount.json /post"
    COUNTED = "POST /count.json /post"

    def test_switched_off_it_only_reads(self, reader):
        """The fragment is needed once; the numbers show all the same."""
        reader.open("/post#hits-off")
        reader.shows("total", "100")
        reader.open("/post")
        reader.shows("total", "100")

        reader.has_asked(self.READ, self.READ)
        assert reader.page.evaluate("localStorage['hitsvc.off']") == "1"

    def test_switched_off_without_an_element_it_asks_nothing(self, reader):
        """There is nothing to count and nothing to show."""
        reader.open("/post#hits-off", html="<p>Hello")

        reader.has_asked()

    def test_switched_on_it_counts_again(self, reader):
        """The other fragment takes the switch back."""
        reader.open("/post#hits-off")
        reader.shows("total", "100")

        reader.page.goto("about:blank")
        reader.open("/post#hits-on")

        reader.shows("total", "101")
        reader.has_asked(self.READ, self.COUNTED)
        assert reader.page.evaluate("localStorage.length") == 0

    def test_the_switch_works_on_an_open_page(self, reader):
        """A fragment typed into the address bar loads nothing, and still switches."""
        reader.open("/post")
        reader.shows("total", "101")

        reader.page.goto(f"{reader.site.url}/post#hits-off")
        eventually(lambda: reader.page.evaluate("localStorage['hitsvc.off']") == "1")
        reader.page.reload()
        reader.moves(push("/next"))

        reader.has_asked(self.COUNTED, self.READ, "POST /nocount.json /next")

    def test_where_storage_is_blocked_it_counts(self, page, reader):
        """The switch cannot be kept, but holds for the page that has it."""
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage',"
            " { get() { throw new DOMException('denied', 'SecurityError') } })"
        )
        reader.open("/post#hits-off")
        reader.shows("total", "100")

        reader.page.goto("about:blank")
        reader.open("/post")

        reader.shows("total", "101")
        reader.has_asked(self.READ, self.COUNTED)

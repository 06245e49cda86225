"""The elements that show numbers: of other pages, in other formats, in shadow trees."""

import json

import pytest

from tests.support.embedding import TOTAL, push
from tests.support.processes import eventually

COUNTED = "POST /count.json /post"


def element(name: str, **attributes: str) -> str:
    """Write an element of that id that shows a number."""
    said = "".join(f' data-hits-{key}="{text}"' for key, text in attributes.items())
    return f'<b id="{name}" data-hits{said}>…</b>'


@pytest.mark.browser
class TestOtherPages:
    """``data-hits-url`` names the page whose number an element shows."""

    def test_all_of_them_are_asked_for_at_once(self, reader):
        """In one request, each page once; the page itself counts, they do not."""
        reader.counter.totals = {"/a": 7, "/b": 8}
        html = "".join(
            element(name, url=url)
            for name, url in {
                "a": "/a",
                "b": "b",
                "again": "/a/",
                "other": "//x.example/a#b",
            }.items()
        )

        reader.open(html=TOTAL + html)

        for name, number in {"a": "7", "b": "8", "again": "7", "other": "7"}.items():
            reader.shows(name, number)
        reader.shows("total", "101")
        reader.has_asked(COUNTED, "POST /nocount.json /a /b http://x.example/a#b")

    def test_without_the_other_attribute_it_is_a_total(self, reader):
        """One attribute is enough."""
        reader.counter.totals = {"/a": 7}

        reader.open(html='<b id="a" data-hits-url="/a">…</b>')

        reader.shows("a", "7")

    def test_with_what_jsx_writes_it_is_a_total(self, reader):
        """``<b data-hits>`` comes out of React as ``<b data-hits="true">``."""
        reader.open(html='<b id="a" data-hits="true">…</b>')

        reader.shows("a", "101")
        reader.has_asked(COUNTED)

    def test_its_number_of_today(self, reader):
        """``data-hits`` says which number, as for the page itself."""
        reader.open(html='<b id="a" data-hits="today" data-hits-url="/a">…</b>')

        reader.shows("a", "10")

    def test_a_blank_one_is_the_page_itself(self, reader):
        """As templates leave it."""
        reader.open(html=element("a", url=""))

        reader.shows("a", "101")
        reader.has_asked(COUNTED)

    def test_the_page_itself_by_name_is_not_asked_for_again(self, reader):
        """In a list of posts, the one that is open."""
        reader.open(html=element("a", url="/post/"))

        reader.shows("a", "101")
        reader.has_asked(COUNTED)

    def test_more_than_a_hundred_are_asked_for_in_parts(self, reader):
        """The service takes a hundred at once."""
        html = "".join(element(f"n{n}", url=f"/{n}") for n in range(201))

        reader.open(html=html)

        for name in ("n0", "n100", "n200"):
            reader.shows(name, "100")
        reads = [urls.split() for _, path, urls in reader.counter.asked if "no" in path]
        assert sorted(map(len, reads)) == [50, 51, 100]
        assert len({url for urls in reads for url in urls}) == 201

    def test_long_addresses_are_asked_for_in_parts(self, reader):
        """The service takes 16 KB at once; one longer than that is asked for alone."""
        pages = [f"/{n}{'x' * 1500}" for n in range(20)] + ["/y" * 9000]
        html = "".join(element(f"n{n}", url=page) for n, page in enumerate(pages))

        reader.open(html=html)

        for number in range(21):
            reader.shows(f"n{number}", "100")
        reads = [urls.split() for _, path, urls in reader.counter.asked if "no" in path]
        sizes = [len(json.dumps(urls)) for urls in reads]
        assert sorted(sizes)[-2] <= 16_384
        assert sum(map(len, reads)) == 21

    @pytest.mark.parametrize("url", ["http://[", "mailto:a@b", "javascript:1"])
    def test_what_is_no_page_keeps_its_text(self, page, reader, url):
        """And the others have their numbers."""
        errors = []
        page.on("pageerror", lambda error: errors.append(error))
        page.route(
            "**/nocount.json",
            lambda route: route.fulfill(
                headers={
                    "Access-Control-Allow-Origin": reader.site.url,
                    "Access-Control-Allow-Credentials": "true",
                },
                json=[{"url": "", "error": "no"}, {"url": "", "total": 7}],
            ),
        )

        reader.open(html=element("odd", url=url) + element("a", url="/a"))

        reader.shows("a", "7")
        reader.shows("odd", "…")
        assert errors == []

    def test_with_own_visits_off_all_are_read_at_once(self, reader):
        """The page itself is one of them then."""
        reader.open("/post#hits-off", html=TOTAL + element("a", url="/a"))

        reader.shows("total", "100")
        reader.shows("a", "100")
        reader.has_asked("POST /nocount.json /post /a")

    def test_another_address_shows_another_number(self, reader):
        """A list that is drawn again keeps its elements and changes their addresses."""
        reader.counter.totals = {"/a": 7, "/b": 8}
        reader.open(html=element("a", url="/a"))
        reader.shows("a", "7")

        reader.moves("document.getElementById('a').dataset.hitsUrl = '/b'")

        reader.shows("a", "8")
        reader.has_asked(COUNTED, "POST /nocount.json /a", "POST /nocount.json /b")

    def test_after_a_step_they_are_read_again(self, reader):
        """A view of a single-page app is one like any other."""
        reader.counter.totals = {"/a": 7}
        reader.open(html=element("a", url="/a"))
        reader.shows("a", "7")
        reader.counter.totals = {"/a": 8}

        reader.moves(push("/next"))

        reader.shows("a", "8")


@pytest.mark.browser
class TestFormat:
    """``data-hits-format`` writes a number as a badge does."""

    @pytest.mark.parametrize(
        ("total", "grouped", "metric"),
        [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1,000", "1k"),
            (1999, "1,999", "1.9k"),
            (12_345, "12,345", "12.3k"),
            (99_999, "99,999", "99.9k"),
            (123_999, "123,999", "123k"),
            (1_050_000, "1,050,000", "1M"),
            (2_300_000_000, "2,300,000,000", "2.3G"),
            (9_007_199_254_740_991, "9,007,199,254,740,991", "9P"),
        ],
    )
    def test_it_is_cut_off_as_on_a_badge(self, reader, total, grouped, metric):
        """The same rules as ``format=``, see `hitsvc.drawing.amounts`."""
        reader.counter.totals = {"/post": total}
        html = "".join(
            element(f, format=f) for f in ("plain", "grouped", "metric", "odd")
        )

        reader.open(html=html)

        reader.shows("plain", str(total))
        reader.shows("grouped", grouped)
        reader.shows("metric", metric)
        reader.shows("odd", str(total))


SHADOW = "attachShadow({ mode: 'open' }).innerHTML = `" + element("inner") + "`"
DECLARED = (
    f'<p><template shadowrootmode="open"><span><template shadowrootmode="open">'
    f"{element('inner')}</template></span></template></p>"
)


@pytest.mark.browser
class TestShadowTrees:
    """Components hide their elements from the page, and they are filled all the same."""

    @pytest.mark.parametrize(
        ("html", "step"),
        [
            pytest.param(DECLARED, "", id="declared, one in another"),
            pytest.param(
                f"<p id=host></p><script>host.{SHADOW}</script>", "", id="there before"
            ),
            pytest.param("<p id=host></p>", f"host.{SHADOW}", id="attached later"),
            pytest.param(
                "",
                f"const host = document.createElement('p'); host.{SHADOW};"
                "document.body.append(host)",
                id="attached, then added",
            ),
            pytest.param(
                "<div></div>",
                f"document.querySelector('div').setHTMLUnsafe(`{DECLARED}`)",
                id="declared later",
            ),
            pytest.param(
                "<x-hits></x-hits>",
                "customElements.define('x-hits', class extends HTMLElement {"
                f" constructor() {{ super(); this.{SHADOW}; }} }})",
                id="an element that is defined later",
            ),
            pytest.param(
                "<p id=host></p>",
                "const root = host.attachShadow({ mode: 'closed' });"
                "window.root = root;"
                f"setTimeout(() => root.innerHTML = `{element('inner')}`, 50)",
                id="closed, filled later",
            ),
        ],
    )
    def test_an_element_in_one_is_filled(self, reader, html, step):
        """However the tree came to be; with the number of the one view."""
        reader.open(html=TOTAL + html)
        reader.shows("total", "101")

        reader.moves(step)

        shown = (
            "() => { const find = (root) => root?.querySelector('#inner') ??"
            " [...(root?.querySelectorAll('*') ?? [])].map((e) => e.shadowRoot)"
            ".filter(Boolean).map(find).find(Boolean);"
            " return (find(document) ?? find(window.root))?.textContent }"
        )
        eventually(lambda: reader.page.evaluate(shown) == "101")
        reader.has_asked(COUNTED)

    def test_a_component_that_is_moved_is_filled_again(self, reader):
        """What an app takes out and puts back is looked at as if it were new."""
        reader.open(html=TOTAL + "<p id=host></p>")
        reader.shows("total", "101")
        reader.moves(f"host.{SHADOW}; window.kept = host; host.remove()")
        reader.moves("document.querySelector('#total').title = 'a view of nothing'")

        reader.moves(
            push("/next") + "; setTimeout(() => document.body.append(kept), 99)"
        )

        eventually(
            lambda: (
                reader.page.evaluate(
                    "kept.shadowRoot.querySelector('#inner').textContent"
                )
                == "102"
            )
        )

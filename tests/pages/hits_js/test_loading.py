"""However the script comes to a page, it finds its service."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedding import SCRIPT, TOTAL
from tests.support.processes import eventually

COUNTED = "POST /count.json /post"


def serving(script: str) -> Callable[[Any], None]:
    """Make what answers a request with a script."""

    def answer(route: Any) -> None:
        route.fulfill(content_type="text/javascript", body=script)

    return answer


@pytest.mark.browser
class TestFromTheService:
    """Its own address says where the service is."""

    @pytest.mark.parametrize(
        "html",
        [
            '<script src="{url}/hits.js"></script>',
            '<script async src="{url}/hits.js?v=1#x"></script>',
            '<script type="module" src="{url}/hits.js"></script>',
            '<script type="module" src="{url}/hits.js?v=1"></script>',
            '<script type="module">import "{url}/hits.js"</script>',
            '<script type="module">import("{url}/hits.js")</script>',
            '<script>import("{url}/hits.js?v=1")</script>',
            "<script>document.write('<script src={url}/hits.js><\\/script>')</script>",
            "<script>document.head.append(Object.assign("
            "document.createElement('script'), {{ src: '{url}/hits.js' }}))</script>",
        ],
        ids=[
            "classic",
            "async, with a query",
            "module",
            "module, with a query",
            "import",
            "import()",
            "import() from a classic script",
            "written",
            "appended",
        ],
    )
    def test_it_counts_and_shows(self, reader, html):
        """The number is there, of one view."""
        reader.script = html.format(url=reader.counter.url)

        reader.open()

        reader.shows("total", "101")
        reader.has_asked(COUNTED)

    def test_in_two_ways_it_counts_once(self, reader):
        """A theme's module and a plugin's tag are one service."""
        url = reader.counter.url
        reader.script += f'<script type="module" src="{url}/hits.js"></script>'

        reader.open()

        reader.shows("total", "101")
        reader.has_asked(COUNTED)

    def test_below_a_path_it_asks_there(self, page, reader):
        """What is beside the script is the service's."""
        source = SCRIPT.read_text()
        url = f"{reader.counter.url}/a/stats"
        page.route(f"{url}/hits.js", serving(source))
        reader.script = f'<script async src="{url}/hits.js"></script>'

        reader.open()

        reader.has_asked("POST /a/stats/count.json /post")


@pytest.mark.browser
class TestFromElsewhere:
    """A copy, a bundle, code in the page: an attribute or a name says it."""

    @pytest.fixture(autouse=True)
    def _copy(self, page, reader):
        """The site has the script among its own files."""
        source = SCRIPT.read_text()
        for name, body in {
            "copy.js": source,
            "hits.js": source,
            "bundle.js": f"const before = 1;{source};const after = 2;",
            "setting.js": f"window.hitsService = '{reader.counter.url}';",
        }.items():
            page.route(f"{reader.site.url}/{name}", serving(body))

    @pytest.mark.parametrize(
        "html",
        [
            '<script async src="/copy.js" data-hits-service="{url}"></script>',
            '<script async src="/hits.js" data-hits-service="{url}/"></script>',
            '<script type="module" src="/copy.js" data-hits-service="{url}//"></script>',
            '<script type="module" src="/bundle.js" data-hits-service="{url}"></script>',
            '<script>hitsService = "{url}"</script><script src="/bundle.js"></script>',
            '<script>hitsService = "{url}"</script>'
            '<script type="module">import("/hits.js")</script>',
            '<script type="module">import "/setting.js"; import "/bundle.js"</script>',
            '<script data-hits-service="{url}">{source}</script>',
            '<script type="module" data-hits-service="{url}">{source}</script>',
        ],
        ids=[
            "a copy",
            "a copy of the same name",
            "a module",
            "a bundle",
            "a name, then a bundle",
            "a name, then import()",
            "a name that a module gives",
            "in the page",
            "in the page, a module",
        ],
    )
    def test_the_named_service_counts(self, reader, html):
        """It is asked, and the site is not."""
        reader.script = html.format(
            url=reader.counter.url, source=SCRIPT.read_text().replace("</", "<\\/")
        )

        reader.open()

        reader.shows("total", "101")
        reader.has_asked(COUNTED)

    def test_a_path_of_the_site_can_be_named(self, page, reader):
        """For a service below a path of it."""
        reader.script = '<script src="/copy.js" data-hits-service="/stats"></script>'

        with page.expect_request("**/count.json?*") as asked:
            reader.open()

        assert asked.value.url.startswith(f"{reader.site.url}/stats/count.json?")

    def test_where_nothing_names_a_service_it_says_so(self, page, reader):
        """In the console, once; nothing is asked."""
        said = []
        page.on("console", lambda message: said.append((message.type, message.text)))
        reader.script = f"<script>{SCRIPT.read_text()}</script>"

        reader.open()

        reader.has_asked()
        assert said == [("error", "hits.js needs data-hits-service")]


@pytest.mark.browser
def test_two_services_count_each_for_itself(reader):
    """A copy for one service and the script of another do not take each other's place."""
    copy = SCRIPT.read_text().replace("</", "<\\/")
    reader.script += (
        f'<script data-hits-service="{reader.counter.url}/b">{copy}</script>'
    )

    reader.open(html=TOTAL)

    eventually(lambda: len(reader.counter.asked) == 2)
    assert {path for _, path, _ in reader.counter.asked} == {
        "/count.json",
        "/b/count.json",
    }

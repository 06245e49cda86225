"""What the script asks for, how it asks, and what it does with the answer."""

from typing import Any

import pytest

from tests.support.embedding import COOKIE, TODAY, TOTAL, Recorder, listening
from tests.support.processes import eventually


@pytest.mark.browser
class TestAddress:
    """Which address is counted."""

    @pytest.mark.parametrize("policy", ["no-referrer", "origin", "unsafe-url"])
    def test_the_whole_address_whatever_the_referrer_policy(self, reader, policy):
        """The page's policy keeps the Referer short, not the number's page."""
        reader.site.headers["Referrer-Policy"] = policy

        reader.open("/a/post")

        reader.has_asked("POST /count.json /a/post")

    def test_query_and_fragment_stay_at_home(self, reader):
        """They make no other page, and may hold what is nobody's business."""
        reader.open("/post?token=secret#part")

        reader.has_asked("POST /count.json /post")
        assert "Referer" not in reader.counter.headers[0]

    @pytest.mark.parametrize(
        ("link", "counted"),
        [
            pytest.param("/real", "/real", id="relative"),
            pytest.param("{site}/real?a=b#c", "/real", id="with a query"),
            pytest.param("https://{host}/real", "https://{host}/real", id="https"),
            pytest.param("https://example.com/real", "/post", id="another host"),
            pytest.param("https://{host}.example/", "/post", id="a longer host"),
            pytest.param("ftp://{host}/real", "/post", id="not http"),
            pytest.param("http://[", "/post", id="no address"),
            pytest.param("", "/post", id="empty"),
        ],
    )
    def test_the_canonical_link_of_the_same_host_counts(self, reader, link, counted):
        """A page says what its address is, but not that it is another site."""
        site = reader.site.url
        names = {"site": site, "host": site.removeprefix("http://")}

        reader.open(html=f'<link rel="canonical" href="{link.format(**names)}">{TOTAL}')

        reader.has_asked(f"POST /count.json {counted.format(**names)}")

    def test_a_canonical_link_after_the_script_is_seen(self, reader):
        """A script that runs early waits for the rest of the head."""
        script = reader.script.replace(" async", "")

        reader.open(html=f'{script}<link rel="canonical" href="/real"><body>{TOTAL}')

        reader.has_asked("POST /count.json /real")

    def test_what_has_no_web_address_is_not_counted(self, reader):
        """A document of a frame that was never on the web sends nothing."""
        reader.site.html = f"<iframe srcdoc='{reader.script}'></iframe>"

        reader.page.goto(reader.site.url)

        reader.has_asked()


@pytest.mark.browser
class TestNumbers:
    """The elements that show numbers."""

    def test_each_element_gets_its_number(self, reader):
        """``data-hits`` is the total, ``data-hits=today`` the number of today."""
        named = '<b data-hits="total" id="named"></b><b data-hits="url" id="odd">?</b>'

        reader.open(html=TOTAL + TODAY + named)

        reader.shows("total", "101")
        reader.shows("today", "11")
        reader.shows("named", "101")
        reader.shows("odd", "?")

    @pytest.mark.parametrize("status", [400, 503])
    def test_after_an_error_they_keep_their_text(self, reader, status):
        """The number in an error's body, if any, is no number to show."""
        reader.counter.status = status

        reader.open()

        reader.has_asked("POST /count.json /post")
        reader.shows("total", "…")

    def test_without_a_network_they_keep_their_text(self, reader):
        """A lost request changes nothing, is not repeated, and throws nothing."""
        errors: list[Any] = []
        tried: list[str] = []
        reader.page.on("pageerror", lambda error: errors.append(error))
        reader.page.on("requestfailed", lambda request: tried.append(request.url))
        reader.page.route("**/count.json*", lambda route: route.abort())

        reader.open(html=TOTAL + TODAY)

        reader.has_asked()
        reader.shows("total", "…")
        assert len([url for url in tried if "/count" in url]) == 1
        assert errors == []

    def test_an_element_that_comes_later_is_filled(self, reader):
        """A page may be drawn by scripts, long after the number has come."""
        reader.open()
        reader.shows("total", "101")

        reader.page.evaluate(
            f"document.body.insertAdjacentHTML('beforeend', `{TODAY}`)"
        )

        reader.shows("today", "11")
        reader.has_asked("POST /count.json /post")

    def test_two_counters_do_not_fight(self, reader):
        """The first number stays, even if another service's script is there."""
        second = Recorder()
        with listening(second.handler()) as second.url:
            other = reader.script.replace(reader.counter.url, second.url)
            reader.open(html=TOTAL + other)
            eventually(lambda: second.asked and reader.counter.asked)
            # A page that two scripts keep changing never answers.
            reader.shows("total", "101")

        assert len(second.asked) == len(reader.counter.asked) == 1


@pytest.mark.browser
class TestWay:
    """How the request travels."""

    @pytest.mark.parametrize("when", ["async", "defer"])
    @pytest.mark.parametrize(
        "html", ["<p>Hello", TOTAL], ids=["only counts", "shows a number"]
    )
    def test_a_view_counts_where_pings_are_refused(self, page, reader, html, when):
        """As by ``*$ping,3p``, with which blockers refuse all beacons to other sites."""
        page.route(
            "**/count*",
            lambda route: (
                route.abort()
                if route.request.resource_type == "ping"
                else route.continue_()
            ),
        )
        reader.script = reader.script.replace("async", when)

        # Waiting in the browser's way: else nobody would answer it.
        with page.expect_response(lambda answer: "/count.json" in answer.url):
            reader.open(html=html)

        reader.has_asked("POST /count.json /post")

    def test_a_view_counts_where_there_are_no_beacons(self, page, reader):
        """A setting of Firefox takes them away."""
        page.add_init_script("delete Navigator.prototype.sendBeacon")
        reader.script = reader.script.replace("async", "defer")

        reader.open(html="<p>Hello")

        reader.has_asked("POST /count.json /post")

    def test_the_request_outlives_the_page(self, page, reader):
        """The browser sends it though the reader leaves at once, as it does beacons."""
        page.add_init_script(
            "const { fetch } = window; window.options = [];"
            "window.fetch = (url, given) => (options.push(given), fetch(url, given))"
        )

        reader.open()
        reader.shows("total", "101")

        assert page.evaluate("options.map(({ keepalive }) => keepalive)") == [True]

    def test_a_late_element_is_filled_without_counting_again(self, reader):
        """The numbers of the view are kept for it."""
        reader.script = reader.script.replace("async", "defer")
        reader.open(html="<p>Hello")
        reader.has_asked("POST /count.json /post")

        reader.page.evaluate(
            f"document.body.insertAdjacentHTML('beforeend', `{TOTAL}{TODAY}`)"
        )

        reader.shows("total", "101")
        reader.shows("today", "11")
        reader.has_asked("POST /count.json /post")

    def test_while_the_page_loads_an_element_may_come(self, reader):
        """The parser has not seen all of it, so the numbers are asked for."""
        script = reader.script.replace(" async", "")

        reader.open(html=f"<body>{script}{TOTAL}")

        reader.shows("total", "101")
        reader.has_asked("POST /count.json /post")

    def test_it_brings_its_cookie_again(self, reader):
        """So the service can tell a refresh from a new view."""
        reader.open()
        reader.shows("total", "101")

        reader.page.reload()

        reader.shows("total", "102")
        assert [headers.get("Cookie") for headers in reader.counter.headers] == [
            None,
            COOKIE,
        ]

    def test_global_privacy_control_keeps_cookies_away(self, page, reader):
        """The view counts, but no cookie is kept or brought, also without elements."""
        page.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
        )
        reader.script = reader.script.replace("async", "defer")

        reader.open(html="<p>Hello")
        reader.has_asked("POST /count.json /post")
        reader.page.reload()

        reader.has_asked("POST /count.json /post", "POST /count.json /post")
        assert not any("Cookie" in headers for headers in reader.counter.headers)
        assert page.context.cookies() == []

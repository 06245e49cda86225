"""Reading many pages at once: ``POST /nocount.json``."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.resources.many import MAX_BYTES, MAX_PAGES
from tests.support.contract import AWAY, ORIGIN, contract
from tests.support.service import PATIENT
from tests.support.site import Site

NO_LIST = 'send a JSON array of URLs, such as ["https://example.com/post"]'


def post(site: Site, body: Any, headers: Any = None) -> Any:
    """Ask for pages: as an object, or as the bytes of a body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return site.ask("POST", "/nocount.json", headers, body=data)


class TestAnswer:
    """What comes back."""

    def test_it_has_the_numbers_in_the_same_order(self, site):
        """One object for each URL, whatever its spelling; nothing is counted."""
        for page in ("a.example", "a.example", "b.example/x"):
            site.get(f"/count?url={page}")

        result = post(site, ["https://B.example/x/?y#z", "c.example", "a.example"])

        assert result.json == [
            {"url": "b.example/x", "total": 1, "today": 1},
            {"url": "c.example", "total": 0, "today": 0},
            {"url": "a.example", "total": 2, "today": 2},
        ]
        assert (site.total("a.example"), site.total("c.example")) == (2, 0)

    def test_each_form_of_a_page_has_its_place(self, site):
        """The same page twice is asked for once, and answered twice."""
        site.get("/count?url=a.example")

        result = post(site, ["a.example", "http://a.example/", "b.example"])

        assert [one["total"] for one in result.json] == [1, 1, 0]

    def test_nothing_asked_is_nothing_answered(self, site):
        """An empty list is no error."""
        assert post(site, []).json == []

    @pytest.mark.parametrize(
        ("url", "error"),
        [
            ("ftp://a.example", "only http and https URLs can be counted"),
            ("http://[", "this is not a valid URL"),
            ("", "this is no URL: it has no host"),
            ("\ud800", "this is not a valid URL"),
            ("a.example/" + "a" * 2048, "the URL is longer than 2048 bytes"),
        ],
        ids=["scheme", "malformed", "blank", "no character", "too long"],
    )
    def test_an_error_is_its_page_s_own(self, site, url, error):
        """The pages beside it have their numbers."""
        site.get("/count?url=a.example")

        result = post(site, ["a.example", url])

        assert result.status_code == 200
        assert result.json[0]["total"] == 1
        assert result.json[1] == {"url": url, "error": error}

    def test_a_page_of_another_site_is_said_to_be_one(self, open_site):
        """The operator counts some sites only, and is told who asked for others."""
        site = open_site(sites="a.example")

        result = post(site, ["a.example", "b.example/x"])

        assert result.json[1] == {
            "url": "b.example/x",
            "error": "pages of b.example are not counted here",
        }

    def test_its_headers_are_those_of_a_count(self, site):
        """No cache keeps it; any page may read it."""
        result = post(site, ["a.example"], ORIGIN | {"Content-Type": "text/plain"})

        assert result.headers == {
            **contract("/nocount.json"),
            "access-control-allow-origin": ORIGIN["Origin"],
            "access-control-allow-credentials": "true",
            "vary": "Origin",
            "content-type": "application/json",
            "content-length": str(len(result.content)),
        }


class TestLimits:
    """What is not answered."""

    def test_as_many_as_allowed(self, site):
        """A hundred."""
        pages = [f"a.example/{n}" for n in range(MAX_PAGES)]

        assert [one["url"] for one in post(site, pages).json] == pages

    def test_one_more_is_refused(self, site):
        """With what is allowed."""
        result = post(site, ["a.example"] * (MAX_PAGES + 1))

        assert result.status_code == 400
        assert result.json["detail"] == "at most 100 URLs at once"

    @pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
    def test_a_body_is_short(self, site, more, status):
        """16 KB, white space included."""
        body = b'["a.example"]'.ljust(MAX_BYTES + more)

        assert post(site, body).status_code == status

    @pytest.mark.parametrize(("letters", "status"), [(1820, 200), (1821, 413)])
    @pytest.mark.parametrize("raw", [True, False])
    def test_letters_count_as_their_escapes(self, site, letters, status, raw):
        """However they are written: 9 bytes for one of three."""
        url = "a.ex" + "日" * letters

        body = json.dumps([url], ensure_ascii=not raw).encode()

        assert post(site, body).status_code == status

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"a.example",
            b'"a.example"',
            b'{"a.example": 1}',
            b'["a.example", 1]',
            b"[null]",
            b"[" * MAX_BYTES,
            b"[" + b"9" * 9000 + b"]",
            b'["\xff"]',
            b"\xff\xfe",
        ],
        ids=range(10),
    )
    def test_what_is_no_list_is_refused(self, site, body):
        """Whatever it is instead: 400, with an example."""
        result = post(site, body)

        assert result.status_code == 400
        assert result.json["detail"] == result.headers["x-hits-reason"] == NO_LIST


class TestOutage:
    """Without Redis."""

    def test_no_number_at_all_is_an_outage(self, site):
        """503, as for one page."""
        site.server.connected = False

        result = post(site, ["a.example", "b.example"])

        assert (result.status_code, result.json["detail"]) == (503, AWAY)

    def test_one_number_that_is_missing_is_told_in_its_place(self, site):
        """Redis may refuse one page, which holds something else."""
        site.get("/count?url=a.example")
        site.redis.lpush("hits:{b.example}", "x")

        result = post(site, ["a.example", "b.example"])

        assert result.json == [
            {"url": "a.example", "total": 1, "today": 1},
            {"url": "b.example", "error": AWAY},
        ]

    def test_a_full_queue_is_an_outage(self, open_site):
        """What was asked for already is given up."""
        site = open_site(queue_limit=2)

        result = post(site, ["a.example", "b.example", "c.example"])

        assert (result.status_code, result.json["detail"]) == (503, AWAY)
        assert post(site, ["a.example"]).json[0]["total"] == 0


@given(urls=st.lists(st.text(max_size=40), max_size=20))
def test_any_list_is_answered_page_by_page(urls):
    """Whatever strings: one answer each, a number or an error."""
    with asyncio.Runner() as runner:
        site = Site(runner, PATIENT)
        answers = post(site, urls).json
        site.close()

    assert len(answers) == len(urls)
    assert all(("error" in one) != ("total" in one) for one in answers)

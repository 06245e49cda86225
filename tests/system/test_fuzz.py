"""Random requests against the real service; and the fuzzer that makes them."""

import io
import random

import pytest

from tests.support.fuzz.answers import Answer, read_answer
from tests.support.fuzz.checks import check
from tests.support.fuzz.facts import (
    CLOSE_SAID,
    FACTS,
    NO_5XX,
    ONE_LINE,
    RIGHT_TYPE,
    SAFE_SVG,
    WELL_FORMED,
    Finding,
)
from tests.support.fuzz.fuzzer import Fuzzer, count_twice
from tests.support.fuzz.requests import Request, RequestMaker

REQUESTS = 3_000
SEED = 1

SVG = {"content-type": "image/svg+xml"}
TEXT = {"content-type": "text/plain; charset=utf-8"}
HEAD = b"HTTP/1.1 200 OK\r\n"


def maker(seed: int) -> RequestMaker:
    """Make a maker."""
    return RequestMaker(random.Random(seed))  # noqa: S311 - to be repeated, not secret


@pytest.fixture(scope="module", name="report")
def _report(service_url):
    return Fuzzer(service_url, SEED).run(REQUESTS)


@pytest.mark.service
class TestService:
    """What holds for every answer of a running service."""

    @pytest.mark.parametrize("fact", FACTS)
    def test_no_request_contradicts(self, report, fact):
        """After thousands of random requests the fact still stands."""
        assert report.against(fact) == []

    def test_every_request_was_answered(self, report):
        """But for a few broken ones, which are not over."""
        assert report.statuses.total() + report.silent == REQUESTS
        assert report.silent < REQUESTS / 100

    def test_the_requests_reached_every_kind_of_answer(self, report):
        """The run was not one long error."""
        assert set(report.statuses) >= {200, 204, 304, 400, 404, 405, 414}
        assert report.statuses[200] > REQUESTS / 4

    def test_the_service_still_counts(self, report, service_url):
        """Two hits of a new page are its first two."""
        assert report.statuses
        assert count_twice(service_url, "after-the-storm.example") == [1, 2]


class TestMaker:
    """`RequestMaker`."""

    def test_a_seed_makes_the_same_requests(self):
        """A finding can be repeated."""
        runs = []
        for _ in range(2):
            same = maker(5)
            runs.append([same.framed() for _ in range(50)] + [same.broken()])

        assert runs[0] == runs[1]

    def test_another_seed_makes_others(self):
        """Each run can try something new."""
        first, second = map(maker, (1, 2))

        assert [first.framed() for _ in range(9)] != [second.framed() for _ in range(9)]


class TestCheck:
    """`check`: a finding for each fact, and none without reason."""

    @pytest.mark.parametrize(
        ("fact", "route", "status", "headers", "body"),
        [
            pytest.param(NO_5XX, "", 500, TEXT, b"", id="500"),
            pytest.param(NO_5XX, "", 503, TEXT, b"", id="503"),
            pytest.param(SAFE_SVG, "", 200, SVG, b"<svg>", id="no XML"),
            pytest.param(SAFE_SVG, "", 200, SVG, b"<svg><script/></svg>", id="script"),
            pytest.param(
                SAFE_SVG,
                "",
                200,
                SVG,
                b'<svg xmlns="http://www.w3.org/2000/svg"><SCRIPT/></svg>',
                id="script with a name space",
            ),
            pytest.param(SAFE_SVG, "", 200, SVG, b'<svg onload="x"/>', id="handler"),
            pytest.param(SAFE_SVG, "/", 200, TEXT, b"<script>", id="script in text"),
            pytest.param(RIGHT_TYPE, "/count/tag.svg", 400, TEXT, b"", id="no badge"),
            pytest.param(RIGHT_TYPE, "/count", 400, SVG, b"<svg/>", id="no text"),
            pytest.param(RIGHT_TYPE, "/count", 200, TEXT, b"one", id="no number"),
            pytest.param(
                ONE_LINE, "", 400, {"x-hits-reason": "\xe9"}, b"", id="not ASCII"
            ),
            pytest.param(ONE_LINE, "", 400, {"x-hits-reason": ""}, b"", id="no reason"),
        ],
    )
    def test_a_wrong_answer_is_found(self, fact, route, status, headers, body):
        """Each check would notice."""
        with pytest.raises(Finding) as caught:
            check(Request(b"", route=route), Answer(status, headers, body))

        assert caught.value.fact == fact

    @pytest.mark.parametrize(
        ("route", "status", "headers", "body"),
        [
            pytest.param("/count", 200, TEXT, b"12", id="a count"),
            pytest.param("/count/tag.svg", 200, SVG, b"<svg/>", id="a badge"),
            pytest.param("/count/tag.svg", 204, {}, b"", id="a preflight"),
            pytest.param("/healthz", 200, TEXT, b"alive", id="another route"),
            pytest.param(
                "/count/tag.svg",
                400,
                {**TEXT, "connection": "close"},
                b"Bad Request",
                id="a refusal of the HTTP layer",
            ),
        ],
    )
    def test_a_right_answer_is_none(self, route, status, headers, body):
        """What the service says is not taken for a mistake."""
        check(Request(b"", route=route), Answer(status, headers, body))


class TestReading:
    """`read_answer`."""

    @pytest.mark.parametrize(
        ("raw", "body"),
        [
            pytest.param(b"Content-Length: 2\r\n\r\nab", b"ab", id="length"),
            pytest.param(
                b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                b"abc",
                id="chunks",
            ),
        ],
    )
    def test_a_body_ends_where_it_says(self, raw, body):
        """By its length or by its last chunk; what follows is left."""
        stream = io.BytesIO(HEAD + raw + b"next")

        answer = read_answer(stream, "GET")

        assert answer is not None
        assert (answer.status, answer.body) == (200, body)
        assert stream.read() == b"next"

    def test_the_answer_to_head_has_no_body(self):
        """Whatever length it names."""
        stream = io.BytesIO(HEAD + b"content-length: 9\r\n\r\n")

        assert read_answer(stream, "HEAD") == Answer(200, {"content-length": "9"}, b"")

    def test_an_invitation_to_continue_is_skipped(self):
        """The answer comes after it."""
        stream = io.BytesIO(
            b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"content-length: 0\r\n\r\n"
        )

        answer = read_answer(stream, "GET")

        assert answer is not None
        assert answer.status == 200

    def test_the_end_of_a_connection_is_no_answer(self):
        """Nothing is None."""
        assert read_answer(io.BytesIO(b""), "GET") is None

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(b"nonsense\r\n\r\n", id="no status line"),
            pytest.param(b"HTTP/1.1 200 OK\n\n", id="bare line feeds"),
            pytest.param(b"HTTP/1.1 200", id="cut off"),
            pytest.param(HEAD + b"a b: c\r\n\r\n", id="a space in a name"),
            pytest.param(HEAD + b"a: \0\r\n\r\n", id="a control character"),
            pytest.param(HEAD + b"a: 1\r\nA: 2\r\n\r\n", id="a header twice"),
            pytest.param(HEAD + b"\r\n", id="no length"),
            pytest.param(HEAD + b"content-length: -1\r\n\r\n", id="negative length"),
            pytest.param(
                HEAD
                + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                id="two lengths",
            ),
            pytest.param(HEAD + b"content-length: 3\r\n\r\nab", id="body too short"),
            pytest.param(
                HEAD + b"transfer-encoding: chunked\r\n\r\nx\r\n", id="no chunk size"
            ),
            pytest.param(
                HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                id="chunk too long",
            ),
            pytest.param(b"HTTP/1.1 101 Upgrade\r\n\r\n", id="another protocol"),
        ],
    )
    def test_what_is_not_http_is_found(self, raw):
        """A malformed answer is a finding, not a crash."""
        with pytest.raises(Finding) as caught:
            read_answer(io.BytesIO(raw), "GET")

        assert caught.value.fact == WELL_FORMED

    def test_there_is_a_fact_for_each_kind_of_finding(self):
        """No finding goes unreported."""
        assert {CLOSE_SAID, NO_5XX, ONE_LINE, RIGHT_TYPE, SAFE_SVG, WELL_FORMED} == set(
            FACTS
        )

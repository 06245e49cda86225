"""Queries as they were meant."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from falcon.uri import parse_query_string
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.request.query import as_meant, escaped, understand


def read(query: bytes) -> dict[str, Any]:
    """Read a query as the service does."""
    return parse_query_string(as_meant(query).decode(), keep_blank=True, csv=False)


MEANT = [
    pytest.param(b"url=a.example/%B2%E2", {"url": "a.example/%B2%E2"}, id="GBK"),
    pytest.param(b"url=a.example/%CA%D4", {"url": "a.example/%CA%D4"}, id="other GBK"),
    pytest.param(b"label=caf%e9", {"label": "caf%E9"}, id="a Latin-1 label"),
    pytest.param(b"caf%E9=1", {"caf%E9": "1"}, id="a Latin-1 name"),
    pytest.param(
        b"url=%C3%BC%FFx", {"url": "ü%FFx"}, id="a stray byte behind a letter"
    ),
    pytest.param(b"url=%E2%82", {"url": "%E2%82"}, id="a letter cut off"),
    pytest.param(b"url=%ED%A0%80", {"url": "%ED%A0%80"}, id="half a surrogate pair"),
    pytest.param(b"url=%C0%AF", {"url": "%C0%AF"}, id="an overlong slash"),
    pytest.param(b"url=%25B2", {"url": "%B2"}, id="an escape that is escaped"),
    pytest.param("url=ü".encode(), {"url": "ü"}, id="raw UTF-8"),
    pytest.param(b"url=\xfc", {"url": "%FC"}, id="a raw byte"),
    pytest.param(b"url=\xc3%BC", {"url": "ü"}, id="half raw, half escaped"),
    pytest.param(b"url=x&amp;label=y", {"url": "x", "label": "y"}, id="&amp;"),
    pytest.param(b"label=y&amp;amp;url=x", {"url": "x", "label": "y"}, id="twice"),
    pytest.param(b"url=x%26amp%3By", {"url": "x&amp;y"}, id="a page with &amp;"),
    pytest.param(b"URL=x", {"url": "x"}, id="upper case"),
    pytest.param(b"a=1&Url=x", {"a": "1", "url": "x"}, id="mixed case"),
    pytest.param(b"URL=x&Url=y", {"url": ["x", "y"]}, id="two in upper case"),
    pytest.param(b"url=x&URL=y", {"url": "x", "URL": "y"}, id="the usual one wins"),
    pytest.param(b"curl=x&CURL=y", {"curl": "x", "CURL": "y"}, id="another name"),
]


@pytest.mark.parametrize(("query", "params"), MEANT)
def test_a_query_is_read_as_it_was_meant(query, params):
    """Bytes that are no UTF-8 stay escapes, and slips are understood."""
    assert read(query) == params


@given(st.binary())
@example(b"\xb2\xe2")
@example(b"\xca\xd4")
def test_other_bytes_are_another_value(data):
    """What is read tells them: no two become the same."""
    query = b"url=" + b"".join(b"%%%02X" % byte for byte in data)
    assert unquote_to_bytes(read(query)["url"]) == unquote_to_bytes(data)


@given(st.binary())
def test_what_is_returned_is_ascii_and_reads_without_loss(data):
    """Falcon never has to put a character in the place of another."""
    assert as_meant(data).isascii()
    assert "\ufffd" not in str(read(data)) or "\ufffd".encode() in unquote_to_bytes(
        data
    )


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_queries_are_left_alone(text):
    """Whatever has no byte above 0x7F, no &amp; and no other url is what it was."""
    query = re.sub(r"%[89a-fA-F]|&amp;|url", "", text, flags=re.IGNORECASE).encode()
    assert as_meant(query) is query


@given(st.binary())
def test_bytes_become_text_of_which_they_can_be_told(data):
    """UTF-8 is read, all else is escaped."""
    assert unquote_to_bytes(escaped(data)) == unquote_to_bytes(data)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/count/", "/count"),
        ("/count//", "/count"),
        ("/count", "/count"),
        ("/other/", "/other/"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_slash_at_the_end_of_an_address_is_no_other_address(path, found):
    """Of those that count and read; pages are where they are."""
    scope = {"path": path, "query_string": b"URL=x"}
    understand(scope, {"/count"})
    assert scope == {"path": found, "query_string": b"url=x"}

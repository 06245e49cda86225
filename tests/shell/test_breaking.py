"""Where names of pages may be broken into lines."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.shell.breaking import breakable
from hitsvc.shell.templates import environment


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("word", "word"),
        ("", ""),
        ("a/b", "a/<wbr>b"),
        ("a-b_c.d", "a-<wbr>b_<wbr>c.<wbr>d"),
        ("a?b=c&d", "a?<wbr>b=<wbr>c&amp;<wbr>d"),
        ("a/", "a/"),
        ("//a", "/<wbr>/<wbr>a"),
        ('<b>"', "&lt;b&gt;&#34;"),
        ("&lt;", "&amp;<wbr>lt;"),
    ],
)
def test_behind_marks_and_nowhere_else(name: str, broken: str) -> None:
    assert breakable(name) == broken


@given(st.text(st.sampled_from("ab/-._?&=<>\"'; \n")))
def test_it_stays_the_same_text_and_escaped(name: str) -> None:
    made = str(breakable(name))

    assert unescape(made.replace("<wbr>", "")) == name
    assert not re.search(r"[<>\"']", made.replace("<wbr>", ""))


def test_templates_know_it() -> None:
    made = environment([]).from_string("{{ name|breakable }}")

    assert made.render(name="a/<b>") == "a/<wbr>&lt;b&gt;"

"""The badges of a service: counts in any look, errors, and templates."""

import random
import re
import tracemalloc
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers.expat import ParserCreate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hitsvc.badge.badge import Badge, Logo
from hitsvc.badge.icons import Icons
from hitsvc.badge.logos import Logos
from hitsvc.badge.looks import PLAIN, LookParser
from hitsvc.badge.maker import BadgeMaker
from hitsvc.badge.styles import STYLES
from hitsvc.badge.templates import MAX_TEMPLATE_BYTES
from hitsvc.badge.templates import load_template as load
from hitsvc.drawing.colors import RED
from hitsvc.drawing.markup import clean
from hitsvc.errors import SettingsError

SVG = "{http://www.w3.org/2000/svg}"
DEFAULT_TEMPLATE = Path(__file__).parents[2] / "config" / "badge.svg"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg">'
COUNTS = st.integers(min_value=0, max_value=2**63 - 1)
TAGS = {
    *("svg", "title", "filter", "feGaussianBlur", "linearGradient", "stop", "clipPath"),
    *("rect", "g", "text", "image", "style", "path"),
}
NASTY = """</title><script>alert("1")</script>&amp;'\x00\ud800\ufffe\x1b{count}"""

# Query parameters: what browsers may send, and what somebody might try.
PICTURE = b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
COLORS = ["red", "F80", "hsl(1,2%,3%)", "red' onload='a()", "url(http://a/)", "", NASTY]
LIKELY = {
    "style": [*STYLES, "popout", "", NASTY],
    "label": ["", "views", "été <&>", "x" * 64, "x" * 65, NASTY],
    "labelColor": COLORS,
    "color": COLORS,
    "logo": [
        *("github", "python", "abc", "../all", "http://a/b.png", "javascript:a()"),
        *(f"data:image/svg+xml;base64,{PICTURE}", "data:text/html;base64,AAAA", NASTY),
    ],
    "logoColor": COLORS,
    "logoSize": ["auto", "", NASTY],
    "format": ["plain", "grouped", "metric", NASTY],
    "show": ["total", "today", "both", NASTY],
    "base": ["0", "1000", "9" * 15, "-1", "9" * 5000, NASTY],
    "url": ["example.com"],
}
NAMES = list(LIKELY)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(values) | st.text() | st.lists(st.text())
        for name, values in LIKELY.items()
    },
)
ANY_COUNTS = st.integers(min_value=-(2**63), max_value=2**63 - 1)

# A template's text, and what the message says of it.
FAULTS = [
    pytest.param(b"\xff{count}", "is not UTF-8: see byte 0", id="not UTF-8"),
    pytest.param(
        b" " * (MAX_TEMPLATE_BYTES + 1), "is larger than 65,536 bytes", id="too large"
    ),
    pytest.param(
        f"{OPEN}<text>{{label}}</text></svg>",
        "has no {count}, the place of the number",
        id="no count",
    ),
    pytest.param(
        f"{OPEN}<!-- {{count}} --></svg>",
        "has no {count}, the place of the number",
        id="count in a comment only",
    ),
    pytest.param(
        f"{OPEN}{{cuont}}</svg>",
        "has an unknown field, {cuont}; did you mean {count}?",
        id="a misspelt field",
    ),
    pytest.param(
        f"{OPEN}{{ Count }}</svg>",
        "has an unknown field, { Count }; did you mean {count}?",
        id="blanks and capitals",
    ),
    pytest.param(
        f"{OPEN}{{count}}{{zebra}}</svg>",
        "has an unknown field, {zebra}",
        id="no such field",
    ),
    pytest.param(
        f"{OPEN}\n<g>{{count}}</svg>",
        "is not well-formed XML: mismatched tag: line 2, column 6",
        id="mismatched tag",
    ),
    pytest.param(
        f"<!--\n\n-->{OPEN}{{count}}<svg>",
        "is not well-formed XML: no element found: line 3, column 46",
        id="unclosed after a comment",
    ),
    pytest.param(
        f"{OPEN}{{count}}\0</svg>",
        "is not well-formed XML: not well-formed (invalid token): line 1, column 41",
        id="a NUL",
    ),
    pytest.param(
        "<svg>{count}</svg>",
        'is not an SVG image: its root is not <svg xmlns="http://www.w3.org/2000/svg">',
        id="no namespace",
    ),
    pytest.param(
        '<html xmlns="http://www.w3.org/1999/xhtml">{count}</html>',
        'is not an SVG image: its root is not <svg xmlns="http://www.w3.org/2000/svg">',
        id="another root",
    ),
    pytest.param(
        f"{OPEN}<g><script>1</script></g>{{count}}</svg>",
        "contains a script, which is not allowed",
        id="a script",
    ),
    pytest.param(
        f'{OPEN}<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>{{count}}</svg>',
        "contains a script, which is not allowed",
        id="an HTML script",
    ),
]


# No quotation mark is left unescaped in a text, so these are in no text.
UNSAFE = re.compile(
    r'<(?!/?(?:{})[ />])|\son\w+="|href="(?!data:image/)|="url\((?!#)'.format(
        "|".join(TAGS)
    ).encode()
)


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Return a function that writes a template and returns its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "badge.svg"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def parse(svg: bytes) -> ET.Element:
    """Parse a badge; what is not well-formed raises."""
    return ET.fromstring(svg)  # noqa: S314 - our own output


def picture(svg: bytes) -> list[tuple[str, dict[str, str], str]]:
    """List everything that is drawn, in order, without the white space between."""
    return [(e.tag, e.attrib, (e.text or "").strip()) for e in parse(svg).iter()]


@pytest.fixture(name="badges")
def _badges(tmp_path: Path) -> BadgeMaker:
    """BadgeMaker with a single icon, wide and nearly white."""
    (tmp_path / "_tiny.py").write_text(
        'return "#FAFAFA"\n<path d="M0 6h24v12H0z" />', encoding="utf-8"
    )
    return BadgeMaker(logos=Logos(Icons(tmp_path)))


@pytest.fixture(name="shared", scope="module")
def _shared() -> tuple[LookParser, BadgeMaker]:
    """Looks and badges that have seen a lot, with the installed icons."""
    return LookParser(), BadgeMaker()


@pytest.fixture(name="looks")
def _looks() -> LookParser:
    """What reads query parameters."""
    return LookParser()


def title(svg: bytes) -> str:
    """Return what a screen reader says, in the two places that it may be read from."""
    root = parse(svg)
    assert root.get("aria-label") == root.findtext(f"{SVG}title")
    return root.get("aria-label", "")


def check_safety(svg: bytes) -> None:
    """Check that a badge is well-formed, runs nothing and loads nothing."""
    for element in parse(svg).iter():
        assert element.tag.removeprefix(SVG) in TAGS
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name.endswith("href"):
                assert value.startswith("data:image/")
            elif "url(" in value:
                assert re.fullmatch(r"(fill:)?url\(#\w+\)", value)
    assert b"<script" not in svg


class TestCount:
    """The badge of a count."""

    @settings(deadline=None)
    @given(COUNTS, st.text(max_size=20))
    @example(0, NASTY)
    @example(2**63 - 1, "")
    def test_it_is_the_flat_badge_of_the_number(self, number, label):
        """The prepared pieces add up to what the style draws."""
        assert BadgeMaker(label).count(number) == STYLES["flat"].draw(
            Badge(clean(label), str(number))
        )

    def test_it_is_called_hits_unless_told_otherwise(self):
        """The default label."""
        assert title(BadgeMaker().count(42)) == "hits: 42"

    def test_it_grows_with_the_digits(self):
        """More digits, a wider badge: from 1 digit to the 19 of a 64-bit integer."""
        badges = BadgeMaker()
        widths = [
            int(parse(badges.count(10**digits)).get("width", ""))
            for digits in range(19)
        ]
        assert widths == sorted(set(widths))

    def test_the_least_number_that_redis_can_hold_is_drawn(self):
        """Even a count that somebody made negative by hand is an image."""
        assert title(BadgeMaker().count(-(2**63))) == "hits: -9223372036854775808"


class TestDraw:
    """A count in the look that a request asks for."""

    @settings(deadline=None)
    @given(COUNTS)
    def test_the_plain_look_is_the_usual_badge(self, number):
        """There is one badge, in two ways."""
        badges = BadgeMaker()
        assert badges.draw(PLAIN, number) == badges.count(number)

    @pytest.mark.parametrize("style", STYLES)
    def test_every_part_of_the_look_is_drawn(self, style, looks, badges):
        """Style, label, colours, logo and numbers."""
        look = looks.parse(
            {
                "style": style,
                "label": "<views>",
                "color": "red",
                "labelColor": "fff",
                "logo": "tiny",
                "logoColor": "navy",
                "logoSize": "auto",
                "format": "metric",
                "show": "both",
                "base": "1000",
            }
        )
        picture = b64encode(
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 6 24 12" fill="navy">'
            b'<path d="M0 6h24v12H0z"/></svg>'
        ).decode()
        logo = Logo(f"data:image/svg+xml;base64,{picture}", 28)
        badge = Badge("<views>", "34 / 1.2k", RED, "#fff", logo)
        assert badges.draw(look, 234, 34) == STYLES[style].draw(badge)

    def test_no_number_is_drawn_for_another(self, looks, badges):
        """What is kept for one message fits another only if it looks the same."""
        look = looks.parse({"format": "grouped", "show": "both", "style": "plastic"})
        for total, today in [(1, 2), (3, 4), (11, 2), (1, 22), (1234, 5), (5678, 9)]:
            message = f"{today:,} / {total:,}"
            expected = STYLES["plastic"].draw(Badge("hits", message))
            assert badges.draw(look, total, today) == expected
            assert badges.draw(look, total, today) == expected

    def test_a_logo_is_on_a_light_ground_in_the_social_style_only(self, looks, badges):
        """An icon that is nearly white is drawn dark there."""
        fills = {}
        for style in STYLES:
            drawn = badges.draw(looks.parse({"style": style, "logo": "tiny"}), 1)
            (href,) = (
                image.attrib["href"] for image in parse(drawn).iter(f"{SVG}image")
            )
            fills[style] = parse(b64decode(href.partition(",")[2])).get("fill")
        assert fills == dict.fromkeys(STYLES, "#FAFAFA") | {"social": "#333"}

    def test_a_logo_that_is_not_there_is_left_out(self, looks, badges):
        """The badge is as without."""
        assert badges.draw(looks.parse({"logo": "unknown"}), 1) == badges.count(1)

    def test_an_empty_label_is_none_at_all(self, looks, badges):
        """It is not the same as no parameter."""
        assert title(badges.draw(looks.parse({"label": ""}), 42)) == "42"

    def test_nobody_can_fill_the_memory(self, looks, badges):
        """A thousand looks with large logos leave some megabytes behind."""
        tracemalloc.start()
        try:
            for number in range(1000):
                logo = b64encode(number.to_bytes(6000)).decode()
                look = looks.parse({"logo": f"data:image/png;base64,{logo}"})
                badges.draw(look, number)
                badges.error("busy", look)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < 10_000_000


class TestError:
    """The badge that says why there is no count."""

    def test_it_is_red_and_says_the_reason(self):
        """It cannot be mistaken for a count."""
        svg = BadgeMaker("views").error("unavailable")
        assert svg == STYLES["flat"].draw(Badge("views", "unavailable", RED))
        assert title(svg) == "views: unavailable"

    def test_it_is_built_in_even_with_a_template(self, write):
        """A template is made for digits, so errors do not use it."""
        template = load(write(f"{OPEN}{{count}}</svg>"))
        assert BadgeMaker("hits", template).error("busy") == BadgeMaker("hits").error(
            "busy"
        )

    @pytest.mark.parametrize("style", STYLES)
    def test_it_keeps_the_look_but_for_the_colours(self, style, looks, badges):
        """Twice, for the second one is remembered."""
        params = {"style": style, "label": "views", "color": "green"}
        look = looks.parse(params | {"labelColor": "green"})
        expected = STYLES[style].draw(Badge("views", "b<u>sy", RED))
        assert badges.error("b<u>sy\n", look) == expected
        assert badges.error("b<u>sy\n", look) == expected

    def test_it_keeps_the_logo(self, looks, badges):
        """The badge stays recognisable."""
        look = looks.parse({"logo": "data:image/png;base64,AAAA"})
        assert b"data:image/png;base64,AAAA" in badges.error("busy", look)

    @settings(deadline=None)
    @given(st.text(), st.sampled_from(list(STYLES)))
    @example(NASTY, "flat")
    def test_any_reason_gives_well_formed_xml(self, reason, style):
        """Reasons are ours, but nothing relies on it."""
        check_safety(BadgeMaker().error(reason, LookParser().parse({"style": style})))


class TestAnyParameters:
    """Whatever is in the query string, the answer is a safe picture."""

    @settings(deadline=None)
    @given(params=PARAMS, total=ANY_COUNTS, today=ANY_COUNTS)
    @example(dict.fromkeys(NAMES, NASTY), 1, 1)
    def test_the_badge_is_safe(self, shared, params, total, today):
        """Well-formed, without scripts, and it loads nothing."""
        looks, badges = shared
        look = looks.parse(params)
        check_safety(badges.draw(look, total, today))
        check_safety(badges.error(look.text(total, today), look))

    def test_thousands_of_random_ones_are_safe(self, shared):
        """Mostly sensible values, so that all of them come together."""
        pick = random.Random(6)  # noqa: S311 - for reproducible samples
        looks, badges = shared
        for _ in range(50_000):
            params = {
                name: pick.choice(LIKELY[name])
                for name in pick.sample(NAMES, pick.randint(0, len(NAMES)))
            }
            total = pick.randrange(10 ** pick.randint(1, 18))
            svg = badges.draw(looks.parse(params), total, total // 7)
            ParserCreate().Parse(svg, True)  # ElementTree's parser, without the tree
            assert UNSAFE.search(svg) is None


class TestTemplate:
    """An operator's own badge."""

    @pytest.mark.parametrize("number", [0, 42, 1234, 9_999_999, 2**63 - 1])
    @pytest.mark.parametrize("label", ["hits", "page views"])
    def test_the_file_in_config_draws_the_built_in_badge(self, number, label):
        """Operators start from what they see."""
        drawn = BadgeMaker(label, load(DEFAULT_TEMPLATE)).count(number)
        assert picture(drawn) == picture(BadgeMaker(label).count(number))

    def test_every_field_is_replaced(self, write):
        """These are all the fields, with their values for hits and 1234."""
        template = write(
            f"{OPEN}{{count}} {{label}} {{width}} {{label_width}} {{count_width}} "
            "{label_x} {count_x} {label_length} {count_length}</svg>"
        )
        svg = BadgeMaker("hits", load(template)).count(1234)
        assert parse(svg).text == "1234 hits 68 31 37 165 485 210 270"

    def test_the_look_fills_it_and_does_not_change_it(self, write, looks):
        """Label and numbers are put in; style, colours and logo are the operator's."""
        template = load(write(f"{OPEN}{{label}}: {{count}} {{width}}</svg>"))
        badges = BadgeMaker("hits", template)
        look = looks.parse(
            {
                "style": "for-the-badge",
                "label": "<views>",
                "color": "red",
                "labelColor": "red",
                "logo": "data:image/png;base64,AAAA",
                "format": "metric",
                "show": "both",
                "base": "1000",
            }
        )
        width = parse(STYLES["flat"].draw(Badge("<views>", "34 / 1.2k"))).get("width")
        for _ in range(2):
            svg = badges.draw(look, 234, 34)
            assert svg == f"{OPEN}&lt;views&gt;: 34 / 1.2k {width}</svg>".encode()

    def test_the_file_in_config_explains_every_field(self):
        """Its comment is the operator's documentation."""
        comment = DEFAULT_TEMPLATE.read_text().partition("-->")[0]
        assert set(re.findall(r"\{\w+\}", comment)) == {
            *("{count}", "{label}", "{width}", "{label_width}", "{count_width}"),
            *("{label_x}", "{count_x}", "{label_length}", "{count_length}"),
        }

    def test_css_survives(self, write):
        """Braces that are no field stay as they are."""
        css = "text{fill:red} a{} @keyframes b{from{opacity:0}to{opacity:1}} {{x:y}}"
        template = load(write(f"{OPEN}<style>{css}</style>{{count}}</svg>"))
        assert (
            parse(BadgeMaker("hits", template).count(1)).findtext(f"{SVG}style") == css
        )

    @settings(deadline=None)
    @given(COUNTS, st.text())
    @example(1, NASTY)
    @example(1, "-->{count}]]>")
    def test_any_label_gives_well_formed_xml(self, number, label):
        """The label is escaped there too, and never read as a field."""
        svg = BadgeMaker(label, load(DEFAULT_TEMPLATE)).count(number)
        assert picture(svg)[0][1]["aria-label"].endswith(f": {number}")

    def test_comments_and_the_xml_declaration_are_not_served(self, write):
        """A label with two hyphens would break a comment; the encoding is UTF-8."""
        template = load(
            write(
                '\ufeff<?xml version="1.0" encoding="latin1"?>\n'
                f"<!-- {{count}} {{typo}} -->{OPEN}<!-- {{label}} -->{{count}}</svg>\n"
            )
        )
        assert BadgeMaker("--", template).count(7) == f"{OPEN}7</svg>".encode()

    def test_a_template_of_the_largest_size_is_accepted(self, write):
        """64 KiB is allowed, one byte more is not."""
        content = f"{OPEN}{{count}}</svg>".encode()
        assert load(write(content.ljust(MAX_TEMPLATE_BYTES)))

    @pytest.mark.parametrize(("content", "fault"), FAULTS)
    def test_a_template_that_cannot_be_used_is_refused(self, write, content, fault):
        """One line names the file and what is wrong with it."""
        path = write(content)
        with pytest.raises(SettingsError) as caught:
            load(path)
        assert str(caught.value) == (
            f"HITSVC_SVG_TEMPLATE={str(path)!r}: it {fault}. Give an SVG file that "
            "contains {count}, such as badge.svg."
        )

    def test_a_template_that_is_not_there_is_refused(self, tmp_path):
        """The system's reason is given."""
        path = tmp_path / "none.svg"
        with pytest.raises(SettingsError) as caught:
            load(path)
        assert f"{str(path)!r}: it cannot be read: No such file" in str(caught.value)

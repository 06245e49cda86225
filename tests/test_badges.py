"""The badge: its look, its safety, and templates."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.badges import Badges
from hitsvc.errors import SettingsError
from hitsvc.shields import BLUE, RED, flat_badge
from hitsvc.templates import MAX_TEMPLATE_BYTES
from hitsvc.templates import load_template as load

SVG = "{http://www.w3.org/2000/svg}"
DEFAULT_TEMPLATE = Path(__file__).parents[1] / "config" / "badge.svg"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg">'
COUNTS = st.integers(min_value=0, max_value=2**63 - 1)
NASTY = """</title><script>alert("1")</script>&amp;'\x00\ud800\ufffe\x1b{count}"""

# What badge-maker 6.0.0 makes of {label: "hits", message: "1234", color: "blue"}.
BADGE_MAKERS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="68" height="20" role="img" '
    'aria-label="hits: 1234"><title>hits: 1234</title><filter id="blur">'
    '<feGaussianBlur stdDeviation="16"/></filter><linearGradient id="s" x2="0" '
    'y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" '
    'stop-opacity=".1"/></linearGradient><clipPath id="r"><rect width="68" height="20" '
    'rx="3"/></clipPath><g clip-path="url(#r)"><rect width="31" height="20" '
    'fill="#555"/><rect x="31" width="37" height="20" fill="#007ec6"/><rect width="68" '
    'height="20" fill="url(#s)"/></g><g fill="#fff" text-anchor="middle" '
    'font-family="Verdana,Geneva,DejaVu Sans,sans-serif" '
    'text-rendering="geometricPrecision" font-size="110"><g transform="scale(.1)"><g '
    'aria-hidden="true" fill="#010101"><text x="165" y="150" fill-opacity=".8" '
    'filter="url(#blur)" textLength="210">hits</text><text x="165" y="150" '
    'fill-opacity=".3" textLength="210">hits</text></g><text x="165" y="140" '
    'textLength="210">hits</text></g><g transform="scale(.1)"><g aria-hidden="true" '
    'fill="#010101"><text x="485" y="150" fill-opacity=".8" filter="url(#blur)" '
    'textLength="270">1234</text><text x="485" y="150" fill-opacity=".3" '
    'textLength="270">1234</text></g><text x="485" y="140" '
    'textLength="270">1234</text></g></g></svg>'
)

# The widths that badge-maker 6.0.0 gives, in px.
WIDTHS = [
    pytest.param("hits", "0", 48, id="0"),
    pytest.param("hits", "42", 54, id="42"),
    pytest.param("hits", "1234", 68, id="1234"),
    pytest.param("hits", "1,234", 72, id="1,234"),
    pytest.param("hits", "12.3K", 74, id="12.3K"),
    pytest.param("hits", "9999999", 90, id="9999999"),
    pytest.param("", "42", 23, id="no label"),
    pytest.param("visitors", "42", 72, id="visitors"),
    pytest.param("views", "1 / 1", 78, id="views"),
    pytest.param("hits", "", 42, id="no message"),
    pytest.param("", "0h0ve", 43, id="a total just below an even number"),
]

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


def title(svg: bytes) -> str:
    """Return what a screen reader says, in the two places that it may be read from."""
    root = parse(svg)
    assert root.get("aria-label") == root.findtext(f"{SVG}title")
    return root.get("aria-label", "")


class TestFlatBadge:
    """The generic badge."""

    def test_it_is_byte_for_byte_badge_makers(self):
        """It cannot be told from one of shields.io."""
        assert flat_badge("hits", "1234") == BADGE_MAKERS.encode()

    @pytest.mark.parametrize(("label", "message", "width"), WIDTHS)
    def test_it_is_as_large_as_badge_makers(self, label, message, width):
        """Both sides are rounded as badge-maker rounds them; the height is 20 px."""
        root = parse(flat_badge(label, message))
        assert (root.get("width"), root.get("height")) == (str(width), "20")

    def test_without_a_label_it_has_one_side_of_one_colour(self):
        """An empty label leaves no grey stub and no empty text."""
        svg = flat_badge("", "42")
        assert b"#555" not in svg
        assert len(parse(svg).findall(f".//{SVG}text")) == 3

    def test_without_a_message_it_has_the_label_only(self):
        """An empty message leaves no empty text."""
        assert len(parse(flat_badge("hits", "")).findall(f".//{SVG}text")) == 3

    def test_the_shadow_is_hidden_from_screen_readers(self):
        """Each text is drawn three times and read once."""
        root = parse(flat_badge("hits", "42"))
        hidden = root.findall(f".//{SVG}g[@aria-hidden='true']/{SVG}text")
        assert [text.text for text in hidden] == ["hits", "hits", "42", "42"]

    @given(st.text(), st.text(), st.text())
    @example(NASTY, NASTY, NASTY)
    def test_any_text_gives_well_formed_xml_without_scripts(
        self, label, message, color
    ):
        """No input can break the badge or put an element into it."""
        svg = flat_badge(label, message, color)
        tags = {element.tag.removeprefix(SVG) for element in parse(svg).iter()}
        assert tags <= {
            *("svg", "title", "filter", "feGaussianBlur", "linearGradient", "stop"),
            *("clipPath", "rect", "g", "text"),
        }

    @given(st.text(), st.text())
    @example(NASTY, NASTY)
    def test_any_text_gives_no_control_characters(self, label, message):
        """Not even those that XML allows."""
        svg = flat_badge(label, message).decode()
        assert re.search(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", svg) is None

    @given(
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    )
    @example("""&<>"'""", """&lt;'">&""")
    def test_the_title_is_label_and_message(self, label, message):
        """Text is shown as it was given, escapes undone."""
        assert title(flat_badge(label, message)) == f"{label}: {message}"

    def test_a_control_character_becomes_a_space(self):
        """Words that a line break parts stay apart; the ends are trimmed."""
        assert title(flat_badge(" my\nhits\x00", "\t4\ud8002")) == "my hits: 4 2"


class TestCount:
    """The badge of a count."""

    @given(COUNTS, st.text(max_size=20))
    @example(0, NASTY)
    @example(2**63 - 1, "")
    def test_it_is_the_flat_badge_of_the_number(self, number, label):
        """The prepared pieces add up to what the generic function draws."""
        assert Badges(label).count(number) == flat_badge(label, str(number), BLUE)

    def test_it_is_called_hits_unless_told_otherwise(self):
        """The default label."""
        assert title(Badges().count(42)) == "hits: 42"

    def test_it_grows_with_the_digits(self):
        """More digits, a wider badge: from 1 digit to the 19 of a 64-bit integer."""
        badges = Badges()
        widths = [
            int(parse(badges.count(10**digits)).get("width", ""))
            for digits in range(19)
        ]
        assert widths == sorted(set(widths))

    def test_the_least_number_that_redis_can_hold_is_drawn(self):
        """Even a count that somebody made negative by hand is an image."""
        assert title(Badges().count(-(2**63))) == "hits: -9223372036854775808"


class TestError:
    """The badge that says why there is no count."""

    def test_it_is_red_and_says_the_reason(self):
        """It cannot be mistaken for a count."""
        svg = Badges("views").error("unavailable")
        assert svg == flat_badge("views", "unavailable", RED)
        assert title(svg) == "views: unavailable"

    def test_it_is_built_in_even_with_a_template(self, write):
        """A template is made for digits, so errors do not use it."""
        template = load(write(f"{OPEN}{{count}}</svg>"))
        assert Badges("hits", template).error("busy") == Badges("hits").error("busy")


class TestTemplate:
    """An operator's own badge."""

    @pytest.mark.parametrize("number", [0, 42, 1234, 9_999_999, 2**63 - 1])
    @pytest.mark.parametrize("label", ["hits", "page views"])
    def test_the_file_in_config_draws_the_built_in_badge(self, number, label):
        """Operators start from what they see."""
        drawn = Badges(label, load(DEFAULT_TEMPLATE)).count(number)
        assert picture(drawn) == picture(Badges(label).count(number))

    def test_every_field_is_replaced(self, write):
        """These are all the fields, with their values for hits and 1234."""
        template = write(
            f"{OPEN}{{count}} {{label}} {{width}} {{label_width}} {{count_width}} "
            "{label_x} {count_x} {label_length} {count_length}</svg>"
        )
        svg = Badges("hits", load(template)).count(1234)
        assert parse(svg).text == "1234 hits 68 31 37 165 485 210 270"

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
        assert parse(Badges("hits", template).count(1)).findtext(f"{SVG}style") == css

    @given(COUNTS, st.text())
    @example(1, NASTY)
    @example(1, "-->{count}]]>")
    def test_any_label_gives_well_formed_xml(self, number, label):
        """The label is escaped there too, and never read as a field."""
        svg = Badges(label, load(DEFAULT_TEMPLATE)).count(number)
        assert picture(svg)[0][1]["aria-label"].endswith(f": {number}")

    def test_comments_and_the_xml_declaration_are_not_served(self, write):
        """A label with two hyphens would break a comment; the encoding is UTF-8."""
        template = load(
            write(
                '\ufeff<?xml version="1.0" encoding="latin1"?>\n'
                f"<!-- {{count}} {{typo}} -->{OPEN}<!-- {{label}} -->{{count}}</svg>\n"
            )
        )
        assert Badges("--", template).count(7) == f"{OPEN}7</svg>".encode()

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
        assert str(caught.value) == f"The SVG template {str(path)!r} {fault}"

    def test_a_template_that_is_not_there_is_refused(self, tmp_path):
        """The system's reason is given."""
        path = tmp_path / "none.svg"
        with pytest.raises(SettingsError) as caught:
            load(path)
        assert str(caught.value) == (
            f"The SVG template {str(path)!r} cannot be read: No such file or directory"
        )

"""What a badge template may not contain."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitsvc.badge.active import find_active
from hitsvc.badge.badge import Badge, Logo
from hitsvc.badge.maker import BadgeMaker
from hitsvc.badge.styles import STYLES
from hitsvc.badge.templates import load_template
from hitsvc.errors import SettingsError

ROOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" '
    'xmlns:h="http://www.w3.org/1999/xhtml" xmlns:o="urn:other" '
    'xmlns:ev="http://www.w3.org/2001/xml-events">'
)
DATA = "data:image/png;base64,AA//"
OUTSIDE = "a reference to something outside it"

# A piece of a template, and what the message says that it contains.
REFUSED = [
    # Elements.
    ("<script>1</script>", "a script"),
    ("<SCRIPT/>", "a script"),
    ('<script href="#a"/>', "a script"),
    ("<h:script>1</h:script>", "a script"),
    ("<o:script>1</o:script>", "a script"),
    ("<handler>1</handler>", "a script (handler)"),
    ('<ev:listener event="click"/>', "a script (listener)"),
    ("<foreignObject/>", "foreignObject"),
    ("<g><foreignobject><g/></foreignobject></g>", "foreignObject"),
    ('<h:iframe srcdoc="x"/>', "iframe"),
    ("<iframe/>", "iframe"),
    ("<object/>", "object"),
    ("<embed/>", "embed"),
    ("<audio/>", "audio"),
    ("<video/>", "video"),
    ('<h:img src="x"/>', "HTML (img)"),
    ("<h:p/>", "HTML (p)"),
    ('<h:meta http-equiv="refresh"/>', "HTML (meta)"),
    ('<math xmlns="http://www.w3.org/1998/Math/MathML"/>', "MathML (math)"),
    # Event handlers.
    ('<g onload="x"/>', "an event handler (onload)"),
    ('<g ONCLICK="x"/>', "an event handler (onclick)"),
    ('<text onfocusin="x">1</text>', "an event handler (onfocusin)"),
    ('<animate onbegin="x"/>', "an event handler (onbegin)"),
    ('<g ev:onload="x"/>', "an event handler (onload)"),
    # Script URLs.
    ('<a href="javascript:alert(1)"/>', "a script URL (in href)"),
    ('<a x:href="JavaScript:alert(1)"/>', "a script URL (in href)"),
    ('<a href=" &#9;java&#10;script&#58;alert(1)"/>', "a script URL (in href)"),
    ('<a href="&#106;avascript:alert(1)"/>', "a script URL (in href)"),
    ('<a href="vbscript:x"/>', "a script URL (in href)"),
    ('<animate values="#a;javascript:x"/>', "a script URL (in values)"),
    ('<g style="fill:url(javascript:x)"/>', "a script URL (in style)"),
    ('<g style="fill:url(\\6a avascript:x)"/>', "a script URL (in style)"),
    ("<style>a{b:url(javascript:x)}</style>", "a script URL (in a style)"),
    # Animations of an address.
    ('<set attributeName="href" to="#a"/>', "an animation of href"),
    ('<set attributeName="x:href" to="#a"/>', "an animation of href"),
    ('<animate attributeName=" xlink:href "/>', "an animation of href"),
    ('<animate attributeName="onclick"/>', "an animation of onclick"),
    # Addresses outside the file.
    ('<a href="https://example.com"/>', f"{OUTSIDE} (in href)"),
    ('<a href="//example.com"/>', f"{OUTSIDE} (in href)"),
    ('<a href="relative"/>', f"{OUTSIDE} (in href)"),
    ('<a href="data:text/html,x"/>', f"{OUTSIDE} (in href)"),
    ('<image href="http://example.com/a.png"/>', f"{OUTSIDE} (in href)"),
    ('<image href="data:text/html,x"/>', f"{OUTSIDE} (in href)"),
    ('<feImage x:href="a.png"/>', f"{OUTSIDE} (in href)"),
    ('<use href="other.svg#a"/>', f"{OUTSIDE} (in href)"),
    (f'<use href="{DATA}"/>', f"{OUTSIDE} (in href)"),
    ('<image src="a.png"/>', f"{OUTSIDE} (in src)"),
    ('<image href=""/>', f"{OUTSIDE} (in href)"),
    ('<g fill="url(a.svg#b)"/>', f"{OUTSIDE} (in fill)"),
    ('<g filter="URL( &quot;http://example.com#b&quot;)"/>', f"{OUTSIDE} (in filter)"),
    ('<animate to="url(//example.com)"/>', f"{OUTSIDE} (in to)"),
    ('<g style="mask:url(//a)"/>', f"{OUTSIDE} (in style)"),
    ('<g style="mask:u\\72 l(//a)"/>', f"{OUTSIDE} (in style)"),
    ("<style>@import 'a.css';</style>", f"{OUTSIDE} (in a style)"),
    ("<style>@\\69mport 'a.css';</style>", f"{OUTSIDE} (in a style)"),
    ("<style>a{b:'/*'} c{d:url(a)} e{f:'*/'}</style>", f"{OUTSIDE} (in a style)"),
    ("<style>a{b:image-set('a' 1x)}</style>", f"{OUTSIDE} (in a style)"),
    ("<style>a{b:url(a)}</style>", f"{OUTSIDE} (in a style)"),
    ("<style><![CDATA[a{b:url('http://a')}]]></style>", f"{OUTSIDE} (in a style)"),
    (
        "<style>@namespace{} a{b:url(http://www.w3.org/2000/svg);}</style>",
        f"{OUTSIDE} (in a style)",
    ),
    ('<g xml:base="http://example.com"/>', "xml:base"),
    ('<g style="mask:url(//a\\\n)"/>', f"{OUTSIDE} (in style)"),
    ('<g style="mask:\\000075rl(\\ffffff a)"/>', f"{OUTSIDE} (in style)"),
    # What a visitor would choose.
    ('<a href="{label}"/>', f"{OUTSIDE} (in href)"),
    ('<a href="#{label}"/>', f"{OUTSIDE} (in href)"),
    ('<a href="{count}"/>', f"{OUTSIDE} (in href)"),
    ('<set attributeName="{label}"/>', "{label} in attributename"),
    ('<set attributeName="fill" to="{label}"/>', "{label} in to"),
    ('<g style="fill:{label}"/>', "{label} in style"),
    ('<g fill="{label}"/>', "{label} in fill"),
    ("<style>{label}</style>", "{label} in a style"),
    # What is around the root.
    ("<?xml-stylesheet href='a.css'?>", "a processing instruction (<?)"),
]
BEFORE = [
    ("<?xml-stylesheet href='a.css'?>", "a processing instruction (<?)"),
    ("<<?xml ?>?xml-stylesheet href='a.css'?>", "a processing instruction (<?)"),
    ("<!DOCTYPE svg>", "a DOCTYPE"),
    ('<!DOCTYPE svg [<!ENTITY a "b">]>', "a DOCTYPE"),
    ('<!DOCTYPE svg SYSTEM "a.dtd">', "a DOCTYPE"),
]
ALLOWED = [
    '<a href="#a"><text id="a">1</text></a>',
    f'<image href="{DATA}"/>',
    '<image x:href=" data:image/svg+xml;base64,AAAA"/>',
    '<g fill="url(#a)" filter="url(&quot;#b&quot;)" clip-path="url( \'#c\' )"/>',
    '<g style="fill:url(#a);font:11px serif"/>',
    f"<style>a{{b:url({DATA})}} @font-face{{src:url('data:font/woff2;base64,//')}}</style>",
    "<style>@namespace svg url(http://www.w3.org/2000/svg); svg|a{b:c}</style>",
    "<style>@media (prefers-color-scheme:dark){text{fill:red}}</style>",
    '<animate attributeName="opacity" values="0;1" dur="1s"/>',
    '<set attributeName="fill" to="red" begin="a.click"/>',
    '<metadata><o:a o:resource="http://example.com" o:url="url(http://a)"/></metadata>',
    '<g aria-label="{label}" data-of="{label}" id="{label}"/>',
    "<title>{label}</title><desc>{label}</desc>",
    "<text>javascript: onload= url(http://example.com)</text>",
]

Load = Callable[[str], str]


@pytest.fixture(name="load")
def _load(tmp_path: Path) -> Load:
    """Return a function that loads a text as a template."""

    def load(text: str) -> str:
        path = tmp_path / "badge.svg"
        path.write_text(text, encoding="utf-8")
        return load_template(path)

    return load


def around(piece: str) -> str:
    """Make a template of a piece."""
    return f"{ROOT}<g>{piece}</g><text>{{count}}</text></svg>"


def found_in(load: Load, text: str) -> str:
    """Return what a template is said to contain."""
    with pytest.raises(SettingsError) as caught:
        load(text)
    said = str(caught.value).partition(" contains ")[2]
    said, mark, _ = said.partition(", which is not allowed. ")
    assert mark
    return said


@pytest.mark.parametrize(("piece", "name"), REFUSED)
def test_what_acts_or_loads_is_refused(load, piece, name):
    """The message names it."""
    assert found_in(load, around(piece)) == name


@pytest.mark.parametrize(("piece", "name"), BEFORE)
def test_what_stands_before_the_root_counts_too(load, piece, name):
    """Style sheets and entities come from there."""
    assert found_in(load, piece + around("")) == name


def test_an_attribute_of_the_root_counts_too(load):
    """It is an element like others."""
    text = around("").replace("<svg ", '<svg onload="x" ', 1)
    assert found_in(load, text) == "an event handler (onload)"


@pytest.mark.parametrize("piece", ALLOWED)
def test_what_is_only_drawn_is_accepted(load, piece):
    """Links inside the file, pictures in it, animations, foreign metadata."""
    assert load(around(piece)) == around(piece)


@pytest.mark.parametrize("style", STYLES)
def test_the_built_in_styles_would_be_accepted(load, style):
    """What we draw keeps the rule that operators keep; with a logo, too."""
    badge = Badge("hits", "0", logo=Logo(DATA))
    drawn = STYLES[style].draw(badge).decode()
    assert load(drawn.replace(">0<", ">{count}<"))


def test_the_template_in_config_is_accepted():
    """The one that operators start from."""
    assert load_template(Path(__file__).parents[2] / "config" / "badge.svg")


VALUES = ["{label}", "#{label}", "{count}", "x", "#a", "url({label})", "url(#a)", DATA]
NAMES = ["href", "x:href", "style", "fill", "to", "aria-label", "id", "attributeName"]
TAGS = ["a", "g", "image", "use", "set", "animate", "text", "style", "o:a"]
LABELS = [
    "javascript:alert(1)",
    "//example.com/a.png",
    "fill:url(//example.com)",
    "href",
    "onload",
    "</text><script>1</script>",
    '" onload="x',
    "@import 'a.css';",
]
PIECES = st.builds(
    '<{0} {1}="{2}">{3}</{0}>'.format,
    *map(st.sampled_from, (TAGS, NAMES, VALUES, ["", "{label}", "a{{b:{label}}}"])),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=3), st.sampled_from(LABELS) | st.text())
def test_no_label_makes_a_template_act(load, pieces, label):
    """What was accepted stays harmless, whatever a visitor writes into it."""
    try:
        template = load(around("".join(pieces)))
    except SettingsError:
        return
    drawn = BadgeMaker(label, template).count(7).decode()
    assert find_active(drawn, ET.fromstring(drawn)) is None  # noqa: S314 - our own


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ALLOWED)), st.sampled_from(REFUSED), st.data())
def test_it_is_found_wherever_it_stands(load, pieces, refused, data):
    """Also deep inside, and after what is allowed."""
    piece, name = refused
    place = data.draw(st.integers(0, len(pieces)))
    depth = data.draw(st.integers(0, 5))
    content = [*pieces[:place], "<g>" * depth + piece + "</g>" * depth, *pieces[place:]]
    assert found_in(load, around("".join(content))) == name

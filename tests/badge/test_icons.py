"""Reading icons out of the package that has them."""

import sys
from pathlib import Path

import pytest

from hitsvc.badge.icons import Icon, Icons, installed_icons

MODULE = """
class TinyIcon(Icon):
    @property
    def primary_color(self) -> "str":
        return "#BE160C"

    @property
    def raw_svg(self) -> "str":
        return \'\'\' <svg xmlns="http://www.w3.org/2000/svg"
 role="img" viewBox="0 0 24 24">
    <title>Tiny</title>
     <path
 d="M0 8h24v8
 H0z" />
</svg>\'\'\'
"""
UNSAFE = [
    *(
        "",
        "..",
        "../tiny",
        "/etc/passwd",
        "_init__",
        "a/b",
        "a\\b",
        "tiny.py",
        "tiny\n",
    ),
    *("Tiny", "tiny\0", "tin\uff59", "t" * 65, "-tiny", "%74iny", "..%2ftiny"),
]


@pytest.fixture(name="directory")
def _directory(tmp_path: Path) -> Path:
    """A package of one icon, a broken one, and files that are none."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "_tiny.py").write_text(MODULE)
    (package / "__init__.py").write_text(MODULE)
    (package / "_nocolor.py").write_text(MODULE.replace("#BE160C", "red"))
    (package / "_nopath.py").write_text(MODULE.replace("h24", "<script/>"))
    (tmp_path / "_tiny.py").write_text(MODULE)
    return package


def test_an_icon_is_read_from_its_module(directory):
    """The brand's colour, and the path in one line."""
    assert Icons(directory).find("tiny") == Icon("tiny", "#BE160C", "M0 8h24v8 H0z")


def test_an_icon_is_read_once(directory):
    """Then it is remembered."""
    icons = Icons(directory)
    icon = icons.find("tiny")
    (directory / "_tiny.py").unlink()
    assert icons.find("tiny") is icon


@pytest.mark.parametrize("slug", UNSAFE)
def test_what_is_no_icon_name_opens_no_file(directory, slug):
    """Neither another file of the package nor one elsewhere."""
    assert Icons(directory).find(slug) is None


@pytest.mark.parametrize("slug", ["huge", "nocolor", "nopath"])
def test_an_icon_that_cannot_be_read_is_none(directory, slug):
    """No such file, or not what is expected in it."""
    assert Icons(directory).find(slug) is None


def test_without_the_package_there_are_no_icons():
    """The extra need not be installed."""
    assert Icons(None).find("tiny") is None


def test_an_icon_is_measured_once(directory):
    """Its box is remembered by its name, whatever its path."""
    icons = Icons(directory)
    assert icons.box(Icon("tiny", "#BE160C", "M0 8h24v8H0z")) == (0, 8, 24, 8)
    assert icons.box(Icon("tiny", "#BE160C", "M0 0h1v1H0z")) == (0, 8, 24, 8)


def test_the_installed_icons_are_found_without_importing_them():
    """Importing one would import all 3,400."""
    directory = installed_icons()
    if directory is None:
        pytest.skip("this needs the extra: logos")
    icon = Icons(directory).find("github")
    assert icon is not None
    assert icon.color == "#181717"
    assert "simplepycons" not in sys.modules


def test_every_installed_icon_can_be_read():
    """All of them, and only a part of them stays in memory."""
    directory = installed_icons()
    if directory is None:
        pytest.skip("this needs the extra: logos")
    icons = Icons(directory)
    slugs = [path.stem[1:] for path in directory.glob("_[a-z0-9]*.py")]
    assert len(slugs) > 3000
    assert [slug for slug in slugs if icons.find(slug) is None] == []


def test_an_icon_that_takes_long_to_measure_is_a_square(directory):
    """One of very many strokes, which nobody sees apart in 14 pixels."""
    path = "M0 8h24v8H0z" * 1000
    assert Icons(directory).box(Icon("tiny", "#BE160C", path)) == (0, 0, 24, 24)

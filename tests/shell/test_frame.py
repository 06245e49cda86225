"""The frame around every page: its files, its links, and how it finds them."""

from importlib import resources

import pytest

import hitsvc
from hitsvc.shell import Link, Shell
from hitsvc.shell.frame import of_the_project

LINKS = [
    Link("Imprint", "https://example.org/?a=1&b=2"),
    Link("<b>", "mailto:a@b.example"),
]


@pytest.fixture(name="shell", scope="module")
def _shell() -> Shell:
    return Shell(bar=[Link("Badge", ""), Link("More", "more/")], footer=LINKS)


@pytest.fixture(name="body")
def _body(shell: Shell) -> str:
    return shell.error_page("", "", b"/a/b").decode()


def test_the_footer_says_which_version_this_is(body):
    """For whoever reports something."""
    assert f"hitsvc {hitsvc.__version__}," in body


def test_the_footer_has_the_operators_links(body):
    """As they are, but escaped."""
    assert (
        '<a href="https://example.org/?a=1&amp;b=2" rel="noopener">Imprint</a>' in body
    )
    assert '<a href="mailto:a@b.example" rel="noopener">&lt;b&gt;</a>' in body


def test_the_bar_leads_to_the_pages_from_where_it_is(body):
    """By as many steps up as the path has."""
    assert '<a href="../">Badge</a>' in body
    assert '<a href="../more/">More</a>' in body


def test_the_bar_marks_the_page_it_is_on(shell):
    """For screen readers, too."""
    body = shell.render("shell/error.html", title="", message="", here="more/").decode()

    assert '<a href="more/" aria-current="page">More</a>' in body
    assert body.count("aria-current") == 1


def test_a_page_below_the_services_path_counts_its_steps_from_there():
    """Not from the root of the host."""
    shell = Shell(base="/tools/stats")

    assert shell.root(b"/tools/stats/a/b") == "../"
    assert shell.root(b"/tools/stats/") == ""
    assert shell.root(b"/a/b") == "../"


def test_a_file_is_served_under_the_name_that_pages_use(shell, body):
    """A hash of what is in it."""
    for name in shell.static:
        assert f'href="../static/{name}"' in body


def test_two_files_of_one_name_are_one_too_many():
    """Each page would get the other's."""
    with pytest.raises(ValueError, match=r"two files are named favicon\.svg"):
        Shell(["hitsvc.shell"])


def test_a_package_without_files_has_templates_only():
    """It need not have a directory for them."""
    assert not (resources.files("tests.shell.without_files") / "static").is_dir()

    shell = Shell(["tests.shell.without_files"])

    assert shell.render("without_files/page.html", text="<i>") == b"&lt;i&gt;"


@pytest.mark.parametrize(
    ("said", "links"),
    [
        pytest.param(None, [], id="nothing"),
        pytest.param(["Homepage, https://a.example"], [], id="neither"),
        pytest.param(
            ["Source, https://a.example", "Documentation, https://b.example/a, b"],
            [
                Link("Documentation", "https://b.example/a, b"),
                Link("Source", "https://a.example"),
            ],
            id="both",
        ),
    ],
)
def test_source_and_manual_are_where_the_package_says(said, links):
    """As far as it says it."""
    assert of_the_project(said) == links


class TestErrorPage:
    """The page for whatever went wrong."""

    def test_it_shows_title_and_message(self, shell):
        """Both texts stand in the page."""
        body = shell.error_page("Page not found", "Nothing is here.", b"/a").decode()

        assert "<h1>Page not found</h1>" in body
        assert "<p>Nothing is here.</p>" in body

    @pytest.mark.parametrize(
        ("path", "link"),
        [
            (b"/p/x", 'href="../">Make a badge'),
            (b"/admin/change", 'href="../admin/">To the dashboard'),
        ],
    )
    def test_it_leads_back_to_where_one_was(self, shell, path, link):
        """An operator wants no badge."""
        assert link in shell.error_page("", "", path).decode()

    def test_it_escapes_what_it_shows(self, shell):
        """A message with markup in it is shown, not run."""
        body = shell.error_page("<b>", "<script>$title</script>&\"'", b"/a").decode()

        assert "<h1>&lt;b&gt;</h1>" in body
        assert "<p>&lt;script&gt;$title&lt;/script&gt;&amp;&#34;&#39;</p>" in body

    @pytest.mark.parametrize(
        ("path", "root"),
        [
            (b"/none", ""),
            (b"/", ""),
            (b"/a/b", "../"),
            (b"/a/b/", "../../"),
            (b"/a%2Fb", ""),
            (b"/a" * 21, "../" * 20),
            (b"/a" * 4000, "/"),
            (b"*", ""),
        ],
    )
    def test_it_finds_the_page_from_where_it_is(self, shell, path, root):
        """By as many steps up as the path has; of very many, it does without."""
        body = shell.error_page("", "", path).decode()

        assert f'<a class="button" href="{root or "./"}">' in body
        assert f'href="{root}static/' in body

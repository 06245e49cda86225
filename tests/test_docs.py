"""The documentation says what the code does, and its links lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from hitsvc.settings import Settings, variable

ROOT = Path(__file__).parents[1]
FIELDS = sorted(Settings.model_fields)
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for folder in (
        ".",
        "docs",
        "docs/*",
        "bench",
        "config",
        ".github",
        "deploy/helm/hitsvc",
    )
    for page in (ROOT / folder).glob("*.md")
)

_ROW = re.compile(r"^\| `(HITSVC_\w+)` \|(?: `(.*?)`)? \| (.+) \|$", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^#(HITSVC_\w+)=(.*)$", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
# [text](target), [name]: target, and src="target" of what Markdown cannot word.
_LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s+<?([^\s>]+)|(?:src|href)=\"([^\"]+)\"",
    re.MULTILINE,
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


def read(path: str) -> str:
    """Return a file of the project as text."""
    return (ROOT / path).read_text(encoding="utf-8")


def default_of(field: str) -> str:
    """Return a setting's default as it would be written."""
    default = Settings.model_fields[field].default
    return "" if default is None else str(default)


ROWS = {
    name: (default, text)
    for name, default, text in _ROW.findall(read("docs/settings.md"))
}


class TestSettingsPage:
    """docs/settings.md."""

    @pytest.mark.parametrize("field", FIELDS)
    def test_every_setting_is_in_the_table(self, field):
        """With its default, and what the code says about it."""
        default, meaning = ROWS[variable(field)]

        assert default == default_of(field)
        assert meaning.startswith(str(Settings.model_fields[field].description))

    def test_the_table_has_no_other_settings(self):
        """What is documented exists."""
        assert sorted(ROWS) == sorted(map(variable, FIELDS))

    def test_files_are_mentioned(self):
        """The page tells that each setting may be a file."""
        assert "HITSVC_<NAME>_FILE" in read("docs/settings.md")


class TestCompose:
    """docker-compose.yml."""

    # What the containers are made for: there is one way to be for these.
    FIXED = frozenset(
        {"bind", "data_dir", "embedded_memory", "metrics_bind", "socket_mode"}
    )

    @pytest.mark.parametrize("field", sorted(set(FIELDS) - FIXED))
    def test_every_setting_reaches_the_app(self, field):
        """From the environment or `.env`; a variable that is not listed is lost."""
        text = read("docker-compose.yml")

        assert re.search(rf"^      {variable(field)}(_FILE)?:", text, re.MULTILINE)


class TestEnvironmentFile:
    """config/hitsvc.env."""

    TEXT = read("config/hitsvc.env")

    @pytest.mark.parametrize("field", FIELDS)
    def test_every_setting_is_in_it(self, field):
        """Once, commented out, with its default."""
        assert re.findall(rf"^#{variable(field)}=(.*)$", self.TEXT, re.MULTILINE) == [
            default_of(field)
        ]

    def test_as_it_is_it_sets_nothing(self):
        """Every line is a comment or empty."""
        assert all(line[:1] in ("", "#") for line in self.TEXT.splitlines())

    def test_in_force_it_changes_nothing(self):
        """With every comment mark taken away the settings are the defaults."""
        environ = dict(_ASSIGNMENT.findall(self.TEXT))

        assert Settings.load(environ) == Settings.load({})
        assert len(environ) == len(FIELDS)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    """Each relative link of a page is a file or a directory of the project."""
    text = _CODE.sub("", read(page))
    targets = {next(filter(None, match)) for match in _LINK.findall(text)}
    missing = [
        target
        for target in targets
        if not _ELSEWHERE.match(target)
        and not ((ROOT / page).parent / unquote(target.partition("#")[0])).exists()
    ]

    assert missing == []


def test_the_chart_has_the_alerts():
    """Helm reads no file outside of a chart, so it has a copy: `make chart`."""
    copy = read("deploy/helm/hitsvc/files/alerts.yml")

    assert copy == read("config/prometheus/alerts.yml")

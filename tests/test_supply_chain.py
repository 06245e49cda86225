"""What hitsvc is made of: pinned, checked by hashes, and under known licences."""

# ruff: noqa: S603, S607 - starts make

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from scripts import licences

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HASHED = sorted(
    path
    for folder in (".github", "docker")
    for path in (ROOT / folder).glob("*-requirements.txt")
)

_USES = re.compile(r"^\s*(?:- )?uses: (.+)$", re.MULTILINE)
_PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_REQUIREMENT = re.compile(r"^([\w-]+)==[\w.]+((?: \\\n    --hash=sha256:\w{64})+)$")
# Whoever runs or passes on the service needs to do no more than keep the licence.
PERMISSIVE = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"}


def named(path: Path) -> str:
    """Name a test's parameter after a file."""
    return path.relative_to(ROOT).as_posix()


def requirements(path: Path) -> list[str]:
    """Return a requirements file's entries, each with its hashes."""
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)
    return re.split(r"(?<!\\)\n", text.strip())


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
class TestWorkflows:
    """.github/workflows."""

    def test_actions_are_named_by_commit(self, path: Path) -> None:
        """A tag can be moved to other code; the version stands behind for people."""
        found = _USES.findall(path.read_text())

        assert found
        assert [one for one in found if not _PINNED.fullmatch(one)] == []

    def test_a_job_has_no_right_that_it_does_not_name(self, path: Path) -> None:
        """The workflow gives none, and each job lists its own."""
        workflow = yaml.safe_load(path.read_text())

        assert workflow["permissions"] == {}
        assert all("permissions" in job for job in workflow["jobs"].values())


def test_one_version_has_one_commit() -> None:
    """No action is pinned to two commits."""
    pins = {use for path in WORKFLOWS for use in _USES.findall(path.read_text())}
    actions = [pin.partition("@")[0] for pin in pins]

    assert sorted(actions) == sorted(set(actions))


class TestRelease:
    """Wheels for those who have a compiled one that fits, and a wheel for all others."""

    @staticmethod
    def jobs() -> dict[str, Any]:
        """Return the jobs of the release."""
        path = ROOT / ".github" / "workflows" / "release.yml"
        jobs: dict[str, Any] = yaml.safe_load(path.read_text())["jobs"]
        return jobs

    def test_compiled_wheels_are_for_the_pythons_that_the_package_names(self) -> None:
        """A Python more, or a Python less, is one in both."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        named = [
            found[1].replace(".", "")
            for line in project["project"]["classifiers"]
            if (
                found := re.fullmatch(
                    r"Programming Language :: Python :: (3\.\d+)", line
                )
            )
        ]
        wheels = project["tool"]["cibuildwheel"]

        assert wheels["build"] == [f"cp{version}-*" for version in named]
        assert wheels["environment"] == {"HITSVC_COMPILE": "1"}

    @pytest.mark.parametrize("job", ["attest", "pypi", "github"])
    def test_what_is_published_has_both(self, job: str) -> None:
        """No job goes on with the pure wheel alone."""
        downloads = [
            step["with"]
            for step in self.jobs()[job]["steps"]
            if "download-artifact" in step.get("uses", "")
        ]

        assert any(
            what["merge-multiple"] and "wheels-*" in what.get("pattern", "wheels-*")
            for what in downloads
            if "name" not in what
        )

    def test_nothing_is_published_before_all_wheels_are_built(self) -> None:
        """A release that lacks some would be the same for ever."""
        jobs = self.jobs()

        assert "wheels" in jobs["attest"]["needs"]
        assert "attest" in jobs["pypi"]["needs"]
        assert jobs["github"]["needs"] == "pypi"

    def test_what_builds_the_wheels_is_known_by_hashes(self) -> None:
        """The tool, what compiles, and what gives the types."""
        commands = [step.get("run", "") for step in self.jobs()["wheels"]["steps"]]
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wheels = project["tool"]["cibuildwheel"]

        assert any(
            "--require-hashes" in c and "wheels-requirements" in c for c in commands
        )
        assert any(c.startswith("uv export --locked") for c in commands)
        assert "--require-hashes" in wheels["before-build"]
        assert wheels["build-frontend"]["args"] == ["--no-isolation"]


class TestHashes:
    """Tools that are installed before uv can look after the rest."""

    @pytest.mark.parametrize("path", HASHED, ids=named)
    def test_every_tool_has_a_version_and_hashes(self, path: Path) -> None:
        """Pip and uv take these files or nothing else."""
        wrong = [one for one in requirements(path) if not _REQUIREMENT.match(one)]

        assert wrong == []

    def test_what_builds_the_package_is_among_them(self) -> None:
        """Whoever adds to `build-system` adds to docker/build-requirements.txt."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        listed = requirements(ROOT / "docker" / "build-requirements.txt")
        needed = {
            re.split(r"[^\w.-]", one)[0] for one in project["build-system"]["requires"]
        }

        assert needed <= {one.partition("==")[0] for one in listed}

    def test_the_image_installs_nothing_else(self) -> None:
        """Each installing command in the Dockerfile looks at hashes, or is offline."""
        text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
        commands = re.findall(
            r"(?:pip install|uv build|uv sync|uv pip install)[^&\n]*", text
        )
        safe = ("--require-hashes", "--locked", "--no-index")

        assert len(commands) >= 4
        assert [one for one in commands if not any(s in one for s in safe)] == []

    @pytest.mark.parametrize(
        ("target", "groups"), [("run", "--no-default-groups"), ("test", "--all-groups")]
    )
    def test_make_installs_what_the_target_needs(
        self, target: str, groups: str
    ) -> None:
        """By hashes; to run needs no tools of tests."""
        said = subprocess.run(
            ["make", "--dry-run", "--always-make", target],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.replace("\\\n", " ")
        pip, sync = re.findall(r"(?:pip install|uv sync) .*", said)

        assert "--require-hashes" in pip
        assert "--locked" in sync
        assert groups in sync


LOCK: dict[str, dict[str, Any]] = {
    "hitsvc": {
        "dependencies": [{"name": "client", "extra": ["fast"]}],
        "optional-dependencies": {"icons": [{"name": "icons"}, {"name": "shared"}]},
    },
    "client": {
        "dependencies": [{"name": "shared"}],
        "optional-dependencies": {"fast": [{"name": "parser"}], "slow": []},
    },
    "icons": {},
    "parser": {},
    "shared": {"dependencies": [{"name": "client"}]},
    "linter": {},
}


class TestLicences:
    """docs/licences.md and the script that makes it."""

    def test_the_page_is_as_the_script_writes_it(self) -> None:
        """Whoever changes uv.lock runs `python -m scripts.licences`."""
        assert licences.table(licences.read_lock()) in licences.PAGE.read_text()

    def test_the_service_needs_permissive_licences_only(self) -> None:
        """A copyleft licence among its dependencies is noticed here."""
        lock = licences.read_lock()
        names = [n for n, use in licences.uses(lock).items() if use != "development"]
        choices = {name: licences.licence(name).split(" OR ") for name in names}

        assert {n: c for n, c in choices.items() if not PERMISSIVE & set(c)} == {}

    def test_each_package_is_told_what_it_is_for(self) -> None:
        """What the service needs itself, by an extra too, goes before the rest."""
        assert licences.uses(LOCK) == {
            "client": "the service",
            "parser": "the service",
            "shared": "the service",
            "icons": "the extra `icons`",
            "linter": "development",
        }

    def test_the_service_comes_first(self) -> None:
        """Then what extras bring, then the tools; each by name."""
        rows = licences.table(LOCK, lambda name: name.upper()).splitlines()[2:]

        assert [row.split("`")[1] for row in rows] == [
            *("client", "parser", "shared", "icons", "linter")
        ]

    def test_an_unknown_licence_is_not_guessed(self) -> None:
        """Somebody has to look."""
        with pytest.raises(LookupError, match="nothing-of-that-name is not installed"):
            licences.licence("nothing-of-that-name")

"""Helm, kubectl and the schemas of Kubernetes, as `make kubernetes` fetches them."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "hitsvc"
_TOOLS = ROOT / ".venv" / ".kubernetes"
_PATH = f"{_TOOLS}:{os.environ.get('PATH', '')}"

Object = dict[str, Any]


def program(name: str) -> str | None:
    """Find a program, here or in PATH."""
    return shutil.which(name, path=_PATH)


def need(name: str) -> str:
    """Find a program, or skip the test."""
    found = program(name)
    if found is None:
        pytest.skip(f"needs {name}: make kubernetes")
    return found


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program, which may fail."""
    return subprocess.run(  # noqa: S603 - our own tools
        [need(name), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refusal(*options: str) -> str:
    """Return what Helm says of values that it does not take."""
    done = run("helm", "template", "hits", str(CHART), *options)
    assert done.returncode != 0, "it takes them"
    return done.stderr


def objects(*options: str) -> list[Object]:
    """Return what the chart makes of some options, but for tests."""
    return [one for one in yaml.safe_load_all(_rendered(*options)) if one]


@cache
def _rendered(*options: str) -> str:
    done = run("helm", "template", "hits", str(CHART), "--skip-tests", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def of_kind(found: Sequence[Object], kind: str) -> Object:
    """Return the only object of a kind."""
    (one,) = (each for each in found if each["kind"] == kind)
    return one


class Schemas:
    """What one version of Kubernetes takes; fields that it does not know are errors."""

    def __init__(self, version: str) -> None:
        """Open it, or skip the test."""
        file = _TOOLS / "schemas.zip"
        if not file.exists():
            pytest.skip("needs the schemas of Kubernetes: make kubernetes")
        self._files = zipfile.ZipFile(file)
        self._folder = (
            f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict/"
        )
        self._validator = cache(self._load)

    def _read(self, uri: str) -> Any:
        return json.loads(self._files.read(self._folder + uri.rpartition("/")[2]))

    def _load(self, name: str) -> Any:
        return jsonschema_rs.validator_for(
            self._read(name), retriever=self._read, base_uri=f"json-schema:///{name}"
        )

    def errors(self, one: Object) -> list[str]:
        """Return what is wrong with an object."""
        *group, version = one["apiVersion"].split("/")
        words = [one["kind"], *(name.partition(".")[0] for name in group), version]
        validator = self._validator("-".join(words).lower() + ".json")
        return [
            f"{one['kind']} {error.instance_path}: {error.message}"
            for error in validator.iter_errors(one)
        ]

"""The original to compare badges with: badge-maker, run by Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

# badge-maker's inner function, for its public one takes no logo's width.
_SCRIPT = """
import makeBadge from './lib/make-badge.js'
import { brightness, toSvgColor } from './lib/color.js'
import { createRequire } from 'module'
import { readFileSync } from 'fs'
const widthOf = createRequire(process.cwd() + '/')('anafanafo')
const tasks = {
  badges: badge => makeBadge(badge),
  colors: text => [toSvgColor(text) ?? null, brightness(toSvgColor(text))],
  widths: ([text, font]) => widthOf(text, { font }),
}
const [task, values] = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(values.map(tasks[task])))
"""


class BadgeMaker:
    """Runs badge-maker, once for a whole list of values."""

    def __init__(self, node_modules: Path) -> None:
        node = shutil.which("node")
        if node is None:
            pytest.skip("this needs node in PATH")
        self._node = node
        self._directory = node_modules / "badge-maker"

    def draw(self, badges: Sequence[dict[str, Any]]) -> list[str]:
        """Draw badges, given as badge-maker's arguments."""
        svgs: list[str] = self._run("badges", badges)
        return svgs

    def colors(self, texts: Sequence[str]) -> list[tuple[str | None, float]]:
        """Return what texts are as SVG colours, and how bright these are."""
        return [tuple(pair) for pair in self._run("colors", texts)]

    def widths(self, texts: Sequence[tuple[str, str]]) -> list[float]:
        """Measure pairs of a text and a font with anafanafo."""
        widths: list[float] = self._run("widths", texts)
        return widths

    def _run(self, task: str, values: Sequence[Any]) -> Any:
        done = subprocess.run(  # noqa: S603 - our own script
            [self._node, "--input-type=module", "--eval", _SCRIPT],
            input=json.dumps([task, values]).encode(),
            capture_output=True,
            cwd=self._directory,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

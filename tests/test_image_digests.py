"""scripts/image_digests.py: which images a release is built from and runs with."""

import pytest

from scripts.image_digests import COMPOSITIONS, DOCKERFILE, by_digest, lines, named

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def asked(*_image: str) -> str:
    """Answer as a registry does, for whatever image."""
    return f"{DIGEST}\n"


def test_all_images_of_our_files_are_found() -> None:
    """Whoever adds one names it by a variable with a default."""
    texts = [path.read_text() for path in COMPOSITIONS]
    found = named(DOCKERFILE.read_text(), texts)

    assert found.keys() == {
        "PYTHON_TAG",
        "HITSVC_STORE_IMAGE",
        "HITSVC_CADDY_IMAGE",
        "HITSVC_HAPROXY_IMAGE",
    }
    assert found["PYTHON_TAG"].startswith("python:3.")


def test_a_tag_gets_the_digest_that_it_stands_for() -> None:
    """As Compose and `docker build` take it."""
    found = named("ARG PYTHON_TAG=3.13-slim\n", ["image: ${HITSVC_A_IMAGE:-a/b:1}"])

    assert lines(by_digest(found, asked)) == [
        f"PYTHON_TAG=3.13-slim@{DIGEST}",
        f"HITSVC_A_IMAGE=a/b:1@{DIGEST}",
    ]


def test_what_the_update_bot_has_written_stays() -> None:
    """Nobody is asked what the tag stands for now."""
    other = f"3.13-slim@sha256:{'f' * 64}"
    found = named(f"ARG PYTHON_TAG={other}\n", [])

    assert lines(by_digest(found, asked)) == [f"PYTHON_TAG={other}"]


@pytest.mark.parametrize("said", ["", "latest", "sha256:0123", f"{DIGEST} {DIGEST}"])
def test_what_is_no_digest_stops_a_release(said: str) -> None:
    """It would build from what nobody can name."""
    with pytest.raises(LookupError, match="no digest of redis:8"):
        by_digest({"HITSVC_STORE_IMAGE": "redis:8"}, lambda image: said)


def test_a_dockerfile_that_hides_its_base_stops_a_release() -> None:
    """Its base would go into a release unseen."""
    with pytest.raises(LookupError, match="PYTHON_TAG"):
        named("FROM python:3.13-slim\n", [])

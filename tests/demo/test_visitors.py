"""Views that come while a demonstration runs."""

import socket
from collections import Counter
from threading import Thread

import pytest

from hitsvc.demo import Page, Visitors
from tests.support.commands import free_port

BUSY, QUIET = Page("a.example/x y", 99, 1), Page("b.example", 3, 1)


def asked(listener: socket.socket, answer: bytes) -> list[bytes]:
    """Take one connection, in a thread; return what was asked when it has ended."""
    heads: list[bytes] = []

    def take() -> None:
        client, _ = listener.accept()
        with client:
            heads.append(client.recv(4096))
            client.sendall(answer)

    Thread(target=take, daemon=True).start()
    return heads


def view(path: str, answer: bytes) -> tuple[bytes, float]:
    """Let somebody view a page of a service; return what it was asked, and the pause."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heads = asked(listener, answer)
        pause = Visitors([BUSY], 1).view(
            f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
        )
    return heads[0], pause


@pytest.mark.parametrize("path", ["", "/stats"])
def test_a_view_is_a_badge_that_is_fetched(path: str) -> None:
    """As a page with one does, also below a path."""
    head, pause = view(path, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    line = f"GET {path}/count/tag.svg?url=a.example%2Fx%20y HTTP/1.1"
    assert head.startswith(line.encode())
    assert b"User-Agent: hitsvc-demo" in head
    assert 2 <= pause <= 8


def test_an_answer_that_is_none_is_nobodys_affair() -> None:
    """Another visitor will come."""
    assert view("", b"what?\r\n\r\n")[1] > 0


def test_a_service_that_is_not_there_yet_is_waited_for() -> None:
    """Another visitor will come."""
    assert Visitors([BUSY], 1).view(f"http://127.0.0.1:{free_port()}") > 0


def test_busy_pages_are_viewed_more_often() -> None:
    """As they were before."""
    seen = Counter[str]()

    class Noted(Visitors):
        def _fetch(self, service: str, key: str) -> None:
            seen[key] += 1

    visitors = Noted([QUIET, BUSY], 1)
    for _ in range(500):
        visitors.view("http://127.0.0.1:1")

    assert seen[BUSY.key] > 10 * seen[QUIET.key] > 0

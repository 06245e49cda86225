"""What `hitsvc doctor` looks at."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fakeredis import FakeRedis
from redis.exceptions import ResponseError

from hitsvc.admin.doctor import (
    MIN_FREE_BYTES,
    examine_disk,
    examine_proxy,
    examine_report,
    examine_store,
    examine_unheeded,
    examine_zone,
)
from hitsvc.admin.zone import calendar_of
from hitsvc.errors import StoreError
from hitsvc.settings import Settings, sources
from hitsvc.store import StoreReport
from tests.admin.imports import KEYS


class Clocked:
    """A store with a clock of its own."""

    def __init__(self, seconds: int) -> None:
        self._client: Any = FakeRedis(decode_responses=True)
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def time(self) -> tuple[int, int]:
        if self._seconds < 0:
            msg = "NOPERM"
            raise ResponseError(msg)
        return self._seconds, 0


@pytest.mark.parametrize(
    ("theirs", "wrong", "said"),
    [
        (1000, False, "0.0 s apart"),
        (1002, False, "2.0 s apart"),
        (1060, True, "60 s ahead of"),
        (940, True, "60 s behind"),
        (-1, False, "does not tell"),
    ],
)
def test_clocks_are_compared(theirs, wrong, said):
    """A day is wrong where one of them is."""
    found = examine_store(Clocked(theirs), KEYS, lambda: 1000.0)
    (clock,) = [finding for finding in found if finding.about == "clock"]
    assert (clock.wrong, said in clock.text) == (wrong, True)


def test_sites_that_are_refused_are_named():
    """The operator may have forgotten one."""
    client: Any = Clocked(0)
    client.zadd(KEYS.refused, {"a.example": 9, "b.example": 1})
    (sites,) = [
        f for f in examine_store(client, KEYS, lambda: 0.0) if f.about == "sites"
    ]
    assert "a.example (9), b.example (1)" in sites.text


@pytest.mark.parametrize(
    ("trusted", "wrong"),
    [
        ("127.0.0.1,::1", True),
        ("172.19.0.0/16", True),
        ("172.18.0.0/16", False),
        ("*", False),
    ],
)
def test_a_proxy_that_is_not_trusted_is_named(trusted, wrong):
    """With the setting; not once it is in there."""
    client: Any = Clocked(0)
    assert examine_unheeded(client, KEYS, trusted) == []
    client.set(KEYS.unheeded_proxy, "172.18.0.1")

    found = examine_unheeded(client, KEYS, trusted)

    assert [finding.wrong for finding in found] == [True] * wrong
    assert all(
        "172.18.0.1, which is not in HITSVC_FORWARDED_ALLOW_IPS" in finding.text
        for finding in found
    )


@pytest.mark.parametrize(("factor", "wrong"), [(10, False), (1.15, True), (1.05, True)])
def test_a_store_that_gets_full_is_wrong(valkey_client, factor, wrong):
    """Before it refuses pages."""
    used = valkey_client.info()["used_memory"]
    valkey_client.config_set("maxmemory", int(used * factor))
    try:
        memory = examine_store(valkey_client, KEYS, lambda: 0.0)[0]
    finally:
        valkey_client.config_set("maxmemory", 0)
    assert (memory.about, memory.wrong) == ("memory", wrong)
    assert ("are refused" in memory.text) == (factor == 1.05)


def test_what_a_store_says_of_itself_is_told():
    """Warnings and age are wrong, a note is not."""
    report = StoreReport("Redis 5", ("it forgets",), unfit="too old", note="?")
    found = [(f.text, f.wrong) for f in examine_report(report)]
    assert found == [
        ("Redis 5", False),
        ("too old", True),
        ("it forgets", True),
        ("?", False),
    ]


def test_a_disk_needs_room_for_a_rewrite(tmp_path):
    """A second append-only file beside the first, at least."""
    (tmp_path / "file").write_bytes(bytes(1000))
    assert examine_disk(tmp_path, MIN_FREE_BYTES - 1).wrong
    assert not examine_disk(tmp_path, MIN_FREE_BYTES).wrong
    assert not examine_disk(tmp_path / "none").wrong


@contextmanager
def answering(status: int, headers: dict[str, str]) -> Iterator[str]:
    """A service that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


GOOD = {"Cache-Control": "no-store"}


@pytest.mark.parametrize(
    ("status", "headers", "wrong"),
    [
        (200, GOOD, ""),
        (503, GOOD, "answers 503"),
        (200, {}, "no-store"),
        (200, {"Cache-Control": "max-age=60"}, "no-store"),
        (200, GOOD | {"Age": "7"}, "a cache answers"),
        (200, GOOD | {"X-Cache": "Hit from proxy"}, "a cache answers"),
    ],
)
def test_the_proxy_is_asked_as_the_world_does(status, headers, wrong):
    """What it does to answers shows in their headers."""
    with answering(status, headers) as url:
        found = examine_proxy(url)
    texts = [finding.text for finding in found if finding.wrong]
    assert [wrong in text for text in texts] == [True] * (len(texts) if wrong else 0)
    assert bool(texts) == bool(wrong)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1:1", "ftp://x", "hits.example.org", "http://[", "http://h:x"],
)
def test_an_address_that_does_not_answer_is_said(url):
    """In a line."""
    found = examine_proxy(url)
    assert [f.wrong for f in found] == [True]
    assert found[0].text.startswith(f"{url} cannot be reached: ")


def test_each_setting_says_where_it_is_from(tmp_path):
    """And a password is not shown."""
    url = tmp_path / "url"
    url.write_text("redis://:geheim@127.0.0.1/0")
    environ = {"HITSVC_REDIS_URL_FILE": str(url), "HITSVC_WORKERS": "3"}
    settings = Settings.load(environ, data_dir=tmp_path)
    told = sources(environ, settings, {"data_dir": tmp_path})
    assert told["HITSVC_REDIS_URL"] == ("(hidden)", "HITSVC_REDIS_URL_FILE")
    assert told["HITSVC_WORKERS"] == ("3", "environment")
    assert told["HITSVC_DATA_DIR"] == (str(tmp_path), "--data-dir")
    assert told["HITSVC_BIND"][1] == "default"
    assert len(told) == len(Settings.model_fields)


@pytest.mark.parametrize(
    ("kept", "ours", "wrong", "said"),
    [
        (None, "UTC", False, "those of UTC"),
        ("Asia/Kolkata", "Asia/Kolkata", False, "those of Asia/Kolkata"),
        ("Asia/Kolkata", "UTC", True, "HITSVC_TIMEZONE here is UTC"),
    ],
)
def test_the_zone_is_compared(kept, ours, wrong, said):
    """What this process is told, and what the service counts by."""
    client: Any = FakeRedis(decode_responses=True)
    if kept:
        client.set(KEYS.zone, kept)
    found = examine_zone(client, KEYS, ours)
    assert (found.wrong, said in found.text) == (wrong, True)


def test_the_calendar_is_the_services():
    """Of the store; of the settings until a service has written one."""
    client: Any = FakeRedis(decode_responses=True)
    assert calendar_of(client, KEYS, "Asia/Kolkata").zone == "Asia/Kolkata"
    client.set(KEYS.zone, "Europe/Berlin")
    assert calendar_of(client, KEYS, "Asia/Kolkata").zone == "Europe/Berlin"
    client.set(KEYS.zone, "Europe/Nowhere")
    with pytest.raises(StoreError, match="hits:zone holds 'Europe/Nowhere'"):
        calendar_of(client, KEYS, "UTC")

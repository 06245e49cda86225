"""Deleting, resetting and pruning: what is saved, and what stays."""

from datetime import date
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError, RedisError

from hitsvc.admin import Contents, Pattern, Reader, Removal, SaveFile
from hitsvc.admin.importers import Row
from hitsvc.counting import Day
from hitsvc.errors import ChangeRefused, InvalidURL
from tests.admin.test_changes import KEYS, MAY, NEW_YEAR, PAGE, A, B, contents, fill
from tests.support.saves import Kept

TODAY = Day.of(date(2026, 11, 25))
ROWS = [Row(A, None, 2), Row(A, NEW_YEAR, 3), Row(A, MAY, 7)]


def removal(client: Any) -> Removal:
    return Removal(client, KEYS, sleep=lambda seconds: None, today=lambda: TODAY)


def test_a_deleted_page_is_saved_and_gone(client):
    """With its place in the index; others stay."""
    fill(client)
    fill(client, B)
    kept = Kept()
    removed = removal(client).delete([A], kept)
    assert (removed.pages, removed.hits, removed.refused) == (1, 12, [])
    assert kept.rows == ROWS
    assert client.keys("*a.example*") == []
    assert client.smembers(KEYS.sites) == {"b.example"}
    assert contents(client, B).total == 12


def test_a_reset_page_is_saved_and_at_0(client):
    """It stays in the index."""
    fill(client)
    kept = Kept()
    removal(client).reset([A], kept)
    assert (kept.rows, contents(client)) == (ROWS, Contents())
    assert client.get(PAGE.total) == "0"
    assert client.smembers(KEYS.pages("a.example")) == {A}


class Visited(Kept):
    """While it saves, somebody visits."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._client = client

    def write(self, rows: Any) -> None:
        super().write(rows)
        self._client.incrby(PAGE.total, 4)
        self._client.hincrby(PAGE.year(2026), TODAY.field, 4)


@pytest.mark.parametrize("name", ["delete", "reset"])
def test_hits_between_saving_and_removing_are_saved_too(client, name):
    """No hit is in neither."""
    fill(client)
    save = Visited(client)
    assert getattr(removal(client), name)([A], save).hits == 16
    assert save.late == [Row(A, TODAY.date, 4)]


@pytest.mark.parametrize(
    ("before", "left", "undated"),
    [
        (NEW_YEAR, {NEW_YEAR: 3, MAY: 7}, 2),
        (date(2025, 1, 2), {MAY: 7}, 5),
        (MAY, {MAY: 7}, 5),
        (date(2026, 5, 2), {}, 12),
        (date(2999, 1, 1), {}, 12),
    ],
)
def test_old_days_become_undated(client, before, left, undated):
    """The day that is named stays, and the total."""
    fill(client)
    kept = Kept()
    removal(client).prune([A], before, kept)
    assert contents(client) == Contents(12, undated, left)
    assert sum(row.hits for row in kept.rows) == undated - 2


def test_what_cannot_be_read_is_left_and_told(client):
    """The others are removed."""
    fill(client)
    fill(client, B)
    client.hset(PAGE.year(2024), "1", "x")
    for removed in (
        removal(client).prune([A, B], MAY, Kept()),
        removal(client).reset([A, B], Kept()),
        removal(client).delete([A, B], Kept()),
    ):
        assert removed.pages == 1
        assert removed.refused[0].startswith(f"{A}: ")
    assert client.smembers(KEYS.pages("a.example")) == {A}
    assert client.get(PAGE.total) == "12"


@pytest.mark.parametrize("name", ["saved.csv", "saved.csv.gz"])
def test_a_file_holds_all_and_what_came_late(client, tmp_path, name):
    """And is never written over."""
    save = SaveFile(tmp_path / name)
    save.write(ROWS)
    save.more([Row(A, TODAY.date, 4)])
    assert save.rows == 4
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(ChangeRefused, match="already"):
        SaveFile(tmp_path / name).write([])
    with pytest.raises(ChangeRefused, match="nothing was"):
        SaveFile(tmp_path / "none" / name).write([])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.example/*", [A]),
        ("HTTP://A.example/x/", [A]),
        ("*.example", [B]),
        ("*.example/x", [A]),
        ("a.example", []),
        ("?.example/*", []),
    ],
)
def test_a_pattern_has_one_sign(client, pattern, expected):
    """It stands for any text; nothing else does."""
    fill(client)
    fill(client, B)
    try:
        assert Reader(client, KEYS).matching(pattern) == expected
    except InvalidURL:
        assert expected == []


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("a.example/y?p=1", "a.example/y?p=*"),
        ("a.example/?p=1", "https://a.example/?p=1"),
        ("a.example/#/about", "a.example/#/*"),
    ],
)
def test_a_pattern_may_have_a_query_or_a_route(client, key, pattern):
    """As the keys of such pages have them."""
    fill(client)
    fill(client, key)

    assert Reader(client, KEYS).matching(pattern) == [key]


@pytest.mark.parametrize("pattern", ["*", "*/x", "", "/x", "*.*"])
def test_a_pattern_names_a_host(pattern):
    """Everything is never meant."""
    with pytest.raises(InvalidURL):
        Pattern(pattern)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_list_in_parts_has_every_page_of_any_size(client, size):
    """Page by page, until the cursor is 0."""
    for number in range(700):
        client.sadd(KEYS.pages("a.example"), f"a.example/{number}")
        client.set(KEYS.page(f"a.example/{number}").total, number)
    reader, cursor = Reader(client, KEYS), 0
    found: dict[str, int] = {}
    while True:
        part = reader.part("a.example", cursor=cursor, size=size)
        found.update(part.pages)
        cursor = part.cursor
        if not cursor:
            break
    assert found == {f"a.example/{n}": n for n in range(700)}
    searched = reader.part("a.example", search="EXAMPLE/69", size=1000)
    assert len(searched.pages) == 11


class VisitedSite:
    """A client before whose eyes an empty site is visited."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def srem(self, name: str, *members: str) -> None:
        self._client.srem(name, *members)
        if name == KEYS.sites:
            self._client.set(PAGE.total, 1)
            self._client.sadd(KEYS.pages("a.example"), A)


def test_a_site_that_is_visited_as_it_goes_stays_listed(client):
    """The visit may have listed it before it was taken out."""
    fill(client)
    removal(VisitedSite(client)).delete([A], Kept())
    assert client.smembers(KEYS.sites) == {"a.example"}


def test_a_user_that_may_not_is_no_broken_page(valkey_client, valkey_socket):
    """It is an error of all, not of a page."""
    fill(valkey_client)
    commands = ["+@all", "-unlink"]
    valkey_client.acl_setuser(
        "weak", enabled=True, nopass=True, keys="*", commands=commands
    )
    try:
        with Redis(
            unix_socket_path=str(valkey_socket),
            username="weak",
            password="x",
            decode_responses=True,
        ) as weak:
            with pytest.raises(RedisError):
                removal(weak).delete([A], Kept())
            weak.execute_command("ACL", "SETUSER", "weak", "-eval")
            with pytest.raises(NoPermissionError):
                removal(weak).delete([A], Kept())
    finally:
        valkey_client.acl_deluser("weak")

"""What takes a change back: kept for a while, used once, and kept if it could not be."""

from datetime import date
from typing import Any

import pytest

from hitsvc.admin import Kept, Step, Undo
from hitsvc.admin.importers import Row
from hitsvc.admin.undoing import KEPT_S
from hitsvc.counting import Keys
from hitsvc.errors import ChangeRefused

KEYS = Keys("hits:")
A, B = "a.example", "b.example/x"
ROWS = [Row(A, None, 2), Row(A, date(2026, 3, 1), 5), Row(B, date(2026, 3, 1), 1)]


def total(client: Any, page: str) -> int:
    return int(client.get(KEYS.page(page).total) or 0)


def test_what_was_removed_comes_back_once(client):
    """Also if the first answer was lost before what is kept was let go of."""
    undo = Undo(client, KEYS)
    number = undo.keep(Step("rows", rows=ROWS))
    found = undo.look(number)
    assert found is not None
    assert found.rows == ROWS

    assert undo.run(number).rows == ROWS
    undo.keep(Step("rows", rows=ROWS), number)
    with pytest.raises(ChangeRefused, match="undone already"):
        undo.run(number)

    assert (total(client, A), total(client, B)) == (7, 1)
    assert 0 < client.ttl(KEYS.import_mark(f"undo:{number}")) <= KEPT_S


def test_it_is_let_go_of_after_a_week(client):
    """By the store itself."""
    number = Undo(client, KEYS).keep(Step("add", A, 1))

    assert 0 < client.ttl(KEYS.undo(number)) <= KEPT_S


def test_late_rows_are_kept_too(client):
    """Hits that came after the others were saved."""
    undo = Undo(client, KEYS)
    kept = Kept(undo)
    kept.write(ROWS[:2])
    kept.more(ROWS[2:])

    assert undo.run(kept.id).rows == ROWS


def test_what_cannot_come_back_now_may_later(client):
    """A page that has too many hits takes no more."""
    undo = Undo(client, KEYS)
    number = undo.keep(Step("rows", rows=ROWS[:2]))
    client.set(KEYS.page(A).total, 2**53)
    with pytest.raises(ChangeRefused, match="more hits than can be counted"):
        undo.run(number)

    client.set(KEYS.page(A).total, 10)
    undo.run(number)
    assert total(client, A) == 17


def test_two_at_once_take_it_back_once(client):
    """Who is too late is told so."""
    number = Undo(client, KEYS).keep(Step("add", A, 1))

    class Late:
        """A client before whose delete another one takes it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def delete(self, name: str) -> Any:
            client.delete(name)
            return client.delete(name)

    with pytest.raises(ChangeRefused):
        Undo(Late(), KEYS).run(number)

    assert total(client, A) == 0

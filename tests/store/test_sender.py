"""A sender, where its backend has a defect."""

from collections.abc import Sequence
from typing import Any

import pytest

from hitsvc.counting import Capacity, Keys, OutageLog, PageCommands, Probe, utc_day
from hitsvc.store import Sender

PAGE = PageCommands("example.com", Keys("").page("example.com"), 12, 60)


class Defect:
    """A backend that fails as none should."""

    async def execute(self, _commands: str, _expected: int) -> Sequence[Any]:
        raise ZeroDivisionError

    def doubt(self) -> None: ...

    async def close(self) -> None: ...


async def test_a_defect_is_told_to_whoever_waits(caplog):
    """It is no outage of the store."""
    sender = Sender(
        Defect(),
        today=utc_day,
        grown=lambda _pages: None,
        capacity=Capacity(),
        outage=OutageLog(),
    )
    with pytest.raises(ZeroDivisionError):
        await sender.send([Probe(PAGE)])
    assert caplog.records == []

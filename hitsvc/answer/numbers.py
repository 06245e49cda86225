"""The numbers of a page, for programs."""

import json
from typing import Any

from hitsvc.badge import PLAIN, Look
from hitsvc.counting import Visitors


def numbers(
    page_key: str,
    total: int,
    today: int,
    look: Look,
    recent: int,
    visitors: Visitors | None = None,
) -> dict[str, Any]:
    """Return what programs are told of a page; with a look, what a badge would show."""
    answer: dict[str, Any] = {"url": page_key, "total": total, "today": today}
    if look.amount != PLAIN.amount:
        answer["total"] += look.amount.base
        if visitors is not None and look.of_visitors:
            total, recent = visitors.total, visitors.latest(look.amount.days)
        answer["text"] = look.text(total, recent)
    return answer | visitor_numbers(visitors)


def visitor_numbers(visitors: Visitors | None) -> dict[str, Any]:
    """Return what programs are told of visitors, if they are known."""
    if visitors is None:
        return {}
    return {"visitors": visitors.total, "visitors_today": visitors.today}


def as_json(answer: dict[str, Any]) -> bytes:
    """Write it."""
    return json.dumps(answer).encode() + b"\n"

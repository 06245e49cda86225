"""Says what is wrong with what came of a case: nothing, if all is right."""

import re
from collections.abc import Iterator

from tests.http.case import AFTER, COUNT, EVIL, PAGE, Case, Then, Verdict
from tests.http.runner import Played


def direct(case: Case, played: Played) -> list[str]:
    """Judge what the service itself did."""
    found = [*_framing(played), *_fields(case, played)]
    statuses = played.statuses
    if len(statuses) != len(case.right) or not all(
        status in right for status, right in zip(statuses, case.right, strict=False)
    ):
        right = [sorted(some)[:6] for some in case.right]
        found.append(f"answers {statuses}, right is {right}")
    if case.verdict is not Verdict.FREE and tuple(played.interim) != case.interim:
        found.append(f"interim answers {played.interim}, right is {case.interim}")
    ends = {Then.OPEN, Then.CLOSED} if case.then is Then.ANY else {case.then}
    if played.end not in ends:
        found.append(f"then: {played.end}, right is {case.then}")
    if played.counted.get(PAGE, 0) not in case.hits:
        found.append(f"hits {played.counted}, right is {sorted(case.hits)}")
    if played.counted.get(AFTER):
        found.append("a request was answered behind the last one")
    return found


def behind(case: Case, played: Played) -> list[str]:
    """Judge what came through a proxy, which may refuse more, or mend what is broken.

    What must be taken must come through as it is. Of all else no more may be counted than
    was asked for, nothing that was hidden, and each answer is for its own request.
    """
    found = list(_framing(played))
    if case.verdict is Verdict.TAKEN:
        found += _fields(case, played)
        statuses = zip(played.statuses, case.right, strict=False)
        if len(played.answers) != len(case.right) or not all(
            s in r for s, r in statuses
        ):
            right = [sorted(some) for some in case.right]
            found.append(f"answers {played.statuses}, right is {right}")
        if played.counted.get(PAGE, 0) not in case.hits:
            found.append(f"hits {played.counted}, right is {sorted(case.hits)}")
    elif played.counted.get(PAGE, 0) > case.data.count(COUNT):
        found.append(f"hits {played.counted}: more than were asked for")
    if played.counted.get(AFTER, 0) > 1:
        found.append("a request was answered twice")
    return found


def _framing(played: Played) -> Iterator[str]:
    """What must never be: this is how requests are smuggled."""
    if played.wrong:
        yield f"no HTTP: {played.wrong}"
    elif played.end is None:
        yield "the next request was not answered for itself"
    if played.counted.get(EVIL):
        yield "a request was found where none is"


def _fields(case: Case, played: Played) -> Iterator[str]:
    if not played.answers:
        return
    last = played.answers[-1]
    for name, pattern in case.fields.items():
        value = last.fields.get(name)
        if pattern is None and value is not None:
            yield f"{name}: {value} may not be there"
        elif pattern is not None and not re.fullmatch(pattern, value or ""):
            yield f"{name}: {value}, right is {pattern}"
    if case.body is not None and not re.fullmatch(case.body, last.body):
        yield f"body {last.body[:80]!r}, right is {case.body!r}"

"""What is said of a wrong value, in one form for all that a person can type.

``WHAT WAS TYPED: what is wrong with it. Give what is right, such as an example.``
"""

import re
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

# What pydantic calls a mistake, and how it begins in words of ours. Whatever else there
# may be is not understood.
_PROBLEMS = {
    "int": "not a whole number",
    "float": "not a number",
    "finite": "not a number",
    "greater": "too small",
    "less": "too large",
    "string_too_long": "too long",
    "string_too_short": "empty",
    "string_unicode": "not UTF-8",
    "path": "not UTF-8",
}
_CHOICES = re.compile(r"\^\(([\w|]+)\)\$")


@dataclass(frozen=True, slots=True)
class Right:
    """What may be given for a setting that is no number and no choice of words.

    Attributes:
        what: It in words, behind "Give".
        example: One such value.
    """

    what: str
    example: str


def mistake(typed: str, problem: str, right: Right) -> str:
    """Word a mistake.

    Args:
        typed: An option, or a variable, and its value as a person would write it.
        problem: What is wrong with it.
        right: What would not be.
    """
    return f"{typed}: {problem}. Give {right.what}, such as {right.example}."


def problem_of(error: Any) -> str:
    """Say what is wrong, by an error of pydantic's."""
    kind = error["type"]
    if kind == "value_error":  # a check of ours, with words of ours
        return str(error["ctx"]["error"])
    found = (said for start, said in _PROBLEMS.items() if kind.startswith(start))
    return next(found, "not understood")


def right_of(field: FieldInfo) -> Right:
    """Say what may be given for a setting."""
    for mark in field.metadata:
        if isinstance(mark, Right):
            return mark
    example = str(field.default)
    if field.annotation in (int, float):
        return Right(_range(field), example)
    if choices := _CHOICES.fullmatch(_limit(field, "pattern") or ""):
        *words, last = choices[1].split("|")
        return Right(f"{', '.join(words)} or {last}", example)
    return Right("text", example)


def _range(field: FieldInfo) -> str:
    kind = "a whole number" if field.annotation is int else "a number"
    least, most = _limit(field, "ge"), _limit(field, "le")
    if most is None:
        return f"{kind} of at least {least}"
    return f"{kind} from {least} to {most}"


def _limit(field: FieldInfo, name: str) -> Any:
    """Find what a field's values are held to."""
    found = (getattr(mark, name, None) for mark in field.metadata)
    return next((limit for limit in found if limit is not None), None)

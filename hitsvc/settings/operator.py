"""Settings of the operator's own access: who may see the dashboard, and change counts."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from hitsvc.settings.mistakes import Right

# 22 characters of base64 are 128 bits. A password of words that is so long has fewer, so
# we make one, and people keep it.
_LEAST_LENGTH = 22
_LEAST_VARIETY = 8


def strong(token: str) -> str:
    """Return a token that nobody can guess; an empty one is none.

    Raises:
        ValueError: Somebody could, or it cannot be sent.
    """
    if not token:
        return token
    if not token.isascii() or not token.isprintable() or " " in token:
        msg = "it has other characters than letters, digits and signs"
        raise ValueError(msg)
    if len(token) < _LEAST_LENGTH or len(set(token)) < _LEAST_VARIETY:
        msg = "it can be guessed"
        raise ValueError(msg)
    return token


_TOKEN = Right(
    f"at least {_LEAST_LENGTH} random characters", "what `hitsvc token --new` prints"
)


class OperatorSettings(BaseModel):
    """What lets the operator in. Without a token there is no dashboard and no API."""

    admin_token: Annotated[
        str,
        Field(
            description="The operator's token: who has it may see and change all counts, "
            "on `/admin/` and by `/api/v1/`. Empty: there is neither, but that the "
            "embedded store has one in its data directory.",
            min_length=0,
        ),
        AfterValidator(strong),
        _TOKEN,
    ] = ""
    admin_read_token: Annotated[
        str,
        Field(
            description="A second one, for those who may see all and change nothing. "
            "Empty: there is none.",
            min_length=0,
        ),
        AfterValidator(strong),
        _TOKEN,
    ] = ""

"""Settings of what is one page; `hitsvc.request.identity` has the rules."""

from typing import Annotated

from pydantic import BaseModel, Field

from hitsvc.settings.mistakes import Right

_SWITCH = r"^(on|off)$"


class IdentitySettings(BaseModel):
    """What tells pages apart, and what does not. A key's key is itself, always."""

    query: Annotated[
        str,
        Field(
            description="Parameters that tell pages apart, separated by commas: `p`, or "
            "`wp.example:p` for one host, `*.example.org:id` for it and all below it.",
            min_length=0,
        ),
        Right("names of parameters, separated by commas", "p, wp.example:id"),
    ] = ""
    hash_routes: Annotated[
        str,
        Field(
            description="`on`: a route in the fragment, such as `#/about` or `#!/about`, "
            "tells pages apart; or `off`.",
            pattern=_SWITCH,
        ),
    ] = "off"
    fold_www: Annotated[
        str,
        Field(
            description="`on`: `www.example.com` is the same site as `example.com`; or "
            "`off`.",
            pattern=_SWITCH,
        ),
    ] = "off"
    fold_index: Annotated[
        str,
        Field(
            description="`on`: `/blog/index.html` and its like are the same page as "
            "`/blog`; or `off`.",
            pattern=_SWITCH,
        ),
    ] = "off"
    fold_sessions: Annotated[
        str,
        Field(
            description="`on`: session ids in a path, such as `;jsessionid=`, do not tell "
            "pages apart; or `off`.",
            pattern=_SWITCH,
        ),
    ] = "off"

"""Settings of the pages that people see."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from hitsvc.settings.links import check_links
from hitsvc.settings.mistakes import Right


class PageSettings(BaseModel):
    """Who sees which pages, and what stands on all of them."""

    page: Annotated[
        str,
        Field(
            description="Who may see the page at `/` that makes badges: `public`: "
            "everybody; `private`: the operator; or `off`: nobody.",
            pattern=r"^(public|private|off)$",
        ),
    ] = "public"
    stats: Annotated[
        str,
        Field(
            description="Who may see statistics: the pages at `/p/`, the chart and the "
            "days in JSON: `public`, `private` or `off`, likewise.",
            pattern=r"^(public|private|off)$",
        ),
    ] = "public"
    site_stats: Annotated[
        str,
        Field(
            description="`on`: who may see statistics may see those of a whole site, too, "
            "with its top pages, at `/s/` and `/site.json`; or `off`. Not with the store "
            "`memory`.",
            pattern=r"^(on|off)$",
        ),
    ] = "off"
    footer: Annotated[
        str,
        Field(
            description="Up to three links for the foot of every page, separated by "
            "semicolons, each as `NAME=ADDRESS`. Empty: none.",
            min_length=0,
        ),
        AfterValidator(check_links),
        Right(
            "up to three times NAME=ADDRESS, separated by semicolons",
            "Imprint=https://example.org/imprint; Privacy=https://example.org/privacy",
        ),
    ] = ""

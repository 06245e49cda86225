"""What everything in Redis is called: the one place that builds names.

A page's key stands in braces, Redis Cluster's hash tag, so that all that belongs to one
page shares a slot
(https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).

================================  ======  ==================================================
``hits:{example.com/b}``          string  total; never expires
``hits:{example.com/b}:d:2026``   hash    day of the year, 1 to 366 → hits of that day
``hits:{example.com/b}:d:0``      string  hits without a date; may be negative
``hits:{example.com/b}:t:…``      string  a live anti-refresh token; expires
``hits:{example.com/b}:c:…``      string  a claim of a visitor without a cookie; expires
``hits:{example.com/b}:m:…``      any     a step of an import or a move in a cluster
``hits:{example.com/b}:v:2026``   hash    day of the year → visitors of that day
``hits:{example.com/b}:v:2026-9`` string  visitors of a day that is not over: a sketch
``hits:visitors:{example.com}:v:…``       the same of a site
``hits:visitors:2026-9``          set     what has a sketch of that day
``hits:visitors:days``            set     the days that have sketches
``hits:pages:{example.com}``      set     the page keys of a site
``hits:sites``                    set     the sites
``hits:zone``                     string  the time zone that days are counted in
``hits:refused``                  zset    sites that are not counted → how often they asked
``hits:proxy``                    string  a proxy that is not trusted; expires
``hits:sums:{example.com}``       string  a site's sums as last computed; expires
``hits:sums:{example.com}:lock``  string  somebody adds up a site; expires
``hits:lock``                     string  somebody changes counts; expires
``hits:jobs:move``                string  a move from slot to slot that goes on
``hits:jobs:import:…``            hash    how far an import has come, or that it is done
``hits:jobs:sums``                string  the sums of all sites as last computed; expires
``hits:jobs:sums:lock``           string  somebody adds up all sites; expires
``hits:jobs:ranks``               string  which order of all pages is in force; expires
``hits:jobs:ranks:…``             hash    the order of all pages, packed; expires
``hits:jobs:undo:…``              string  what takes a change back; expires
``hits:jobs:code:…``              string  a one-time code that was used; expires
================================  ======  ==================================================

Years and undated add up to the total. ``docs/keys.md`` is for people who read the data.
"""

import re
from dataclasses import dataclass

UNDATED = 0


@dataclass(frozen=True, slots=True)
class PageKeys:
    """The Redis keys of one page.

    Attributes:
        total: Name of the total.
    """

    total: str

    def year(self, year: int) -> str:
        """Name the hash of a year's days."""
        return f"{self.total}:d:{year}"

    @property
    def undated(self) -> str:
        """Name the hits without a date."""
        return f"{self.total}:d:{UNDATED}"

    @property
    def token_prefix(self) -> str:
        """Return what the names of its tokens start with."""
        return f"{self.total}:t:"

    @property
    def claim_prefix(self) -> str:
        """Return what the names of claims on it start with."""
        return f"{self.total}:c:"

    def step(self, name: str) -> str:
        """Name what says that a step of a change over many slots has been taken."""
        return f"{self.total}:m:{name}"

    def visitors(self, year: int) -> str:
        """Name the hash of the visitors of a year's days."""
        return f"{self.total}:v:{year}"

    def sketch(self, day: str) -> str:
        """Name the visitors of a day that is not over, by its name."""
        return f"{self.total}:v:{day}"

    @property
    def version_1_days(self) -> str:
        """Name the hash of all days that version 1.0 kept, ``YYYYMMDD`` → hits."""
        return f"{self.total}:days"


class Keys:
    """The names in one store, below one prefix."""

    def __init__(self, prefix: str) -> None:
        """Take the prefix.

        Args:
            prefix: The ``KEY_PREFIX`` setting, such as ``hits:``.
        """
        self._prefix = prefix
        self.sites = f"{prefix}sites"
        self.refused = f"{prefix}refused"
        self.unheeded_proxy = f"{prefix}proxy"
        self.lock = f"{prefix}lock"
        self.move = f"{prefix}jobs:move"
        self.zone = f"{prefix}zone"
        self._name = re.compile(re.escape(prefix) + r"\{([^{}]+)\}(.*)", re.DOTALL)

    def page(self, page_key: str) -> PageKeys:
        """Name the keys of a page.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
        """
        return PageKeys(f"{self._prefix}{{{page_key}}}")

    def site_visitors(self, site: str) -> PageKeys:
        """Name the visitors of a site, as those of a page are named."""
        return PageKeys(f"{self._prefix}visitors:{{{site}}}")

    @property
    def open_days(self) -> str:
        """Name the set of days that have sketches."""
        return f"{self._prefix}visitors:days"

    def open_sketches(self, day: str) -> str:
        """Name the set of what has a sketch of a day: totals, and what sites have."""
        return f"{self._prefix}visitors:{day}"

    def pages(self, site: str) -> str:
        """Name the set of a site's pages."""
        return f"{self._prefix}pages:{{{site}}}"

    def import_mark(self, import_id: str) -> str:
        """Name what says how far an import has come."""
        return f"{self._prefix}jobs:import:{import_id}"

    @property
    def overview(self) -> str:
        """Name the sums of all sites, as they were last computed."""
        return f"{self._prefix}jobs:sums"

    @property
    def overview_lock(self) -> str:
        """Name what says that somebody adds up all sites."""
        return f"{self.overview}:lock"

    @property
    def ranks(self) -> str:
        """Name what says which order of all pages is in force."""
        return f"{self._prefix}jobs:ranks"

    def ranks_of(self, number: str) -> str:
        """Name an order of all pages."""
        return f"{self._prefix}jobs:ranks:{number}"

    def undo(self, number: str) -> str:
        """Name what takes a change back."""
        return f"{self._prefix}jobs:undo:{number}"

    def used_code(self, number: str) -> str:
        """Name what says that a one-time code was used."""
        return f"{self._prefix}jobs:code:{number}"

    def sums(self, site: str) -> str:
        """Name the sums of a site's pages, as they were last computed."""
        return f"{self._prefix}sums:{{{site}}}"

    def sums_lock(self, site: str) -> str:
        """Name what says that somebody adds up a site."""
        return f"{self.sums(site)}:lock"

    @property
    def all_pages(self) -> str:
        """Return the pattern for ``SCAN`` that finds the keys of all pages."""
        return re.sub(r"([*?\[\]\\])", r"\\\1", self._prefix) + "{*"

    def parse(self, name: str) -> tuple[str, str] | None:
        """Take the name of a key of a page apart.

        Returns:
            The page's key, and what follows it: nothing for the total. `None` if it is
            no key of a page.
        """
        match = self._name.fullmatch(name)
        return (match[1], match[2]) if match else None


def site_of(page_key: str) -> str:
    """Return the site of a page: its host, with the port if there is one."""
    return page_key.partition("/")[0]

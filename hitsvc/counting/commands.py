"""Redis commands as Redis reads them (RESP, https://redis.io/docs/latest/develop/reference/protocol-spec/).

`PageCommands` spells the commands of one page. All but a few characters of them is the
same all day, so it is spelled once and kept with the page.

PERF: a first hit's three commands take 0.6 us, where hiredis packs them in 2.1 us.
"""

from collections.abc import Iterator, Sequence

import hiredis

from hitsvc.counting.days import Day
from hitsvc.counting.keys import PageKeys
from hitsvc.counting.slots import slot_of


class PageCommands:
    """The commands that count and read one page.

    Attributes:
        key: The page's key, its host and path.
        known: It is known that the store has the page.
    """

    __slots__ = (
        "_day",
        "_hincrby",
        "_incrby",
        "_keep",
        "_kept",
        "_keys",
        "_slot",
        "key",
        "known",
    )

    def __init__(
        self, key: str, keys: PageKeys, token_length: int, token_ttl_s: int
    ) -> None:
        """Spell what every such command has in common.

        Args:
            key: The page's key.
            keys: Its names in Redis.
            token_length: Characters in a new token.
            token_ttl_s: Seconds for which it lives.
        """
        self.key = key
        self.known = False
        self._keys = keys
        self._slot = -1
        self._day: Day | None = None
        self._incrby = f"*3\r\n$6\r\nINCRBY\r\n{_word(keys.total)}"
        self._hincrby = ""
        prefix = keys.token_prefix
        length = len(prefix.encode()) + token_length
        self._keep = f"*5\r\n$3\r\nSET\r\n${length}\r\n{prefix}"
        self._kept = f"\r\n{_word('1')}{_word('EX')}{_word(str(token_ttl_s))}"

    @property
    def slot(self) -> int:
        """Where all of the page is in a cluster; found out when first asked for."""
        if self._slot < 0:
            self._slot = slot_of(self._keys.total)
        return self._slot

    @property
    def stem(self) -> str:
        """What the names of all its keys begin with."""
        return self._keys.total

    def count(self, hits: int, day: Day) -> str:
        """Raise the total and the day: two commands."""
        if day is not self._day:
            self._day = day
            year = _word(self._keys.year(day.year))
            self._hincrby = f"*4\r\n$7\r\nHINCRBY\r\n{year}{_word(day.field)}"
        by = _word(str(hits))
        return f"{self._incrby}{by}{self._hincrby}{by}"

    def keep(self, token: str) -> str:
        """Store a new token for its time to live."""
        return f"{self._keep}{token}{self._kept}"

    def find(self, token: str) -> str:
        """Ask whether a token of any length is alive."""
        return spell("EXISTS", self._keys.token_prefix + token)

    def claim(self, name: str, ttl_s: int) -> str:
        """Make a claim, unless it is there."""
        claim = self._keys.claim_prefix + name
        return spell("SET", claim, "1", "EX", str(ttl_s), "NX")

    def find_claim(self, name: str) -> str:
        """Ask whether a claim is there."""
        return spell("EXISTS", self._keys.claim_prefix + name)

    def release(self, name: str) -> str:
        """Delete a claim: by a command that a user who counts has anyway."""
        return spell("EXPIRE", self._keys.claim_prefix + name, "0")

    def see(self, name: str, day: Day) -> str:
        """Note a visitor of a day that is not over."""
        return spell("PFADD", self._keys.sketch(day.name), name)

    def seen(self, day: Day) -> str:
        """Ask how many visitors such a day has."""
        return spell("PFCOUNT", self._keys.sketch(day.name))

    def visitors(self, year: int) -> str:
        """Read the visitors of the days of a year that are over."""
        return spell("HGETALL", self._keys.visitors(year))

    def visitor_sum(self, year: int, fields: Sequence[str]) -> tuple[str, str]:
        """Read their sum, and some of them; and how many there are."""
        name = self._keys.visitors(year)
        return spell("HMGET", name, *fields), spell("HLEN", name)

    def probe(self) -> str:
        """Write what is gone in a second."""
        return spell("SET", f"{self._keys.token_prefix}probe", "1", "EX", "1")

    def total(self) -> str:
        """Read the total."""
        return spell("GET", self._keys.total)

    def undated(self) -> str:
        """Read the hits without a date."""
        return spell("GET", self._keys.undated)

    def days(self, year: int, fields: Sequence[str]) -> str:
        """Read the hits of some days of a year."""
        return spell("HMGET", self._keys.year(year), *fields)


def spell(*words: str) -> str:
    """Spell any command."""
    return f"*{len(words)}\r\n{''.join(map(_word, words))}"


def words(commands: str) -> Iterator[list[str]]:
    """Take spelled commands apart, for a client that spells them itself."""
    reader = hiredis.Reader(encoding="utf-8")
    reader.feed(commands.encode())
    while command := reader.gets():
        yield command


def _word(text: str) -> str:
    length = len(text) if text.isascii() else len(text.encode())
    return f"${length}\r\n{text}\r\n"

"""Anti-refresh tokens."""

import os
import string
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.tokens import (
    MAX_LENGTH,
    MIN_LENGTH,
    TokenSource,
    derived_token,
    is_wellformed,
)
from hitsvc.settings import Settings

ALPHABET = string.digits + string.ascii_letters


class Bytes:
    """A source of bytes that are known.

    Attributes:
        drawn: How many were asked for, each time.
    """

    def __init__(self, make: Callable[[int], bytes]) -> None:
        """Draw what ``make`` returns for a number of bytes."""
        self._make = make
        self.drawn: list[int] = []

    def __call__(self, size: int) -> bytes:
        """Draw."""
        self.drawn.append(size)
        return self._make(size)


def every_byte(size: int) -> bytes:
    """Return each byte equally often, in order."""
    assert size % 256 == 0
    return bytes(range(256)) * (size // 256)


class TestSource:
    """`TokenSource`."""

    @pytest.mark.parametrize("length", [8, 12, 64])
    def test_a_token_has_the_length(self, length):
        """Every token is as long as was asked."""
        source = TokenSource(length)

        assert {len(source.new()) for _ in range(1000)} == {length}

    def test_tokens_are_of_digits_and_letters(self):
        """All 62 characters occur, and no others."""
        source = TokenSource(64)

        assert set("".join(source.new() for _ in range(1000))) == set(ALPHABET)

    def test_every_character_is_equally_likely(self):
        """Each byte once gives each character four times, for 4 x 62 = 248."""
        source = TokenSource(62, Bytes(every_byte))

        drawn = Counter("".join(source.new() for _ in range(4)))

        assert drawn == dict.fromkeys(ALPHABET, 4)

    @pytest.mark.parametrize("byte", range(248, 256))
    def test_a_byte_from_248_on_is_not_used(self, byte):
        """It would make some characters likelier, so it is left out."""
        source = TokenSource(8, Bytes(lambda size: bytes([byte, 1] * (size // 2))))

        assert source.new() == "11111111"

    def test_byte_247_is_used(self):
        """The last usable byte gives the last character."""
        assert TokenSource(8, Bytes(lambda size: b"\xf7" * size)).new() == "ZZZZZZZZ"

    def test_draws_without_a_usable_byte_are_repeated(self):
        """However unlucky a draw, there is a token."""
        draws = iter([b"\xff", b"\xf8", b"\x00"])
        source = TokenSource(8, lambda size: next(draws) * size)

        assert source.new() == "00000000"

    def test_no_token_repeats_across_refills(self):
        """Ten pools' worth of tokens are all different."""
        source = TokenSource(12)
        tokens = [source.new() for _ in range(3_500)]

        assert len(set(tokens)) == len(tokens)

    @pytest.mark.parametrize("length", [8, 12, 63, 64])
    def test_no_random_character_is_used_twice(self, length):
        """Across refills, each token is a piece of its own of what was drawn."""
        drawn: list[bytes] = []

        def draw(size: int) -> bytes:
            drawn.append(os.urandom(size))
            return drawn[-1]

        source = TokenSource(length, draw)
        tokens = [source.new() for _ in range(2_000)]
        texts = [
            "".join(ALPHABET[byte % 62] for byte in pool if byte < 248)
            for pool in drawn
        ]
        places = {
            (text.index(token) // length, text)
            for token in tokens
            for text in texts
            if token in text and text.index(token) % length == 0
        }

        assert len(drawn) > 3
        assert len(places) == len(tokens)

    def test_one_draw_makes_hundreds_of_tokens(self):
        """The system is asked rarely, and not before the first token."""
        drawn = Bytes(every_byte)
        source = TokenSource(12, drawn)
        assert drawn.drawn == []

        for _ in range(330):
            source.new()

        assert drawn.drawn == [4096]

    def test_two_sources_differ(self):
        """By default the randomness is the system's."""
        assert TokenSource(64).new() != TokenSource(64).new()


class TestWellformed:
    """`is_wellformed`."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("a" * 8, True, id="shortest"),
            pytest.param("a" * 7, False, id="too short"),
            pytest.param("a" * 64, True, id="longest"),
            pytest.param("a" * 65, False, id="too long"),
            pytest.param("aZ09aZ09", True, id="digits and letters"),
            pytest.param("", False, id="empty"),
            pytest.param("aaaa-aaaa", False, id="a dash"),
            pytest.param("aaaa aaaa", False, id="a space"),
            pytest.param("aaaa\naaaa", False, id="a line break"),
            pytest.param("éééééééé", False, id="letters beyond ASCII"),
            pytest.param("٠١٢٣٤٥٦٧", False, id="digits beyond ASCII"),
        ],
    )
    def test_value_could_be_a_token(self, value, expected):
        """ASCII digits and letters, of a length that a setting can ask for."""
        assert is_wellformed(value) is expected

    def test_every_length_of_the_setting_is_wellformed(self):
        """The bounds here are those of RANDOM_VALUE_LENGTH."""
        bounds = Settings.model_json_schema()["properties"]["random_value_length"]

        assert (bounds["minimum"], bounds["maximum"]) == (MIN_LENGTH, MAX_LENGTH)


class TestDerived:
    """`derived_token`."""

    @given(
        st.text("abcXYZ019", min_size=8, max_size=64),
        st.text(),
        st.integers(MIN_LENGTH, MAX_LENGTH),
    )
    def test_it_is_a_token(self, secret, page_key, length):
        """Of any length, for any page; the same each time."""
        page_key = page_key.encode(errors="replace").decode()
        token = derived_token(secret, page_key, length)

        assert len(token) == length
        assert is_wellformed(token)
        assert derived_token(secret, page_key, length) == token

    def test_each_page_and_each_secret_has_another(self):
        """And the secret is not in it."""
        tokens = {
            derived_token(secret, page, 12)
            for secret in ("A" * 24, "B" * 24)
            for page in ("a.example", "b.example")
        }

        assert len(tokens) == 4
        assert not any("AAAA" in token for token in tokens)

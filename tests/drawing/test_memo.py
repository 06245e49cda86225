"""The memo of bounded size."""

from hitsvc.drawing.memo import Memo


def test_what_was_put_is_there():
    """Under its key, and nothing under others."""
    memo = Memo[str](10)
    memo.put("a", "A", 10)
    assert (memo.get("a"), memo.get("b")) == ("A", None)


def test_what_went_unused_longest_is_forgotten():
    """As many of them as make room."""
    memo = Memo[str](10)
    for key in "abcde":
        memo.put(key, key.upper(), 2)
    memo.get("a")

    memo.put("f", "F", 3)

    assert [key for key in "abcdef" if memo.get(key)] == ["a", "d", "e", "f"]


def test_what_is_too_large_is_not_kept():
    """It would push everything else out, and itself too."""
    memo = Memo[str](10)
    memo.put("a", "A", 11)
    assert len(memo) == 0


def test_room_is_given_back():
    """What is forgotten does not count any more."""
    memo = Memo[int](10)
    for key in range(1000):
        memo.put(key, key, 5)
    assert len(memo) == 2

"""Reading in a trace what a power cut would leave of a file."""

import pytest

from tests.faults.power import durable

NAME = "a.1.incr.aof"
AOF = f"<{'/data'}/{NAME}>"


def trace(*calls: str) -> str:
    """Write a trace, a call a second."""
    return "\n".join(
        f"{call.partition(' ')[0]} {second}.5 {call.partition(' ')[2]}"
        for second, call in enumerate(calls, start=1)
    )


@pytest.mark.parametrize(
    ("calls", "written", "kept"),
    [
        pytest.param([], 0, 0, id="nothing"),
        pytest.param([f'7 write(8{AOF}, ""..., 30) = 30'], 30, 0, id="only written"),
        pytest.param(
            [
                f'7 write(8{AOF}, ""..., 30) = 30',
                f"7 fdatasync(8{AOF}) = 0",
                f'7 write(8{AOF}, ""..., 5) = 5',
            ],
            35,
            30,
            id="what came before",
        ),
        pytest.param(
            [
                f'7 write(8{AOF}, ""..., 30) = 30',
                f"9 fdatasync(8{AOF} <unfinished ...>",
                f'7 write(8{AOF}, ""..., 5) = 5',
                "9 <... fdatasync resumed>) = 0",
            ],
            35,
            30,
            id="another thread's, from its begin",
        ),
        pytest.param(
            [
                f'7 write(8{AOF}, ""..., 30) = 30',
                f"9 fdatasync(8{AOF} <unfinished ...>",
            ],
            30,
            0,
            id="one that did not return",
        ),
        pytest.param(
            [
                f'7 write(8{AOF}, ""..., 30) = 30',
                f"7 fdatasync(8{AOF}) = -1 EIO (Input/output error)",
            ],
            30,
            0,
            id="one that failed",
        ),
        pytest.param(
            [
                f'7 write(8{AOF}, ""..., 30 <unfinished ...>',
                '9 write(1<pipe:[5]>, ""..., 9) = 9',
                f"9 fdatasync(8{AOF}) = 0",
                "7 <... write resumed>) = 30",
            ],
            30,
            0,
            id="a write that was under way",
        ),
        pytest.param(
            [
                '7 write(4<socket:[99]>, ""..., 4 <unfinished ...>',
                "7 <... write resumed>) = 4",
                "7 fdatasync(9</data/other>) = 0",
            ],
            0,
            0,
            id="other files",
        ),
    ],
)
def test_durable(calls, written, kept):
    """Only what was written before a successful `fdatasync` began is safe."""
    file = durable(trace(*calls), NAME)

    assert (file.written, file.kept) == (written, kept)


def test_what_was_there_before_is_safe():
    """A file that was opened again begins with what it held."""
    text = trace(f'7 write(8{AOF}, ""..., 30) = 30')
    file = durable(text, NAME, begin=100)

    assert (file.written, file.kept, file.unconfirmed) == (130, 100, 30)


def test_age_is_from_the_confirmed_to_the_last_write():
    """It tells how many seconds of hits a power cut may take."""
    text = trace(f"7 fdatasync(8{AOF}) = 0", f'7 write(8{AOF}, ""..., 30) = 30')

    assert durable(text, NAME).age_s == 1.0


def test_nothing_unconfirmed_has_no_age():
    """After an `fdatasync` of all a power cut takes nothing."""
    text = trace(f'7 write(8{AOF}, ""..., 30) = 30', f"7 fdatasync(8{AOF}) = 0")

    assert durable(text, NAME).age_s == 0.0

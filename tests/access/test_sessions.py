"""Sessions and one-time codes: what they allow, for how long, and who could make one."""

import pytest

from hitsvc.access import (
    CODE_LIFE_S,
    SESSION_LIFE_S,
    Keyring,
    Right,
    Sessions,
    Tokens,
    new_token,
)

WRITE, READ = new_token(), new_token()


class Clock:
    """A time that a test sets."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock():
    return Clock()


def sessions(clock, write=WRITE, read=READ) -> Sessions:
    return Sessions(Keyring(Tokens(write, read)), clock)


class TestSessions:
    """What a cookie holds."""

    @pytest.mark.parametrize("right", Right)
    def test_one_allows_what_its_token_does(self, clock, right):
        """No more."""
        ours = sessions(clock)

        assert ours.right_of(ours.begin(right)) is right

    def test_it_ends_after_its_life(self, clock):
        """Whatever the browser keeps."""
        ours = sessions(clock)
        session = ours.begin(Right.WRITE)
        clock.now += SESSION_LIFE_S - 1
        assert ours.right_of(session)
        clock.now += 1
        assert ours.right_of(session) is None

    def test_one_of_the_future_is_none(self, clock):
        """But for a clock that was set."""
        ours = sessions(clock)
        session = ours.begin(Right.WRITE)
        clock.now -= 600
        assert ours.right_of(session)
        clock.now -= 7_200
        assert ours.right_of(session) is None

    def test_a_new_token_ends_it(self, clock):
        """And that of the other right does not."""
        session = sessions(clock).begin(Right.WRITE)

        assert sessions(clock, write=new_token()).right_of(session) is None
        assert sessions(clock, write="").right_of(session) is None
        assert sessions(clock, read=new_token()).right_of(session) is Right.WRITE

    def test_no_token_can_make_one_of_the_other(self, clock):
        """A reader who knows theirs signs with the wrong key."""
        forged = Sessions(Keyring(Tokens(READ)), clock).begin(Right.WRITE)

        assert sessions(clock).right_of(forged) is None

    @pytest.mark.parametrize("text", ["", "x", "a.b", "é", "\udc80", "." * 5000])
    def test_what_nobody_signed_is_none(self, clock, text):
        """Of any form."""
        assert sessions(clock).right_of(text) is None

    def test_every_change_of_one_is_noticed(self, clock):
        """In content and signature. The last character has bits that mean nothing."""
        ours = sessions(clock)
        session = ours.begin(Right.READ)
        for place in range(len(session) - 1):
            other = "A" if session[place] != "A" else "B"
            changed = session[:place] + other + session[place + 1 :]
            assert ours.right_of(changed) is None

    def test_a_code_is_no_session(self, clock):
        """Nor the other way round."""
        ours = sessions(clock)

        assert ours.right_of(ours.new_code()) is None
        assert ours.open_code(ours.begin(Right.WRITE)) is None


class TestFormKeys:
    """What a form carries."""

    def test_it_is_of_one_session(self, clock):
        """Another one's, an older one's and none are wrong."""
        ours = sessions(clock)
        mine, other = ours.begin(Right.WRITE), ours.begin(Right.WRITE)

        assert ours.is_form_key(mine, ours.form_key(mine))
        assert not ours.is_form_key(mine, ours.form_key(other))
        assert not ours.is_form_key(mine, "")
        assert not ours.is_form_key(mine, "é\udc80")

    def test_nobody_can_make_one_without_the_token(self, clock):
        """Though the session is in their cookie."""
        session = sessions(clock).begin(Right.WRITE)
        key = sessions(clock, write=new_token()).form_key(session)

        assert not sessions(clock).is_form_key(session, key)


class TestCodes:
    """What `hitsvc token` prints."""

    def test_one_holds_for_a_while(self, clock):
        """And has a name of its own, so that it can be used up."""
        ours = sessions(clock)
        code = ours.new_code()
        found = ours.open_code(code)
        assert found is not None
        assert found.right is Right.WRITE
        other = ours.open_code(ours.new_code())
        assert other is not None
        assert found.id != other.id
        clock.now += CODE_LIFE_S
        assert ours.open_code(code) is None

    def test_a_new_token_makes_it_worthless(self, clock):
        """As it does sessions."""
        code = sessions(clock).new_code()

        assert sessions(clock, write=new_token()).open_code(code) is None

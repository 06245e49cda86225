"""The operator's tokens: what each may do, and where one is kept."""

import os
import stat
import threading
from pathlib import Path

import pytest

from hitsvc.access import Keyring, Right, TokenFile, Tokens, new_token
from hitsvc.errors import SettingsError
from hitsvc.settings import strong

WRITE, READ = "write-0123456789abcdef0123456789", "read-0123456789abcdef0123456789"


@pytest.fixture(name="file")
def _file(tmp_path):
    return TokenFile(tmp_path / "admin-token")


class TestTokens:
    """Who shows one."""

    @pytest.mark.parametrize(
        ("presented", "right"),
        [
            (WRITE, Right.WRITE),
            (READ, Right.READ),
            ("", None),
            (WRITE[:-1], None),
            (f"{WRITE} ", None),
            ("é", None),
            ("\udc80", None),
        ],
    )
    def test_each_gives_its_right(self, presented, right):
        """And nothing else gives any."""
        assert Tokens(WRITE, READ).right_of(presented) is right

    def test_where_there_is_none_nothing_opens(self):
        """Not even nothing."""
        assert Tokens().right_of("") is None
        assert Tokens(read=READ).right_of("") is None

    def test_a_new_one_is_strong_and_another_each_time(self):
        """256 bits, of characters that can be sent."""
        assert len({strong(new_token()) for _ in range(100)}) == 100
        assert len(new_token()) >= 43


class TestTokenFile:
    """In the data directory."""

    def test_it_is_made_once_and_for_its_owner(self, file):
        """A second start finds it."""
        file.ensure()
        token = file.read()
        file.ensure()

        assert file.read() == token
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert os.listdir(file.path.parent) == ["admin-token"]

    def test_others_may_not_read_it_any_longer(self, file):
        """Whoever has copied it there."""
        file.path.write_text(new_token())
        file.path.chmod(0o644)
        file.ensure()

        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600

    def test_two_who_make_it_have_one(self, file):
        """Whoever was first."""
        threads = [threading.Thread(target=file.ensure) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert file.read()
        assert os.listdir(file.path.parent) == ["admin-token"]

    def test_a_new_one_takes_its_place(self, file):
        """At once."""
        file.ensure()
        old, state = file.read(), file.state()
        file.replace()

        assert file.read() != old
        assert file.state() != state

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "it is empty"),
            (b"\n", "it is empty"),
            (b"short", "it holds no token"),
            (b"\xff" * 30, "it holds no token"),
        ],
    )
    def test_what_is_no_token_is_told(self, file, content, problem):
        """And not shown."""
        file.path.write_bytes(content)

        with pytest.raises(SettingsError, match=problem) as caught:
            file.read()
        assert "short" not in str(caught.value)

    def test_where_none_can_be_made_that_is_told(self, tmp_path):
        """With the reason."""
        file = TokenFile(tmp_path / "none" / "admin-token")

        for work in (file.read, file.ensure, file.replace):
            with pytest.raises(SettingsError, match="no such file"):
                work()


class TestKeyring:
    """The tokens of now."""

    def test_those_of_settings(self):
        """They win over a file."""
        keyring = Keyring(Tokens(WRITE, READ), TokenFile(Path("/none")))

        assert keyring.tokens() == Tokens(WRITE, READ)
        assert keyring.opens

    def test_there_may_be_none(self):
        """Then nothing opens."""
        assert not Keyring(Tokens()).opens
        assert Keyring(Tokens(read=READ)).opens

    def test_two_that_are_one_are_refused(self):
        """Whoever may read could write."""
        with pytest.raises(SettingsError, match="HITSVC_ADMIN_READ_TOKEN is the same"):
            Keyring(Tokens(WRITE, WRITE))

    def test_a_file_is_read_again_when_it_has_changed(self, file, caplog):
        """What is none opens nothing, and is told once."""
        keyring = Keyring(Tokens(read=READ), file)
        assert keyring.opens
        assert keyring.tokens() == Tokens("", READ)
        file.ensure()
        assert keyring.tokens() == Tokens(file.read(), READ)
        file.replace()
        assert keyring.tokens().write == file.read()
        caplog.clear()
        file.path.write_text("short")
        assert keyring.tokens().write == keyring.tokens().write == ""
        assert len(caplog.records) == 1


def test_an_empty_token_is_none():
    """As a setting that is there and says nothing."""
    assert strong("") == ""

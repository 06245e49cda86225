"""The listening socket."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hitsvc.errors import SettingsError
from hitsvc.serve.holder import holder
from hitsvc.serve.listener import address_of, open_listener

US = f"{Path('/proc/self/comm').read_text().strip()} (process {os.getpid()})"
EVERYWHERE = {":0", "0.0.0.0:0", "[::]:0"}


@pytest.mark.parametrize(
    ("bind", "shown"),
    [
        pytest.param("127.0.0.1:0", "http://127.0.0.1:", id="IPv4"),
        pytest.param(
            "localhost:0", ("http://127.0.0.1:", "http://[::1]:"), id="a name"
        ),
        pytest.param(":0", "http://127.0.0.1:", id="no host"),
        pytest.param("0.0.0.0:0", "http://127.0.0.1:", id="every IPv4 address"),
        pytest.param("[::]:0", "http://[::1]:", id="every address"),
        pytest.param("[::1]:0", "http://[::1]:", id="IPv6"),
    ],
)
def test_address_is_shown_as_people_type_it(bind, shown):
    """What it says can be opened."""
    with open_listener(bind) as listener:
        told = address_of(listener)
        assert told.startswith(shown)
        url = urlsplit(told.partition(" ")[0])
        socket.create_connection((url.hostname, url.port), timeout=5).close()
        assert ("every other address" in told) == (bind in EVERYWHERE)


@pytest.mark.parametrize(
    ("bind", "reason"),
    [
        pytest.param("127.0.0.1:65536", "at most 65535", id="port too high"),
        pytest.param("192.0.2.1:0", "not an address of this machine", id="foreign"),
        pytest.param("no.such.host.invalid:0", "no such host", id="unknown host"),
        pytest.param("unix:/none/such/socket", "no such file", id="no directory"),
    ],
)
def test_wrong_address_is_explained(bind, reason):
    """One line that says what is wrong, and names --bind."""
    with pytest.raises(SettingsError, match=reason) as caught:
        open_listener(bind)
    assert str(caught.value).startswith(f"cannot listen on {bind}: ")
    assert "--bind" in str(caught.value)


FOREIGN = (socket.AF_INET, ("192.0.2.1", 0))
NO_FAMILY = (9999, ("::1", 0))
OURS = (socket.AF_INET, ("127.0.0.1", 0))


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(FOREIGN, id="of another machine"),
        pytest.param(NO_FAMILY, id="of a protocol that is off"),
    ],
)
def test_name_is_the_first_of_its_addresses_that_is_here(monkeypatch, first):
    """`localhost` may be `::1` first where IPv6 is off."""
    resolve_to(monkeypatch, first, OURS)
    with open_listener("localhost:0") as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_name_none_of_whose_addresses_is_here_is_explained(monkeypatch):
    """It is as an address of another machine."""
    resolve_to(monkeypatch, FOREIGN, FOREIGN)
    with pytest.raises(SettingsError, match="not an address of this machine"):
        open_listener("localhost:0")


def test_name_whose_first_address_is_in_use_is_refused(monkeypatch):
    """The port is another program's, so the service would be at half of its name."""
    with open_listener("127.0.0.1:0") as other:
        taken = (socket.AF_INET, other.getsockname())
        resolve_to(monkeypatch, taken, OURS)
        with pytest.raises(SettingsError, match="it is taken by"):
            open_listener("localhost:0")


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: Any) -> None:
    """Let every name have these addresses."""
    found = [(family, socket.SOCK_STREAM, 6, "", at) for family, at in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)


def test_unix_socket_is_made(tmp_path):
    """A path listens too, and is shown as one."""
    with open_listener(f"unix:{tmp_path}/socket") as listener:
        assert address_of(listener) == f"unix:{tmp_path}/socket"
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{tmp_path}/socket")


@pytest.fixture(name="umask", params=[0o077, 0o022, 0])
def _umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Let new files have fewer permissions, or more."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mode", [0o666, 0o660, 0o600])
def test_unix_socket_has_the_mode_that_was_asked_for(tmp_path, mode):
    """Neither fewer permissions nor more, whatever the umask of the shell is."""
    path = tmp_path / "socket"
    with open_listener(f"unix:{path}", mode):
        assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.usefixtures("umask")
def test_another_user_may_connect_to_a_unix_socket(tmp_path):
    """A proxy runs as a user of its own."""
    path = tmp_path / "socket"
    with open_listener(f"unix:{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o666


def test_stale_unix_socket_is_replaced(tmp_path):
    """A service that was killed leaves its socket behind; the next one takes over."""
    open_listener(f"unix:{tmp_path}/socket").close()
    with open_listener(f"unix:{tmp_path}/socket") as listener:
        assert listener.fileno() > 0


def test_live_unix_socket_is_left(tmp_path):
    """Another service's socket is not taken away."""
    path = f"unix:{tmp_path}/socket"
    with open_listener(path), pytest.raises(SettingsError) as caught:
        open_listener(path)
    assert str(caught.value).endswith(f"{US}. Try --bind {path}.2")


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("127.0.0.1:{}", "127.0.0.1:{}"),
        ("127.0.0.1:{}", ":{}"),
        ("127.0.0.1:{}", "0.0.0.0:{}"),
        (":{}", "127.0.0.1:{}"),
        ("[::1]:{}", "[::1]:{}"),
        ("[::1]:{}", "[::]:{}"),
        ("[::]:{}", "[::1]:{}"),
        ("[::]:{}", "127.0.0.1:{}"),
    ],
)
def test_a_taken_port_is_told_by_whom(taken, wanted):
    """And an address that is free is offered."""
    with open_listener(taken.format(0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as caught:
            open_listener(wanted.format(port), typed="HITSVC_BIND=")
    said, _, offered = str(caught.value).partition(" Try HITSVC_BIND=")
    assert said == f"cannot listen on {wanted.format(port)}: it is taken by {US}."
    assert offered.startswith(wanted.format(""))
    with open_listener(offered):
        assert int(offered.rpartition(":")[2]) > port


class TestHolder:
    """Who has a socket, by what the kernel tells."""

    def test_what_this_user_may_not_see_is_nobody(self, tmp_path):
        """Other users' processes do not show what they have open."""
        (tmp_path / "net").mkdir()
        (tmp_path / "1").mkdir()  # a process without `fd`
        with open_listener("127.0.0.1:0") as other:
            table = Path("/proc/net/tcp").read_text()
            (tmp_path / "net" / "tcp").write_text(table)
            address = other.getsockname()
            assert holder(socket.AF_INET, address) == US
            assert holder(socket.AF_INET, address, tmp_path) == ""

    def test_who_listens_elsewhere_is_in_nobodys_way(self):
        """The same port of another address is free."""
        with open_listener("127.0.0.1:0") as other:
            port = other.getsockname()[1]
            assert holder(socket.AF_INET, ("127.0.0.2", port)) == ""

    def test_other_systems_do_not_tell(self, tmp_path):
        """There is no such file."""
        assert holder(socket.AF_INET, ("127.0.0.1", 1), tmp_path) == ""

    def test_what_is_no_address_is_nobodys(self):
        """It does not raise."""
        assert holder(socket.AF_INET, ("example.com", 1)) == ""


def test_file_is_not_overwritten(tmp_path):
    """A path that is no socket is refused, and stays as it is."""
    path: Path = tmp_path / "data"
    path.write_text("precious")
    with pytest.raises(SettingsError, match="there is a file of that name"):
        open_listener(f"unix:{path}")
    assert path.read_text() == "precious"

"""Checking a Redis before the service starts."""

import socket
import threading
from collections.abc import Iterator

import pytest

from hitsvc.errors import SettingsError
from hitsvc.store.external import RedisAway, check_redis, redact
from tests.support.commands import free_port
from tests.support.valkey import Valkey


@pytest.fixture(name="impostor")
def _impostor(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that answers whatever it is sent with the parameter."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                while client.recv(4096):
                    client.sendall(request.param)

        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


class TestCheck:
    """One PING, and a line that says what is wrong."""

    def test_accepts_a_redis_that_answers(self, valkey: Valkey) -> None:
        """Over TCP and over a unix socket."""
        check_redis(f"redis://127.0.0.1:{valkey.port}/0")
        check_redis(f"unix://{valkey.socket}")

    @pytest.mark.parametrize(
        ("impostor", "expected", "may_pass"),
        [
            pytest.param(
                b"HTTP/1.1 400\r\n\r\n", "does not speak Redis", False, id="web server"
            ),
            pytest.param(
                b"-LOADING wait\r\n", "still loading its data", True, id="loading"
            ),
            pytest.param(
                b"-NOAUTH no\r\n", "asks for a password", False, id="no password"
            ),
            pytest.param(b"-NOPERM no\r\n", "forbids PING", False, id="access list"),
            pytest.param(
                b"-ERR max number of clients reached\r\n",
                "max number of clients",
                True,
                id="full",
            ),
            pytest.param(
                b"-ODD no\r\n", "answers with an error: ODD", False, id="other"
            ),
            pytest.param(b"", "does not answer", True, id="silence"),
        ],
        indirect=["impostor"],
    )
    def test_explains_a_refusal(
        self, impostor: str, expected: str, may_pass: bool
    ) -> None:
        """The line names the server and the reason; some reasons pass by themselves."""
        with pytest.raises(SettingsError, match=expected) as caught:
            check_redis(f"redis://{impostor}", timeout_s=0.3)
        assert str(caught.value).startswith(f"Redis at redis://{impostor} ")
        assert isinstance(caught.value, RedisAway) is may_pass

    @pytest.mark.parametrize(
        "host",
        [
            pytest.param("127.0.0.1", id="nobody"),
            pytest.param("h.invalid", id="no name"),
        ],
    )
    def test_a_redis_that_is_not_there_may_come(self, host: str) -> None:
        """As a container does, or a name."""
        with pytest.raises(RedisAway, match="cannot be reached"):
            check_redis(f"redis://{host}:{free_port()}", timeout_s=0.3)

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("redis://:hunter2@127.0.0.1:{port}/0", id="password"),
            pytest.param("redis://me:hunter2@127.0.0.1:{port}/0", id="user"),
            pytest.param("redis://127.0.0.1:{port}/0?password=hunter2", id="query"),
            pytest.param("redis://:hunter2/x@127.0.0.1:{port}/0", id="bare slash"),
            pytest.param("redis://:hunter2#x@127.0.0.1:{port}/0", id="bare hash"),
            pytest.param("redis://:hunter2@127.0.0.1:hunter2", id="wrong port"),
            pytest.param("redis://:hunter2@[::1:{port}", id="wrong host"),
            pytest.param("redis://[::1:{port}", id="wrong host, no password"),
        ],
    )
    def test_never_shows_a_password(self, url: str) -> None:
        """However the URL is written."""
        with pytest.raises(SettingsError) as caught:
            check_redis(url.format(port=free_port()), timeout_s=0.3)
        message = str(caught.value)
        assert "hunter2" not in message.replace("127.0.0.1:hunter2", "")
        assert "\n" not in message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://h:1/0", "redis://h:1/0"),
        ("redis://u:p@h:1", "redis://u:***@h:1"),
        ("redis://:p:q@h:1", "redis://:***@h:1"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
        ("redis://h?password=p&db=1", "redis://h?password=***&db=1"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    """Everything else stays readable."""
    assert redact(url) == shown

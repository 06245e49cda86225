"""Checking a Redis before the service starts."""

# ruff: noqa: S603, S607 - starts programs of the system

import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis

from hitsvc.errors import SettingsError
from hitsvc.store.external import RedisAway, check_redis
from hitsvc.store.tls import explain, refused_for_good
from tests.support.commands import free_port, run_hitsvc
from tests.support.valkey import Valkey, redis_program


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
            pytest.param(
                b"-NOPERM no\r\n", "forbids what hitsvc sends", False, id="access list"
            ),
            pytest.param(
                b"-ERR max number of clients reached\r\n",
                "max number of clients",
                True,
                id="full",
            ),
            pytest.param(
                b"-ERR Client sent AUTH, but no password is set\r\n",
                "asks for a password",
                False,
                id="an old server's word",
            ),
            pytest.param(
                b"-ERR DB index is out of range\r\n",
                "has no such database",
                False,
                id="database",
            ),
            pytest.param(b":5\r\n", "does not speak Redis", False, id="a number"),
            pytest.param(b"+OK\r\n", "does not speak Redis", False, id="a yes to all"),
            pytest.param(
                b"+PONG\r\n+PONG\r\n", "does not speak Redis", False, id="too many"
            ),
            pytest.param(
                b"-DENIED Redis is running in protected mode " + b"x" * 999 + b"\r\n",
                "answers with an error: DENIED Redis is running in protected mode x{1,200}\\. \\(It is set with",
                False,
                id="a letter",
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


@pytest.fixture(name="program", params=["Valkey", "Redis"])
def _program(request: pytest.FixtureRequest) -> str | None:
    """Each store; `None` is the Valkey that comes with the service."""
    program = None if request.param == "Valkey" else redis_program()
    if program is None and request.param == "Redis":
        pytest.skip("this needs Redis: apt-get install redis-tools")
    return program


class TestCluster:
    """A node of a cluster takes some of the pages only."""

    def test_stops_the_start(self, program: str | None) -> None:
        """Also a cluster of one node; the line says what to do."""
        # Not the port + 10,000, which is none for every sixth port that is free.
        bus = ("--cluster-port", str(free_port()))
        store = Valkey("--cluster-enabled", "yes", *bus, program=program)
        try:
            with pytest.raises(
                SettingsError, match="node of a Redis Cluster"
            ) as caught:
                check_redis(f"redis://127.0.0.1:{store.port}/0")
            assert not isinstance(caught.value, RedisAway)
            assert "redis+cluster://HOST:PORT" in str(caught.value)
            for command in ("serve", "show a.example"):
                ended = run_hitsvc(
                    *command.split(), "--store", f"redis://127.0.0.1:{store.port}"
                )
                assert ended.returncode == 1
                (line,) = ended.stderr.splitlines()
                assert "node of a Redis Cluster" in line
        finally:
            store.close()

    def test_a_store_that_may_not_be_asked_is_taken(self, valkey: Valkey) -> None:
        """As it was: its user may not send INFO."""
        with Redis(port=valkey.port) as admin:
            admin.execute_command(
                "ACL", "SETUSER", "dumb", "on", ">d", "-@all", "+ping"
            )
            check_redis(f"redis://dumb:d@127.0.0.1:{valkey.port}")
            admin.acl_deluser("dumb")


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an authority, and of certificates of localhost by it."""
    directory = tmp_path_factory.mktemp("tls")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    # Python 3.13 and later insist on these (RFC 5280, 4.2.1.1 and 4.2.1.3).
    (directory / "names").write_text(
        "subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid:always\n"
    )
    for command in (
        f"req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=ours"
        " -addext keyUsage=critical,keyCertSign,cRLSign",
        f"req {key} -keyout key.pem -out request.pem -subj /CN=localhost",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -out cert.pem -days 2"
        " -CAcreateserial -extfile names",
    ):
        subprocess.run(
            ["openssl", *command.split()],
            cwd=directory,
            check=True,
            capture_output=True,
        )
    return directory


@pytest.fixture(name="port", scope="module")
def _port(authority: Path) -> Iterator[int]:
    """A server that speaks TLS and answers everything with an error."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
            ):
                while client.recv(4096):
                    client.sendall(b"-ERR I am TLS\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class TestCertificates:
    """TLS goes wrong for good, and says what to do."""

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            pytest.param(
                "rediss://localhost:{port}",
                "its certificate is not accepted: unable to get local issuer certificate; "
                r"if its authority is your own, add \?ssl_ca_certs=/PATH/OF/ca.pem",
                id="authority",
            ),
            pytest.param(
                "rediss://127.0.0.1:{port}?ssl_ca_certs={ca}",
                "its certificate is not accepted: IP address mismatch.*; give the name "
                "that the certificate is for",
                id="name",
            ),
        ],
    )
    def test_a_wrong_certificate_stops_the_start(
        self, port: int, authority: Path, url: str, reason: str
    ) -> None:
        """It does not pass by itself, as a wrong password does not."""
        with pytest.raises(SettingsError, match=reason) as caught:
            check_redis(url.format(port=port, ca=authority / "ca.pem"))
        assert not isinstance(caught.value, RedisAway)
        assert "\n" not in str(caught.value)

    def test_an_authority_of_ones_own_is_believed_when_named(
        self, port: int, authority: Path
    ) -> None:
        """Then the server can answer."""
        url = f"rediss://localhost:{port}?ssl_ca_certs={authority / 'ca.pem'}"
        with pytest.raises(SettingsError, match="answers with an error: ERR I am TLS"):
            check_redis(url)

    def test_a_server_that_does_not_know_tls_is_told(self, valkey: Valkey) -> None:
        """It waits for the end of what it takes for a line."""
        with pytest.raises(RedisAway, match="a Redis that speaks TLS"):
            check_redis(f"rediss://localhost:{valkey.port}", timeout_s=0.3)

    @pytest.mark.parametrize("impostor", [b"HTTP/1.1 400\r\n\r\n"], indirect=True)
    def test_a_server_that_answers_without_tls_stops_the_start(
        self, impostor: str
    ) -> None:
        """It will not begin to."""
        with pytest.raises(SettingsError, match=r"not speak TLS.*redis://") as caught:
            check_redis(f"rediss://{impostor}")
        assert not isinstance(caught.value, RedisAway)

    def test_a_server_that_wants_a_certificate_of_ours_is_told(self) -> None:
        """As OpenSSL words its refusal."""
        alert = ssl.SSLError(1, "[SSL] tlsv13 ALERT certificate required (_ssl.c:2580)")
        assert refused_for_good(alert)
        assert "add ?ssl_certfile=/PATH&ssl_keyfile=/PATH" in explain(alert)

    def test_an_expired_certificate_needs_no_advice(self) -> None:
        """Its own words say it."""
        expired = ssl.SSLCertVerificationError(1, "expired")
        expired.verify_code, expired.verify_message = 10, "certificate has expired"
        assert explain(expired) == (
            "its certificate is not accepted: certificate has expired"
        )

    def test_a_connection_that_ends_in_tls_may_come_again(self) -> None:
        """As any other that ends."""
        ended = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
        assert not refused_for_good(ended)
        assert "EOF occurred" in explain(ended)

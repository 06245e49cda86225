"""The proxies that config/ has examples for, as real processes with these very files.

Only addresses, ports and certificates are replaced, so what is tested is what is shipped.
"""

# ruff: noqa: S603 - starts our own programs

import os
import shutil
import socket
import ssl
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

from tests.support.commands import free_port
from tests.support.processes import eventually

# What clients ask for. Names below .localhost get a certificate of Caddy's own authority,
# and are in all else like a public name.
NAME = "hits.localhost"
CONFIG = Path(__file__).parents[2] / "config"
# Debian keeps nginx and haproxy where only root looks.
_PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
_START_WITHIN_S = 20.0
_ANSWER_WITHIN_S = 15.0


def program(name: str) -> str | None:
    """Find an installed program."""
    return shutil.which(name, path=_PATH)


@cache
def tls() -> ssl.SSLContext:
    """Make what a client of these proxies needs: any certificate will do."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect(url: str, timeout_s: float = _ANSWER_WITHIN_S) -> socket.socket:
    """Open a connection to a base URL of an address and a port, with or without TLS."""
    scheme, _, address = url.partition("://")
    host, _, port = address.partition(":")
    plain = socket.create_connection((host, int(port)), timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if scheme == "http":
        return plain
    return tls().wrap_socket(plain, server_hostname=NAME)


class Proxy(ABC):
    """A proxy that runs while the block lasts.

    Attributes:
        url: Its base URL, HTTPS.
        http_url: The same without TLS.
    """

    file: str
    needs: tuple[str, ...]

    def __init__(
        self, directory: Path, upstream: str, changes: Mapping[str, str] = {}
    ) -> None:
        """Prepare.

        Args:
            directory: An empty one.
            upstream: The base URL of what it stands before.
            changes: What else to replace in its file.
        """
        self._directory = directory
        self._upstream = upstream.removeprefix("http://")
        self._changes = changes
        self._tls_port, self._port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self._tls_port}"
        self.http_url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        self._directory.mkdir(parents=True, exist_ok=True)
        text = self.shipped()
        for old, new in {**self._replacements(), **self._changes}.items():
            assert old in text, f"{self.file} has no {old!r}"
            text = text.replace(old, new)
        config = self._directory / Path(self.file).name
        config.write_text(text)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(config),
                cwd=self._directory,
                env=os.environ | self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            eventually(self._answers, within_s=_START_WITHIN_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @classmethod
    def shipped(cls) -> str:
        """Return its file as it is shipped."""
        return (CONFIG / cls.file).read_text()

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed, if something is not."""
        for name in cls.needs:
            if not program(name):
                return f"{name} is not installed"
        return None

    @property
    def _log(self) -> Path:
        return self._directory / "log"

    @abstractmethod
    def _replacements(self) -> dict[str, str]:
        """Return what must be another one here: addresses, ports, certificates."""

    @abstractmethod
    def _command(self, config: Path) -> list[str]:
        """Word the command line."""

    def _environment(self) -> dict[str, str]:
        return {}

    def _answers(self) -> bool:
        """Tell whether it answers over TLS, be it that there is nothing behind it."""
        assert self._process.poll() is None, self._log.read_text()
        try:
            with connect(self.url) as client:
                client.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
                return client.recv(5) == b"HTTP/"
        except OSError:
            return False

    def _certificate(self) -> tuple[Path, Path]:
        """Make a certificate and its key."""
        certificate = self._directory / "fullchain.pem"
        key = self._directory / "privkey.pem"
        command = (
            f"req -x509 -nodes -days 2 -subj /CN={NAME} -newkey ec"
            " -pkeyopt ec_paramgen_curve:prime256v1"
        )
        files = ("-keyout", str(key), "-out", str(certificate))
        subprocess.run(
            [str(program("openssl")), *command.split(), *files],
            check=True,
            capture_output=True,
        )
        return certificate, key

    def _lets_encrypt(self) -> dict[str, str]:
        """Replace the files that certbot would have made."""
        certificate, key = self._certificate()
        live = "/etc/letsencrypt/live/hits.example.org/"
        return {
            f"{live}fullchain.pem": str(certificate),
            f"{live}privkey.pem": str(key),
        }


class Nginx(Proxy):
    """nginx with config/nginx.conf, a part of a whole configuration."""

    file = "nginx.conf"
    needs = ("nginx", "openssl")

    def _replacements(self) -> dict[str, str]:
        return {
            **self._lets_encrypt(),
            "hits.example.org": NAME,
            "server 127.0.0.1:8000 ": f"server {self._upstream} ",
            "listen 80;": f"listen 127.0.0.1:{self._port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self._tls_port} ssl;",
            "listen [::]:80;": "",
            "listen [::]:443 ssl;": "",
        }

    def _command(self, config: Path) -> list[str]:
        where = self._directory
        lines = [f"pid {where}/pid;", "error_log stderr;", "events {}", "http {"]
        lines += ["access_log off;"]
        lines += [
            f"{kind}_temp_path {where}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ]
        lines += [f"include {config};", "}"]
        if os.geteuid() == 0:  # else its worker could not read our directory
            lines.insert(0, "user root;")
        main = where / "main.conf"
        main.write_text("\n".join(lines))
        command = [str(program("nginx")), "-c", str(main), "-p", str(where)]
        return [*command, "-e", "stderr", "-g", "daemon off;"]


class Caddy(Proxy):
    """Caddy with config/Caddyfile."""

    file = "Caddyfile"
    needs = ("caddy",)

    def _replacements(self) -> dict[str, str]:
        ports = f"http_port {self._port}\n\thttps_port {self._tls_port}"
        return {
            "\tadmin off\n": f"\tadmin off\n\tdefault_bind 127.0.0.1\n\t{ports}\n",
            "app.proxy:8000": self._upstream,
        }

    def _command(self, config: Path) -> list[str]:
        command = [str(program("caddy")), "run", "--config", str(config)]
        return [*command, "--adapter", "caddyfile"]

    def _environment(self) -> dict[str, str]:
        place = str(self._directory)
        return {
            "HITSVC_DOMAIN": NAME,
            "HOME": place,
            "XDG_CONFIG_HOME": place,
            "XDG_DATA_HOME": place,
        }


class HAProxy(Proxy):
    """HAProxy with config/haproxy.cfg."""

    file = "haproxy.cfg"
    needs = ("haproxy", "openssl")

    def _replacements(self) -> dict[str, str]:
        certificate, key = self._certificate()
        both = self._directory / "both.pem"
        both.write_text(certificate.read_text() + key.read_text())
        return {
            "abns@hitsvc": f"abns@hitsvc-{self._port}",
            "bind :80\n": f"bind 127.0.0.1:{self._port}\n",
            "bind :443 ": f"bind 127.0.0.1:{self._tls_port} ",
            "/etc/haproxy/hits.example.org.pem": str(both),
            "server hitsvc 127.0.0.1:8000": f"server hitsvc {self._upstream}",
        }

    def _command(self, config: Path) -> list[str]:
        return [str(program("haproxy")), "-db", "-f", str(config)]


PROXIES: dict[str, type[Proxy]] = {"nginx": Nginx, "caddy": Caddy, "haproxy": HAProxy}

"""Proxies with the files that only the manual has, and Apache with the one in config/."""

import re
from pathlib import Path
from typing import Any

from tests.support.proxies import Caddy, Proxy, program

ROOT = Path(__file__).parents[2]
_CADDYFILE = re.compile(
    r"^<!-- run: (\w+) -->\n```\n(.*?)^```", re.MULTILINE | re.DOTALL
)
_MODULES = Path("/usr/lib/apache2/modules")
# What `a2enmod` of the file's head brings, and what Debian always loads.
_NEEDED = ("mpm_event", "authz_core", "alias", "socache_shmcb")
_ENABLED = ("ssl", "headers", "proxy", "proxy_http")


def caddyfile(page: str, name: str) -> str:
    """Return a Caddyfile of a page of the manual."""
    found: dict[str, str] = dict(
        _CADDYFILE.findall((ROOT / "docs" / page).read_text("utf-8"))
    )
    return found[name]


class ManualCaddy(Caddy):
    """Caddy with the Caddyfile of a page for readers' own servers."""

    page = "install/linux.md"

    @classmethod
    def shipped(cls) -> str:
        """Return it, with what keeps it from touching the machine."""
        text = caddyfile(cls.page, "caddyfile")
        text = text.replace("hits.example.org", "{$HITSVC_DOMAIN:localhost}")
        text = text.replace("127.0.0.1:8000", "app.proxy:8000")
        return "{\n\tadmin off\n\tskip_install_trust\n}\n" + text


class ProxiesCaddy(ManualCaddy):
    """The same of the page on proxies."""

    page = "proxies.md"


class Tunnel(Caddy):
    """Caddy between Cloudflare's tunnel and the service: HTTP, on this machine."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Prepare; its one address is without TLS."""
        super().__init__(*arguments, **named)
        self.url = self.http_url

    @classmethod
    def shipped(cls) -> str:
        """Return the page's Caddyfile."""
        return caddyfile("proxies.md", "tunnel")

    def _replacements(self) -> dict[str, str]:
        return {
            "auto_https off": "auto_https off\n\tadmin off",
            "http://:8081": f"http://:{self._port}",
            "127.0.0.1:8000": self._upstream,
        }


class Apache(Proxy):
    """Apache with config/apache.conf, a part of a whole configuration."""

    file = "apache.conf"
    needs = ("apache2", "openssl")

    def _replacements(self) -> dict[str, str]:
        return {
            **self._lets_encrypt(),
            "ServerName hits.example.org": "ServerName hits.localhost",
            "https://hits.example.org/": "https://hits.localhost/",
            "http://127.0.0.1:8000/": f"http://{self._upstream}/",
            "*:80>": f"127.0.0.1:{self._port}>",
            "*:443>": f"127.0.0.1:{self._tls_port}>",
        }

    def _command(self, config: Path) -> list[str]:
        where = self._directory
        lines = [f"ServerRoot {where}", f"PidFile {where}/pid", "ErrorLog /dev/stderr"]
        lines += [f"DefaultRuntimeDir {where}", f"Mutex file:{where}"]
        lines += [f"Listen 127.0.0.1:{port}" for port in (self._port, self._tls_port)]
        lines += ["ServerName localhost", "User #65534", "Group #65534"]
        lines += [
            f"LoadModule {name}_module {_MODULES}/mod_{name}.so"
            for name in (*_NEEDED, *_ENABLED)
        ]
        main = where / "main.conf"
        main.write_text("\n".join([*lines, f"Include {config}"]) + "\n")
        return [str(program("apache2")), "-D", "FOREGROUND", "-f", str(main)]


MANUAL_PROXIES: dict[str, type[Proxy]] = {
    "caddy of linux.md": ManualCaddy,
    "caddy of proxies.md": ProxiesCaddy,
    "tunnel": Tunnel,
    "apache": Apache,
}

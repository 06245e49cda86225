"""Several instances of the service before one store, and the proxies before them."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.processes import children, eventually
from tests.support.proxies import Caddy, HAProxy, Nginx, Proxy
from tests.support.service import PATIENT, Service

# What config/replicas has for these.
EXAMPLES = ("192.0.2.11:8000", "192.0.2.12:8000", "192.0.2.13:8000")

# A test that waits for a proxy to look is to wait for a short time.
SOONER = {"500ms": "200ms"}


@contextmanager
def replicas(
    directory: Path, store: str, drain_s: int, number: int = len(EXAMPLES)
) -> Iterator[list[Service]]:
    """Run some instances while the block lasts.

    Args:
        directory: An empty one.
        store: What all of them count in.
        drain_s: Their lame-duck time.
        number: How many.
    """
    env = PATIENT | {"HITSVC_DRAIN_SECONDS": str(drain_s)}

    def start(i: int) -> Service:
        return Service(directory / f"app{i}", store=store, env=env)

    with ExitStack() as stack, ThreadPoolExecutor(number) as pool:
        services = [stack.enter_context(one) for one in pool.map(start, range(number))]
        yield services
        for service in services:
            if service.process.poll() is None:
                service.process.send_signal(signal.SIGINT)  # nobody is left to be told


def addresses(services: Sequence[Service]) -> list[str]:
    return [service.url.removeprefix("http://") for service in services]


class ReplicasHAProxy(HAProxy):
    """HAProxy with the example for three instances."""

    file = "replicas/haproxy.cfg"

    def __init__(self, directory: Path, services: Sequence[Service]) -> None:
        """Stand before these three."""
        changes = dict(zip(EXAMPLES, addresses(services), strict=True)) | SOONER
        super().__init__(directory, "", changes)

    def _replacements(self) -> dict[str, str]:
        found = super()._replacements()
        del found["server hitsvc 127.0.0.1:8000"]
        return found


class ReplicasCaddy(Caddy):
    """Caddy with the example for three instances."""

    file = "replicas/Caddyfile"

    def __init__(self, directory: Path, services: Sequence[Service]) -> None:
        """Stand before these three."""
        changes = dict(zip(EXAMPLES, addresses(services), strict=True)) | SOONER
        super().__init__(directory, "", changes)

    def _replacements(self) -> dict[str, str]:
        found = super()._replacements()
        del found["app.proxy:8000"]
        return found


class ReplicasNginx(Nginx):
    """nginx with its example, and two lines more."""

    _LINE = "server 127.0.0.1:8000 max_fails=0;"

    def __init__(self, directory: Path, services: Sequence[Service]) -> None:
        """Stand before these."""
        self._lines = [f"server {one} max_fails=0;" for one in addresses(services)]
        super().__init__(directory, "", {self._LINE: "\n".join(self._lines)})

    def _replacements(self) -> dict[str, str]:
        found = super()._replacements()
        del found["server 127.0.0.1:8000 "]
        return found

    def take_out(self, number: int) -> None:
        """Send nobody to one of them any more."""
        line = self._lines[number]
        self._reload(line, line.replace(";", " down;"))

    def put_back(self, number: int) -> None:
        """Send visitors to it again."""
        line = self._lines[number]
        self._reload(line.replace(";", " down;"), line)

    def _reload(self, old: str, new: str) -> None:
        """Change the file, and wait until no process knows the old one."""
        file = self._directory / self.file
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        before = set(children(self._process.pid))
        self._process.send_signal(signal.SIGHUP)  # as `nginx -s reload`
        eventually(lambda: not before & set(children(self._process.pid)))
        eventually(self._answers)


REPLICAS: dict[str, type[Proxy]] = {
    "haproxy": ReplicasHAProxy,
    "caddy": ReplicasCaddy,
    "nginx": ReplicasNginx,
}

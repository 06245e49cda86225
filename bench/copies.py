"""Hits a second: acknowledged by a replica beside by the primary, and three primaries beside one.

``python -m bench.copies``. The real service over HTTP, one worker, a core for the load's
generator and the stores; rounds of what is compared take turns. Read the ratios.
"""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from redis import Redis

from bench import wrk_load
from tests.support.cluster import DURABLE, Cluster
from tests.support.processes import eventually
from tests.support.service import Service
from tests.support.valkey import Valkey

CONNECTIONS = (64, 256)
ROUNDS = 11
SECONDS = 1
PAGES = 5_000
_CORES = frozenset(range(2))
_NO_LIMITS = {
    "HITSVC_NEW_PAGES_BY_CLIENT": "0",
    "HITSVC_NEW_PAGES_BY_SITE": "0",
    "HITSVC_NEW_PAGES_IN_ALL": "0",
}


def compare(title: str, services: Mapping[str, Service], draws: Path) -> None:
    """Measure services by turns; print how the others are to the first."""
    for service in services.values():
        _rate(service, max(CONNECTIONS), draws)  # every page is there
    for connections in CONNECTIONS:
        found: dict[str, list[wrk_load.Outcome]] = {name: [] for name in services}
        for _ in range(ROUNDS):
            for name, service in services.items():
                found[name].append(_rate(service, connections, draws))
        base = next(iter(found.values()))
        for name, outcomes in found.items():
            rate = median(outcome.rate for outcome in outcomes)
            # Of a round: the machine's speed is not the same in all of them.
            ratio = median(o.rate / b.rate for o, b in zip(outcomes, base, strict=True))
            refused = sum(o.status_errors + o.socket_errors for o in outcomes)
            p50 = median(outcome.p50_us for outcome in outcomes) / 1000
            print(
                f"{title}, {connections} connections, {name}: {rate:,.0f} hits/s "
                f"({ratio:.2f}), p50 {p50:.1f} ms, {refused} refused",
                flush=True,
            )


def _rate(service: Service, connections: int, draws: Path) -> wrk_load.Outcome:
    return wrk_load.run(
        f"{service.url}/count",
        connections=connections,
        seconds=SECONDS,
        cores=_CORES,
        draws=draws,
    )


def main() -> None:
    """Measure and print."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        draws = directory / "draws"
        queries = (f"?url=site.example/{n * 7919 % PAGES}\n" for n in range(PAGES))
        draws.write_text("".join(queries))

        def serve(name: str, store: str, acknowledge: str = "primary") -> Service:
            env = _NO_LIMITS | {"HITSVC_ACKNOWLEDGE": acknowledge}
            service = Service(directory / name, store=store, env=env)
            return stack.enter_context(service)

        alone, copied = Valkey(*DURABLE), Valkey(*DURABLE)
        stack.callback(alone.close)
        stack.callback(copied.close)
        replica = Valkey(*DURABLE, "--replicaof", "127.0.0.1", str(copied.port))
        stack.callback(replica.close)
        cluster = stack.enter_context(Cluster(3, 0, *DURABLE))
        store = f"redis://127.0.0.1:{copied.port}"
        eventually(lambda: _is_copied(copied))
        by = {name: serve(name, store, name) for name in ("primary", "replica")}
        compare("acknowledged by", by, draws)
        one = serve("one", f"redis://127.0.0.1:{alone.port}")
        compare("primaries", {"1": one, "3": serve("three", cluster.url)}, draws)


def _is_copied(store: Valkey) -> bool:
    with Redis(unix_socket_path=str(store.socket)) as client:
        return bool(client.info("replication")["connected_slaves"])


if __name__ == "__main__":
    main()

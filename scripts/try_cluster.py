"""Run a Redis Cluster on this machine, for trying: ``python -m scripts.try_cluster``.

Six Valkeys on free ports of 127.0.0.1, three of them primaries with a replica each, that
write each hit to the disk before they acknowledge it. Ctrl-C ends them, and what they
have kept is gone.
"""

import argparse
import signal
from collections.abc import Sequence

from tests.support.cluster import DURABLE, Cluster


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="A Redis Cluster on this machine.")
    parser.add_argument("--primaries", type=int, default=3)
    parser.add_argument("--replicas", type=int, default=1, help="of each primary")
    chosen = parser.parse_args(arguments)
    if chosen.primaries < 1 or chosen.replicas < 0:
        parser.error("a cluster has a primary at least, and no fewer than 0 replicas")
    stops = {signal.SIGINT, signal.SIGTERM}
    # They wait until somebody asks for them, also if they come while the nodes start; and
    # Ctrl-C, which goes to the nodes too, is for this process alone.
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    with Cluster(chosen.primaries, chosen.replicas, *DURABLE) as cluster:
        for node in cluster.nodes:
            kind = "primary" if node.is_primary else "replica"
            print(f"{kind}  127.0.0.1:{node.port}  process {node.process.pid}")
        print(cluster.url, flush=True)
        signal.sigwait(stops)


if __name__ == "__main__":
    main()

"""``python -m tests.faults``: many rounds, and a table at the end."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.faults.cluster_target import Clustered
from tests.faults.report import as_json, table
from tests.faults.rounds import run
from tests.faults.sentinel_target import Watched
from tests.faults.targets import DIRECT, WAYS, Embedded, External, Target
from tests.support.proxies import PROXIES

_ONE_STORE = ("worker", "arbiter", "parent", "store", "power")
_SENTINEL = (
    "sentinel-failover",
    "sentinel-planned-paused",
    "sentinel-planned-coordinated",
    "sentinel-planned-plain",
)
_CLUSTER = (
    "cluster-node",
    "cluster-machine",
    "cluster-reshard",
    "cluster-taker",
    "cluster-taker-soon",
)
# Names for several.
_ALL_OF = {"sentinel-planned": _SENTINEL[1:]}
# What is killed together has the same kind of store.
_GROUPS = (_ONE_STORE, _SENTINEL, _CLUSTER)


def main() -> int:
    """Run what the command line asks for; 1 if a promise was broken."""
    options = _parse()
    seed = options.seed if options.seed is not None else int(time.time())
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as directory,
        _target(options, Path(directory), seed) as target,
    ):
        done = run(
            target,
            options.kill,
            options.rounds,
            options.seconds,
            seed,
            progress=lambda line: print(line, file=sys.stderr, flush=True),
            slow_disk_s=options.slow_disk,
        )
    cuts = [
        {"unconfirmed_s": round(cut.age_s, 3), "unconfirmed_bytes": cut.unconfirmed}
        for cut in target.cuts
    ]
    print(table(_mode(options), done))
    print(
        f"\nseed {seed}; of earlier rounds: {done.faded} lost, "
        f"{done.forgotten} gone that nobody was told of"
    )
    if cuts:
        ages = [cut["unconfirmed_s"] for cut in cuts]
        print(
            f"seconds since the disk's last word: {median(ages)}, at most {max(ages)}"
        )
    if options.json:
        result = as_json(_mode(options), done, seed=seed, cuts=cuts)
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return int(bool(done.wrong))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument(
        "--mode", choices=("everysec", "always", "no"), default="always"
    )
    kinds = [kind for group in _GROUPS for kind in group] + list(_ALL_OF)
    parser.add_argument("--kill", default="worker,parent,store", help=", ".join(kinds))
    parser.add_argument(
        "--acknowledge",
        choices=("primary", "replica"),
        default="primary",
        help="HITSVC_ACKNOWLEDGE of a service whose store has copies",
    )
    parser.add_argument(
        "--lag", type=float, default=5.0, help="milliseconds that copies come late"
    )
    parser.add_argument(
        "--through", choices=WAYS, default=DIRECT, help="the proxy visitors come by"
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="of a round")
    parser.add_argument("--seed", type=int, help="the time, if none is given")
    parser.add_argument(
        "--slow-disk", type=float, default=0.0, help="seconds a flush takes"
    )
    parser.add_argument("--json", type=Path, help="write the rounds there")
    options = parser.parse_args()
    named = options.kill.split(",")
    options.kill = [kind for name in named for kind in _ALL_OF.get(name, (name,))]
    if not set(options.kill) <= set(kinds):
        parser.error(f"what can be killed: {', '.join(kinds)}")
    groups = [group for group in _GROUPS if set(group) & set(options.kill)]
    if len(groups) > 1:
        parser.error("these are of stores of different kinds; name those of one")
    options.group = groups[0]
    _check(parser, options)
    return options


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse what does not go together, or is not installed."""
    if {"power", "store"} <= set(options.kill):
        parser.error("a power cut kills the store: name one of them")
    needs_strace = "power" in options.kill or options.slow_disk
    if needs_strace and not shutil.which("strace"):
        parser.error("power cuts and slow disks need strace")
    if "power" in options.kill and options.slow_disk:
        parser.error("a process is traced once: by the power cut or by the slow disk")
    missing = options.through != DIRECT and PROXIES[options.through].missing()
    if missing:
        parser.error(missing)
    if "arbiter" in options.kill and not _is_embedded(options):
        parser.error("without an embedded store the arbiter is the parent")
    if options.group is not _ONE_STORE and (
        options.slow_disk or options.mode != "always" or options.through != DIRECT
    ):
        parser.error("a store with copies has --mode always, and no other options")


def _is_embedded(options: argparse.Namespace) -> bool:
    """The embedded store writes each batch to the disk, and is not traced."""
    return options.mode == "always" and "power" not in options.kill


def _target(options: argparse.Namespace, directory: Path, seed: int) -> Target:
    if options.group is not _ONE_STORE:
        copied = Watched if options.group is _SENTINEL else Clustered
        lag_s = options.lag / 1000
        return copied(directory, seed, acknowledge=options.acknowledge, lag_s=lag_s)
    if _is_embedded(options):
        return Embedded(directory, seed, options.through)
    traced = "power" in options.kill
    return External(
        directory, seed, options.mode, traced=traced, through=options.through
    )


def _mode(options: argparse.Namespace) -> str:
    """Name what the rounds have in common."""
    if options.group is not _ONE_STORE:
        return f"{options.acknowledge}, {options.lag:g} ms"
    if options.through == DIRECT:
        return str(options.mode)
    return f"{options.mode}, {options.through}"


if __name__ == "__main__":
    sys.exit(main())

"""The operator's commands on a real cluster."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from redis.exceptions import AskError, ResponseError

from hitsvc.admin import open_client
from hitsvc.admin.cluster_client import ClusterClient
from hitsvc.cli.main import cli
from hitsvc.counting import SLOTS, slot_of
from tests.support.cluster import Cluster

PAGES = [f"site-{number}.example/p" for number in range(12)]


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Cluster]:
    """Three primaries."""
    with Cluster(3) as cluster:
        yield cluster


def run(cluster: Cluster, command: str, **variables: str) -> Result:
    """Run a command on it."""
    env = {"HITSVC_REDIS_URL": cluster.url, "HITSVC_TEST_NO_SKIP": None, **variables}
    return CliRunner().invoke(cli, command.split(), env=env)


def done(cluster: Cluster, command: str, **variables: str) -> str:
    """Run a command that does what it should."""
    ended = run(cluster, command, **variables)
    assert not ended.exit_code, f"{command}: {ended.output} {ended.exception}"
    return ended.stdout


def test_pages_of_all_nodes_are_set_added_to_shown_and_listed(cluster):
    """Each at the node that has it."""
    for number, page in enumerate(PAGES):
        done(cluster, f"set {page} {number}")
        done(cluster, f"add {page} 100 --day 2026-01-02")

    shown = [done(cluster, f"show {page}").split()[1] for page in PAGES]
    top = json.loads(done(cluster, "top -n 12 --json"))["pages"]

    assert shown == [str(number + 100) for number in range(12)]
    assert [page["page"] for page in top] == PAGES[::-1]


def test_pages_of_all_nodes_are_reset_pruned_and_deleted(cluster, tmp_path):
    """With all that they had in the file."""
    for page in PAGES:
        done(cluster, f"set {page} 5")
        done(cluster, f"add {page} 2 --day 2026-01-02")
    first, second, third = (f"{tmp_path}/{n}.csv" for n in range(3))

    done(cluster, f"prune --before 2026-02-01 --yes --save {first}")
    done(cluster, f"reset {PAGES[0]} --yes --save {second}")
    done(cluster, f"delete --match site-*.example/p --yes --save {third}")

    assert done(cluster, f"show {PAGES[1]}").split()[1] == "0"
    assert json.loads(done(cluster, "top --json"))["pages"] == []
    with open(third) as saved:  # one had nothing left
        assert sum("site-" in line for line in saved) == 11


def test_pages_are_moved_and_those_of_other_settings_merged(cluster):
    """From node to node."""
    done(cluster, f"set {PAGES[0]} 5")
    done(cluster, f"set www.{PAGES[1]} 2")
    done(cluster, f"set {PAGES[1]} 1")

    told = done(cluster, f"move {PAGES[0]} {PAGES[2]} --json")
    found = run(cluster, "repair", HITSVC_FOLD_WWW="on")

    assert json.loads(told)["after"] == 5
    assert "1 that are another page by the settings, mended" in found.output
    assert done(cluster, f"show {PAGES[1]}").split()[1] == "3"
    assert done(cluster, f"show {PAGES[2]}").split()[1] == "5"
    done(cluster, "delete --match site-*.example/p --yes --save -")


def test_the_documented_operator_suffices(cluster, tmp_path):
    """For every command; no node refuses it anything."""
    manual = Path(__file__).parents[2].joinpath("docs/stores.md").read_text()
    (granted,) = re.findall(r"ACL SETUSER operator [^`\n]*? -@all (.*)", manual)
    for node in cluster.nodes:
        node.do("ACL", "SETUSER", "op", "on", ">x", "resetkeys", "~hits:*", "-@all")
        node.do("ACL", "SETUSER", "op", *granted.split())
        node.do("ACL", "LOG", "RESET")
    url = cluster.url.replace("://", "://op:x@")
    file = tmp_path / "counts.csv"
    for command in (
        f"set {PAGES[0]} 5",
        f"add {PAGES[1]} 5 --day 2026-01-02",
        f"move {PAGES[0]} {PAGES[1]} --yes --save {tmp_path}/moved",
        "top --site site-1.example",
        "prune --before 2026-02-01 --yes --save -",
        f"export --output {file}",
        f"import {file}",
        f"backup {tmp_path}/backup",
        "repair",
        f"reset {PAGES[1]} --yes --save -",
        "delete --match site-*.example/p --yes --save -",
    ):
        done(cluster, command, HITSVC_ADMIN_REDIS_URL=url)
    run(cluster, "doctor", HITSVC_ADMIN_REDIS_URL=url)

    refused = {entry["object"] for node in cluster.nodes for entry in node.acl_log()}
    assert refused <= {"config|get"}


def test_all_pages_are_exported_and_imported(cluster, tmp_path):
    """Once, however often that is asked for."""
    for number, page in enumerate(PAGES):
        done(cluster, f"set {page} {number}")
        done(cluster, f"add {page} 2 --day 2026-01-02")
    file = tmp_path / "counts.csv"
    done(cluster, f"export --output {file}")
    exported = file.read_text()

    for _ in range(2):
        done(cluster, f"import {file}")

    assert exported.count(",2026-01-02,2\n") == len(PAGES)
    shown = [done(cluster, f"show {page}").split()[1] for page in PAGES]
    assert shown == [str(2 * (number + 2)) for number in range(12)]
    done(cluster, "delete --match site-*.example/p --yes --save -")


def test_a_backup_is_restored_into_an_empty_cluster(cluster, tmp_path):
    """Not into one that has pages; and again, it changes nothing."""
    for number, page in enumerate(PAGES):
        done(cluster, f"set {page} {number}")
    file = tmp_path / "counts.backup"
    assert "an export of 12 rows" in done(cluster, f"backup {file}")

    refused = run(cluster, f"restore {file}")
    done(cluster, "delete --match site-*.example/p --yes --save -")
    for _ in range(2):
        restored = done(cluster, f"restore {file}")

    assert "has pages already" in str(refused.exception)
    assert "nothing was changed" in restored
    assert [done(cluster, f"show {p}").split()[1] for p in PAGES] == [
        str(number) for number in range(12)
    ]
    done(cluster, "delete --match site-*.example/p --yes --save -")


def test_doctor_looks_at_every_node(cluster):
    """And says what is wrong there."""
    ended = run(cluster, "doctor")

    assert ended.exit_code == 1
    assert "cluster of 3 primaries" in ended.output
    assert "has no replica" in ended.output


def test_a_slot_that_moves_is_followed(cluster):
    """What the old node has not executed is sent on; nothing else is repeated."""
    source, target = cluster.owner(0), cluster.owner(16_383)
    names = (f"going-{number}.example" for number in count())
    page = next(name for name in names if cluster.owner(slot_of(name)) is source)
    slot, name = slot_of(page), f"hits:{{{page}}}"
    client = open_client(cluster.url)
    with client:
        client.incrby(name, 1)
        target.do("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.do("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        client.incrby(name, 1)
        client.incrby(f"{name}:d:0", 7)  # it is new, so it is made at the target
        source.do("MIGRATE", "127.0.0.1", target.port, name, 0, 5_000)
        client.incrby(name, 1)
        for node in (target, source):
            node.do("CLUSTER", "SETSLOT", slot, "NODE", target.id)
        pipeline = client.pipeline(transaction=False)
        pipeline.incrby(name, 1)
        pipeline.get(f"{name}:d:0")
        assert pipeline.execute() == [4, "7"]
        assert client.get(name) == "4"


def test_what_is_refused_is_raised(cluster):
    """By a command, and by a pipeline unless it is to be returned."""
    with open_client(cluster.url) as client:
        client.set("hits:{x}", "text")
        with pytest.raises(ResponseError, match="not an integer"):
            client.incrby("hits:{x}", 1)
        for raises in (True, False):
            pipeline = client.pipeline(transaction=False)
            pipeline.incrby("hits:{x}", 1)
            if raises:
                with pytest.raises(ResponseError, match="not an integer"):
                    pipeline.execute()
            else:
                (reply,) = pipeline.execute(raise_on_error=False)
                assert isinstance(reply, ResponseError)


class Circle:
    """A node that sends everything on, for ever."""

    def __init__(self) -> None:
        self.sent = 0

    def pipeline(self, *, transaction: bool) -> "Circle":
        """Gather."""
        assert not transaction
        return self

    def execute_command(self, *_words: str, **_options: str) -> None:
        """Be given a command."""

    def execute(self, raise_on_error: bool = True) -> list[AskError]:
        """Send it on."""
        assert not raise_on_error
        self.sent += 1
        return [AskError("5 h:1")]

    def close(self) -> None:
        """End."""


def test_a_circle_ends():
    """As a refusal."""
    node: Any = Circle()
    client = ClusterClient([("h", 1)] * SLOTS, lambda _address: node)

    with pytest.raises(AskError):
        client.execute_command("GET", "a")

    assert node.sent == 6


def test_a_slot_without_a_node_is_refused():
    """Nothing is sent."""
    client = ClusterClient([None] * SLOTS, lambda _address: Redis())

    with pytest.raises(ResponseError, match="no node of the cluster"):
        client.execute_command("GET", "a")

"""What docs/install/linux.md says is done word for word, by root, in a fresh container.

Only systemd is a stand-in, since a container has none: it does with the unit what
the page asks of it, and its user is not root. tests/test_service_unit.py has systemd itself
look at the unit.
"""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.composition import docker, say
from tests.support.manual import blocks

pytestmark = [pytest.mark.compose]

PAGE = "install/linux.md"
USER = 61184
SYSTEMCTL = rf"""#!/bin/sh -e
start() {{
  mkdir -p -m 0711 /var/lib/private
  [ -d /var/lib/private/hitsvc ] ||
    install -d -m 0700 -o {USER} -g {USER} /var/lib/private/hitsvc
  ln -sfn private/hitsvc /var/lib/hitsvc
  command=$(sed -n s/^ExecStart=//p /etc/systemd/system/hitsvc.service)
  set -a
  . /etc/hitsvc/hitsvc.env
  set +a
  cd /
  HITSVC_DATA_DIR=/var/lib/hitsvc HITSVC_WORKERS=1 \
    setpriv --reuid={USER} --regid={USER} --clear-groups $command >>/tmp/log 2>&1 &
  echo $! >/tmp/pid
  until grep -q "listening on" /tmp/log; do
    kill -0 $! || {{ cat /tmp/log >&2; exit 1; }}
    sleep 0.1
  done
}}
stop() {{
  kill "$(cat /tmp/pid)"
  while kill -0 "$(cat /tmp/pid)" 2>/dev/null; do sleep 0.1; done
  rm -f /tmp/log
}}
case "$*" in
  daemon-reload) ;;
  "enable --now hitsvc" | "start hitsvc") start ;;
  "stop hitsvc" | "disable --now hitsvc") stop ;;
  "restart hitsvc") stop; start ;;
  *) exit 64 ;;
esac
"""
VISIT = (
    "from urllib.request import urlopen;"
    "print(urlopen('http://127.0.0.1:8000/{way}?url=example.com').read().decode())"
)
Run = Callable[..., str]


@pytest.fixture(name="shell", scope="module")
def _shell(checkout: Path) -> Iterator[Run]:
    """A shell of root's in a clone, on a machine that has Python and nothing of ours."""
    name = f"hitsvc-manual-{uuid.uuid4().hex[:8]}"
    mounted = ("-v", f"{checkout}:/src:ro")
    say(
        *("run", "-d", "--init", "--name", name, *mounted),
        *("python:3.13-slim", "sleep", "900"),
    )

    def shell(script: str, directory: str = "/root/hitsvc") -> str:
        words = ("exec", "-i", "-w", directory, name, "sh", "-e")
        return say(*words, input=script, timeout_s=240)

    try:
        shell("cp -r /src /root/hitsvc", "/root")
        for program, text in (("systemctl", SYSTEMCTL), ("git", "#!/bin/sh\n")):
            path = f"/usr/local/sbin/{program}"
            shell(f"cat >{path} <<'END'\n{text}END\nchmod +x {path}", "/root")
        yield shell
    finally:
        docker("rm", "-f", name)


def test_a_machine_without_containers_counts(shell: Run) -> None:
    """It is installed, upgraded, backed up, restored, removed; counts are its user's."""

    def visit(way: str) -> str:
        return shell(f'python3 -c "{VISIT.format(way=way)}"').strip()

    def type_in(mark: str) -> str:
        return shell(blocks(PAGE, mark))

    type_in("install")
    type_in("start")
    assert visit("count") == "1"
    said = type_in("check")
    assert "WRONG" not in said
    assert "https://hits.example.org/admin/?code=" in said
    type_in("backup")
    assert visit("count") == "2"
    type_in("upgrade")
    assert visit("nocount") == "2"
    type_in("restore")
    assert visit("count") == "2"
    shell("systemctl stop hitsvc")
    shell("hitsvc top --data-dir /var/lib/hitsvc")
    assert shell(f"find /var/lib/private/hitsvc ! -uid {USER}") == ""
    shell("systemctl start hitsvc")
    assert visit("nocount") == "2"
    type_in("remove")
    left = "find /opt /etc /usr/local /var/lib -iname '*hitsvc*'"
    assert shell(left, "/root") == ""

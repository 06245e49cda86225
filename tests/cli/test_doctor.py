"""`hitsvc doctor` as it is typed."""

import json

from tests.support.commands import run_hitsvc
from tests.support.service import StartService
from tests.support.visitors import visit


def test_a_service_in_order_has_nothing_wrong(service: StartService) -> None:
    """Settings, store, disk, clock and the way in; and nothing is counted."""
    running = service()
    words = ("doctor", "--url", running.url, "--data-dir", str(running.data_dir))
    done = run_hitsvc(*words)
    assert (done.returncode, "WRONG" in done.stdout) == (0, False), done.stdout
    assert f"HITSVC_DATA_DIR={running.data_dir}  (--data-dir)" in done.stdout
    assert "(default)" not in done.stdout
    told = json.loads(run_hitsvc(*words, "--json").stdout)
    assert told["settings"]["HITSVC_BOTS"] == ["skip", "default"]
    about = {finding["about"] for finding in told["findings"]}
    assert about == {"store", "memory", "clock", "days", "disk", "proxy"}


def test_a_proxy_that_nobody_trusts_is_told_of(service: StartService) -> None:
    """By the log, once for all workers, and here with the address and the setting."""
    running = service(workers=2, env={"HITSVC_FORWARDED_ALLOW_IPS": "10.9.9.9"})
    for _ in range(20):  # each on a connection of its own, so to any of the workers
        headers = {"X-Forwarded-Proto": "https"}
        answer = visit(running.url, "/count?url=example.com", headers=headers)
        assert "Secure" not in answer.headers["set-cookie"]
    words = ("doctor", "--data-dir", str(running.data_dir))
    done = run_hitsvc(*words, env={"HITSVC_FORWARDED_ALLOW_IPS": "10.9.9.9"})

    said = "from 127.0.0.1, which is not in HITSVC_FORWARDED_ALLOW_IPS"
    assert running.stderr.count(said) == 1
    assert (done.returncode, said in done.stdout) == (1, True), done.stdout
    assert said not in run_hitsvc(*words).stdout


def test_what_is_wrong_is_said_and_is_the_exit_code(valkey_url: str) -> None:
    """A store without a file, a variable that is none, a store that is away."""
    done = run_hitsvc("doctor", "--store", valkey_url, env={"HITSVC_WORKER": "1"})
    assert done.returncode == 1
    assert "WRONG settings: HITSVC_WORKER is not a setting" in done.stdout
    assert "WRONG store: the store has no append-only file" in done.stdout
    away = run_hitsvc("doctor", "--store", "redis://127.0.0.1:8569/0")
    assert (away.returncode, "WRONG store: " in away.stdout) == (1, True)

"""A cluster whose nodes speak TLS and nothing else."""

# ruff: noqa: S603, S607 - starts openssl

import subprocess
from pathlib import Path

import pytest

from hitsvc.cli.show import read_totals
from hitsvc.errors import SettingsError
from hitsvc.settings import Settings
from hitsvc.store import check_redis
from tests.support.cluster import Cluster
from tests.support.valkey import redis_program

_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


def certificates(directory: Path) -> None:
    """Make an authority, and a certificate of this machine's name and address."""
    (directory / "names").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid:always\n"
    )
    for command in (
        f"req -x509 {_KEY} -keyout ca.key -out ca.pem -days 2 -subj /CN=ours"
        " -addext keyUsage=critical,keyCertSign,cRLSign",
        f"req {_KEY} -keyout key.pem -out request.pem -subj /CN=localhost",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -out cert.pem -days 2"
        " -CAcreateserial -extfile names",
    ):
        subprocess.run(
            ["openssl", *command.split()],
            cwd=directory,
            check=True,
            capture_output=True,
        )


def test_certificates_of_all_nodes_are_checked(tmp_path):
    """The one of the URL by its name, the others by the addresses that they announce."""
    program = redis_program()
    if program is None:
        pytest.skip("this needs Redis with TLS: apt-get install redis-tools")
    certificates(tmp_path)
    files = {name: str(tmp_path / f"{name}.pem") for name in ("cert", "key", "ca")}

    def only_tls(_number: int, port: int) -> list[str]:
        return ["--port", "0", "--tls-port", str(port)]

    with Cluster(
        3,
        0,
        *("--tls-cluster", "yes", "--tls-replication", "yes"),
        *("--tls-auth-clients", "no", "--tls-cert-file", files["cert"]),
        *("--tls-key-file", files["key"], "--tls-ca-cert-file", files["ca"]),
        each=only_tls,
        program=program,
    ) as cluster:
        url = f"rediss+cluster://localhost:{cluster.nodes[0].port}/"
        trusted = f"{url}?ssl_ca_certs={files['ca']}"

        check_redis(trusted)
        for number in range(12):
            page = f"tls-{number}.example"
            assert read_totals(Settings(redis_url=trusted), page).total == 0
        with pytest.raises(SettingsError, match="certificate is not accepted"):
            check_redis(url)

"""The contenders: how each is started, and why one may have to be left out."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.processes import Server, free_port

_HERE = Path(__file__).parent
_REFERENCES = _HERE / "references"
_NGINX_MODULES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
_GOPATHS = ("/usr/share/gocode", str(Path.home() / "go"))
_REDIGO = "src/github.com/gomodule/redigo/redis"
_LUA = "/usr/share/lua/5.1"
_TUNED_WORKER = "hitsvc.serve.worker.Worker"
_DEFAULT_WORKER = "uvicorn_worker.UvicornWorker"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a contender is started with.

    Attributes:
        store_url: The URL of its store.
        store_port: Where that listens, on the loopback.
        directory: An empty place for its files.
        port: Where it shall listen, on the loopback.
        hello_worker: gunicorn's worker class for hello world; empty for the product's.
    """

    store_url: str
    store_port: int
    directory: Path
    port: int
    hello_worker: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a server.

    Attributes:
        command: The program and its arguments.
        env: What to add to the environment.
    """

    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who can count hits.

    Attributes:
        name: What the command line and the results call it.
        title: What the tables call it.
        launch: Says how to start it.
        missing: Says why it cannot be started, or returns None.
        counts: Whether it counts at all.
        sqlite: Whether its totals are in SQLite, not in the store.
    """

    name: str
    title: str
    launch: Callable[[Setting], Launch]
    missing: Callable[[], str | None]
    counts: bool = True
    sqlite: bool = False


def sqlite_path(directory: Path) -> Path:
    """Say where a contender with SQLite has its file."""
    return directory / "hits.sqlite3"


def sqlite_total(directory: Path) -> int:
    """Add up the totals that are in SQLite."""
    with closing(sqlite3.connect(sqlite_path(directory), timeout=30)) as db:
        (total,) = db.execute("SELECT COALESCE(SUM(count), 0) FROM totals").fetchone()
    return int(total)


@contextmanager
def running(
    contender: Contender,
    store_port: int,
    directory: Path,
    cores: frozenset[int],
    *,
    store_url: str = "",
    hello_worker: str = "",
    env: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Run a contender with one worker; see `Setting` and `Launch`."""
    directory.mkdir(parents=True)
    port, url = free_port(), store_url or f"redis://127.0.0.1:{store_port}/0"
    launch = contender.launch(Setting(url, store_port, directory, port, hello_worker))
    with Server(
        launch.command,
        port,
        directory / "log",
        cores=cores,
        env=launch.env | (env or {}),
    ) as server:
        yield server


def _product_command() -> list[str] | None:
    beside = Path(sys.executable).with_name("hitsvc")
    in_venv = _HERE.parent / ".venv" / "bin" / "hitsvc"
    for path in (beside, in_venv):
        if os.access(path, os.X_OK):
            return [str(path)]
    needed = ("hitsvc", "falcon", "uvicorn_worker", "can_ada")
    if all(find_spec(name) for name in needed):
        return [sys.executable, "-m", "hitsvc"]
    return None


def _product_missing() -> str | None:
    return None if _product_command() else "it is not installed: make install"


def _product(setting: Setting) -> Launch:
    command = [*(_product_command() or ["hitsvc"]), "serve", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{setting.port}"]
    command += ["--store", setting.store_url]
    command += ["--data-dir", str(setting.directory / "data")]
    # The load invents pages by the thousand, which is what these limits are against.
    no_limits = {"HITSVC_NEW_PAGES_BY_SITE": "0", "HITSVC_NEW_PAGES_IN_ALL": "0"}
    return Launch(command, no_limits)


def _gunicorn(app: str, port: int, *options: str) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", "--log-level", "warning", *options]
    return [*command, f"bench.references.{app}:create_app()"]


def _hello(setting: Setting) -> Launch:
    tuned = find_spec(_TUNED_WORKER.rpartition(".")[0])
    worker = setting.hello_worker or (_TUNED_WORKER if tuned else _DEFAULT_WORKER)
    options = ["-k", worker, "-w", "1", "--keep-alive", "75"]
    return Launch(_gunicorn("hello", setting.port, *options))


def _floor(setting: Setting) -> Launch:
    return Launch([sys.executable, "-m", "bench.references.floor", str(setting.port)])


def _granian(setting: Setting) -> Launch:
    command = [sys.executable, "-m", "granian", "--interface", "rsgi"]
    command += ["--host", "127.0.0.1", "--port", str(setting.port), "--workers", "1"]
    command += ["--runtime-threads", "1", "--loop", "uvloop", "--no-ws"]
    command += ["--no-access-log", "--log-level", "warning"]
    return Launch([*command, "bench.references.rsgi:app"])


def _fastpysgi(setting: Setting) -> Launch:
    return Launch([sys.executable, "-m", "bench.references.wsgi", str(setting.port)])


def _idiomatic(setting: Setting) -> Launch:
    command = _gunicorn("idiomatic", setting.port, "-k", _DEFAULT_WORKER, "-w", "1")
    return Launch(command, {"BENCH_STORE": setting.store_url})


def _flask(setting: Setting) -> Launch:
    path = str(sqlite_path(setting.directory))
    command = _gunicorn("flask_sqlite", setting.port, "-k", "sync", "-w", "2")
    return Launch(command, {"BENCH_SQLITE_PATH": path})


def _flask_wal(setting: Setting) -> Launch:
    launch = _flask(setting)
    return Launch(launch.command, {**launch.env, "BENCH_SQLITE": "wal"})


def _module_missing(name: str) -> Callable[[], str | None]:
    return lambda: None if find_spec(name) else f"Python's {name} is not installed"


def _gopath() -> str | None:
    paths = os.environ.get("GOPATH", "").split(os.pathsep)
    return next((p for p in (*paths, *_GOPATHS) if (Path(p) / _REDIGO).is_dir()), None)


def _go_missing() -> str | None:
    if not shutil.which("go"):
        return "go is not installed"
    return None if _gopath() else "redigo is not installed"


def _go(setting: Setting) -> Launch:
    # Built once: the cache is beside the directories of all rounds.
    cache = setting.directory.parent / "go"
    binary = cache / "hits"
    if not binary.exists():
        env = {"GO111MODULE": "off", "GOPATH": _gopath() or "", "GOCACHE": str(cache)}
        subprocess.run(  # noqa: S603 - our own program
            ["go", "build", "-o", binary, _REFERENCES / "main.go"],  # noqa: S607
            env={**os.environ, **env},
            check=True,
            timeout=300,
        )
    command = [str(binary), f"127.0.0.1:{setting.port}"]
    command += [f"127.0.0.1:{setting.store_port}", str(_REFERENCES / "badge.svg")]
    return Launch(command)


def _nginx_modules() -> str | None:
    name = "ngx_http_lua_module.so"
    return next((d for d in _NGINX_MODULES if (Path(d) / name).exists()), None)


def _nginx_missing() -> str | None:
    if not shutil.which("nginx"):
        return "nginx is not installed"
    if not _nginx_modules():
        return "nginx's Lua module is not installed"
    if not (Path(_LUA) / "nginx" / "redis.lua").exists():
        return "lua-nginx-redis is not installed"
    return None


def _nginx(setting: Setting) -> Launch:
    values = {
        "MODULES": _nginx_modules() or "",
        # As root, nginx would run its worker as nobody, who may not read our files.
        "USER": "user root;" if os.geteuid() == 0 else "",
        "DIR": str(setting.directory),
        "LUA": f"{_LUA}/?.lua",
        "HITS_LUA": str(_REFERENCES / "nginx.lua"),
        "BADGE": str(_REFERENCES / "badge.svg"),
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(setting.store_port),
        "ADDRESS": f"127.0.0.1:{setting.port}",
    }
    text = (_REFERENCES / "nginx.conf").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    config = setting.directory / "nginx.conf"
    config.write_text(text)
    # Before it has read its configuration, nginx wants its usual log.
    command = ["nginx", "-e", str(setting.directory / "error.log")]
    return Launch([*command, "-p", str(setting.directory), "-c", str(config)])


PRODUCT = "hitsvc"
CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender(PRODUCT, "hitsvc", _product, _product_missing),
        Contender(
            "hello",
            "hello world in Falcon, same worker",
            _hello,
            _module_missing("falcon"),
            counts=False,
        ),
        Contender(
            "floor",
            "a fixed answer by uvloop and httptools",
            _floor,
            _module_missing("uvloop"),
            counts=False,
        ),
        Contender(
            "granian",
            "a fixed answer by Granian (RSGI)",
            _granian,
            _module_missing("granian"),
            counts=False,
        ),
        Contender(
            "fastpysgi",
            "a fixed answer by fastpysgi (WSGI)",
            _fastpysgi,
            _module_missing("fastpysgi"),
            counts=False,
        ),
        Contender(
            "idiomatic",
            "idiomatic Falcon + redis-py",
            _idiomatic,
            _module_missing("falcon"),
        ),
        Contender("go", "bare Go + redigo", _go, _go_missing),
        Contender("nginx", "nginx + Lua + Redis", _nginx, _nginx_missing),
        Contender(
            "flask",
            "Flask + SQLite, 2 workers",
            _flask,
            _module_missing("flask"),
            sqlite=True,
        ),
        Contender(
            "flask-wal",
            "Flask + SQLite with a write-ahead log, 2 workers",
            _flask_wal,
            _module_missing("flask"),
            sqlite=True,
        ),
    )
}

"""Flask and SQLite: how small hit counters used to be built, without their mistakes.

One transaction a hit, in SQL that cannot lose an update. SQLite has its defaults, as it
had in those counters: a hit is on the disk before it is answered. ``BENCH_SQLITE=wal``
gives it a write-ahead log and ``synchronous=NORMAL``, which loses the last hits when the
machine crashes, as Redis does with ``appendfsync everysec``.
"""

import os
import secrets
import sqlite3
import time
from pathlib import Path

from flask import Flask, Response, abort, g, request

from bench.references import contract

_SCHEMA = Path(__file__).with_name("flask_sqlite.sql").read_text()


def _connect() -> sqlite3.Connection:
    db = sqlite3.connect(os.environ["BENCH_SQLITE_PATH"], timeout=30)
    db.isolation_level = None
    if os.environ.get("BENCH_SQLITE") == "wal":
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    return db


def _read(db: sqlite3.Connection, key: str) -> int:
    row = db.execute("SELECT count FROM totals WHERE url = ?", (key,)).fetchone()
    return row[0] if row else 0


def _raise(db: sqlite3.Connection, key: str, token: str) -> int:
    now = int(time.time())
    db.execute("BEGIN IMMEDIATE")
    try:
        (count,) = db.execute(
            "INSERT INTO totals VALUES (?, 1) "
            "ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
            (key,),
        ).fetchone()
        db.execute(
            "INSERT INTO days VALUES (?, ?, 1) "
            "ON CONFLICT DO UPDATE SET count = count + 1",
            (key, contract.today()),
        )
        db.execute(
            "INSERT INTO tokens VALUES (?, ?, ?)",
            (key, token, now + contract.TOKEN_TTL_S),
        )
        db.execute("DELETE FROM tokens WHERE expires <= ?", (now,))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return int(count)


def _alive(db: sqlite3.Connection, key: str, token: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM tokens WHERE url = ? AND token = ? AND expires > ?",
        (key, token, time.time()),
    )
    return found.fetchone() is not None


def _answer(*, counts: bool, svg: bool) -> Response:
    url = request.args.get("url")
    if not url:
        abort(400)
    key = contract.page_key(url)
    name = contract.cookie_name(key)
    old = request.cookies.get(name)
    fresh = None
    if not counts or (old and _alive(g.db, key, old)):
        count = _read(g.db, key)
    else:
        fresh = secrets.token_urlsafe(9)  # 12 characters
        count = _raise(g.db, key, fresh)
    resp = Response(
        contract.badge(count) if svg else str(count),
        content_type="image/svg+xml" if svg else "text/plain; charset=utf-8",
        headers=contract.HEADERS,
    )
    if fresh:
        ttl_s = contract.TOKEN_TTL_S
        resp.set_cookie(name, fresh, ttl_s, httponly=True, samesite="Lax")
    return resp


def create_app() -> Flask:
    """Wire the app; ``BENCH_SQLITE_PATH`` is the database."""
    app = Flask(__name__)
    db = _connect()
    db.executescript(_SCHEMA)
    db.close()

    @app.before_request
    def open_db() -> None:
        g.db = _connect()

    @app.teardown_request
    def close_db(_error: BaseException | None) -> None:
        g.db.close()

    for path, counts in (("/count", True), ("/nocount", False)):
        for end, svg in (("", False), ("/tag.svg", True)):
            app.add_url_rule(
                path + end,
                endpoint=path + end,
                view_func=_answer,
                defaults={"counts": counts, "svg": svg},
            )
    return app

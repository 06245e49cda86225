"""Cookies and the other headers of a visit, whatever they say."""

import re
from typing import Any

from hitsvc.request import (
    CookieWriter,
    SharedCookies,
    TrustedProxies,
    Visit,
    find_cookie,
    secure_name,
)
from hitsvc.request.cookies import cookie_name
from hitsvc.request.many_pages import ROOM

_PROXIES = TrustedProxies("127.0.0.1")
_STRANGER = ("203.0.113.9", 1)
_NAME = cookie_name("example.com/a")
_SHARED = SharedCookies(12)
_TOKEN = "AbC_-0123456"
_SET = re.compile(r"(?:__Host-)?hits-[0-9a-f]{16}=[^;]*; Max-Age=60; Path=/; [\w;= ]+")


def TestOneInput(data: bytes) -> None:
    """Read the fields of a request, one a line: ``NAME: VALUE``."""
    fields = [line.partition(b":")[::2] for line in data.split(b"\n")]
    headers = [(name.strip().lower(), value.strip()) for name, value in fields]
    scope: dict[str, Any] = {"headers": headers, "scheme": "http", "client": _STRANGER}
    visit = Visit(scope, _PROXIES)
    assert not visit.secure, "a stranger says that there is TLS"
    visit.referer.encode()
    for field, value in headers:
        if field == b"cookie":
            assert value.decode("latin-1").strip() in visit.cookies, "a field is lost"
    Visit({**scope, "client": ("127.0.0.1", 1)}, _PROXIES)
    for name in (_NAME, secure_name(_NAME)):
        _check(visit.cookies, name)
    for secure in (False, True):
        shared = _SHARED.find(visit.cookies, "example.com/a", secure=secure)
        assert (len(visit.cookies) > ROOM) == bool(shared and shared.crowded)
        if shared:
            assert shared.secret.isalnum()
            assert len(shared.token) == 12


def _check(sent: str, name: str) -> None:
    found = find_cookie(sent, name)
    if found is None:
        ours = f"{name}={_TOKEN}"
        assert find_cookie(ours, name) == _TOKEN
        for others in (f"{sent}; {ours}", f"{ours}; {sent}", f"{ours};{sent};"):
            assert find_cookie(others, name) == _TOKEN, f"not found: {others!r}"
        return
    assert found in sent
    assert ";" not in found
    assert _SET.fullmatch(CookieWriter(60).write(name, _TOKEN, secure=True))

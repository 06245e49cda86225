"""How tests speak to the operator's side of a service."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from falcon import testing

from tests.support.site import Site

WRITE = "write-0123456789abcdef0123456789"
READ = "read-0123456789abcdef01234567890"
LOCAL = {"Host": "127.0.0.1:8000"}

OpenOperated = Callable[..., Site]


class Api:
    """A program that has a token."""

    def __init__(self, site: Site, token: str = WRITE) -> None:
        self.site = site
        self.headers = {**LOCAL, "Authorization": f"Bearer {token}"}

    def ask(self, method: str, target: str, body: Any = None) -> testing.Result:
        data = None if body is None else json.dumps(body).encode()
        return self.site.ask(method, f"/api/v1{target}", self.headers, body=data)

    def get(self, target: str) -> Any:
        answer = self.ask("GET", target)
        assert answer.status_code == 200, answer.text
        return answer.json


def refusal(answer: testing.Result) -> tuple[int, str]:
    """Return the status and the words of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Mapping[str, Any] = answer.json
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["detail"]

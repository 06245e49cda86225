"""How tests speak to the operator's side of a service."""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any, Self
from urllib.parse import urlencode

from falcon import testing

from tests.support.site import Site, unbroken
from tests.support.stored import KEYS, put_day, today

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


class Browser:
    """A browser of the operator's."""

    def __init__(
        self, site: Site, *, scheme: str = "http", admin: str = "/admin/"
    ) -> None:
        self.site = site
        self.form_key = ""
        self._cookie = ""
        self._scheme = scheme
        self._admin = admin

    def signed_in(self, token: str = WRITE) -> Self:
        assert self.post("sign-in", token=token).status_code == 303
        found = re.search(r'name="form_key" value="(\w+)"', self.get("").text)
        assert found
        self.form_key = found[1]
        return self

    def ask(
        self, method: str, path: str, *, admin: str | None = None, **more: Any
    ) -> testing.Result:
        where = self._admin if admin is None else admin
        headers = {**LOCAL, **more.pop("headers", {})}
        if self._cookie:
            headers["Cookie"] = self._cookie
        answer = self.site.ask(
            method, where + path, headers, scheme=self._scheme, **more
        )
        if "set-cookie" in answer.headers:
            self._cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def get(self, path: str, **headers: str) -> testing.Result:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, *, headers: Any = None, **form: Any) -> testing.Result:
        if headers is None:
            headers = {"Sec-Fetch-Site": "same-origin"}
        fields = {"form_key": self.form_key} | form
        return self.ask(
            "POST", path, headers=headers, body=urlencode(fields, doseq=True).encode()
        )

    def confirm(self, asked: testing.Result) -> testing.Result:
        """Send the form with which a page asks whether it shall."""
        form: dict[str, list[str]] = {}
        _, _, main = asked.text.partition('class="head"')
        for name, value in re.findall(
            r'type="hidden" name="(\w+)" value="([^"]*)"', main
        ):
            form.setdefault(name, []).append(unescape(value))
        assert form["once"]
        return self.post("change", **form)

    def undo(self, done: testing.Result) -> testing.Result:
        number = re.search(r'name="number" value="([\w-]+)"', done.text)
        assert number
        return self.post("undo", number=number[1])

    def api(self, target: str) -> Any:
        return Api(self.site).get(target)

    def text(self, path: str) -> str:
        """Return what a page says, without its markup."""
        return " ".join(_without_markup(self.get(path).text).split())

    def rows(self, path: str) -> list[list[str]]:
        """Return the table of pages: each page, and its numbers."""
        body = self.get(path).text.partition("<tbody>")[2].partition("</tbody>")[0]
        found = []
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            row = re.sub(r"<svg.*?</svg>", "", row, flags=re.DOTALL)
            found.append(_without_markup(row).split())
        return found

    def follow(self, path: str) -> set[str]:
        """Return the pages of a list, part by part."""
        pages: list[str] = []
        while path:
            pages += [row[0] for row in self.rows(path)]
            more = re.search(r'admin/(pages\?[^"]*)">Go on', self.get(path).text)
            path = unescape(more[1]) if more else ""
        assert len(pages) == len(set(pages))
        return set(pages)


def _without_markup(text: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", unbroken(text)))


def fill(site: Site) -> None:
    """Give it two pages: 10 hits, 3 of them today and 2 without a date, and 5."""
    for page, total in (("example.com/a", 10), ("example.com/b", 5)):
        site.redis.set(KEYS.page(page).total, total)
        site.redis.sadd(KEYS.sites, "example.com")
        site.redis.sadd(KEYS.pages("example.com"), page)
    put_day(site.redis, "example.com/a", today(), 3)
    put_day(site.redis, "example.com/a", today(20), 5)
    site.redis.set(KEYS.page("example.com/a").undated, 2)
    put_day(site.redis, "example.com/b", today(3), 5)

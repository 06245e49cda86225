"""``/admin/``: signing in, what is shown, and what is changed."""

import re
from typing import Any

import pytest

from hitsvc.access import Keyring, Sessions, Tokens
from hitsvc.admin import Numbers, Overview
from hitsvc.counting import Fill
from hitsvc.dashboard.home import Seen, room_of
from tests.dashboard.operating import LOCAL, READ, WRITE, Browser
from tests.support.site import unbroken
from tests.support.stored import KEYS, today

A, B, C = "example.com/a", "example.com/b", "example.com/c"
ONE_HOUR_S = 3_600


@pytest.fixture(name="browser")
def _browser(operated: Any) -> Browser:
    """The operator's, signed in."""
    return Browser(operated).signed_in()


def code(**more: Any) -> str:
    return Sessions(Keyring(Tokens(WRITE, READ)), **more).new_code()


class TestSigningIn:
    """By a token or a code, and out."""

    @pytest.mark.parametrize(
        ("token", "words"),
        [(WRITE, "Delete the chosen"), (READ, "may read and change nothing")],
    )
    def test_a_token_opens(self, operated, token, words):
        """What it may."""
        browser = Browser(operated)
        assert "The operator's token" in browser.get("").text

        answer = browser.post("sign-in", token=f" {token}\n")

        assert (answer.status_code, answer.headers["location"]) == (303, "../admin/")
        assert words in browser.get("pages?all=1").text

    @pytest.mark.parametrize("token", ["", "x", WRITE[:-1], f"{WRITE}x", "é"])
    def test_a_wrong_token_does_not(self, operated, token):
        """However near."""
        browser = Browser(operated)
        answer = browser.post("sign-in", token=token)

        assert answer.status_code == 403
        assert "This is not the token" in answer.text
        assert "set-cookie" not in answer.headers

    def test_the_cookie_is_for_nobody_else(self, operated):
        """No script, no other site, no other host."""
        plain = Browser(operated).post("sign-in", token=WRITE).headers["set-cookie"]
        secure = Browser(operated, scheme="https").post("sign-in", token=WRITE)

        assert re.fullmatch(
            r"hitsvc-operator=[\w.-]+; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict",
            plain,
        )
        assert re.fullmatch(
            r"__Host-hitsvc-operator=[\w.-]+; Max-Age=2592000; Path=/; HttpOnly; "
            r"SameSite=Strict; Secure",
            secure.headers["set-cookie"],
        )

    def test_a_code_opens_once(self, operated):
        """And leads on by itself."""
        browser, text = Browser(operated), code()
        assert browser.ask("HEAD", f"?code={text}").status_code == 403
        answer = browser.get(f"?code={text}")
        assert answer.status_code == 200
        assert '<meta http-equiv="refresh" content="0; url=../admin/">' in answer.text
        assert (
            "All views" in browser.get("").text or "It counts" in browser.get("").text
        )

        second = Browser(operated)
        answer = second.get(f"?code={text}")
        assert answer.status_code == 403
        assert "was used already" in answer.text
        assert "The operator's token" in second.get("").text

    @pytest.mark.parametrize(
        "text", ["x", "é", code(clock=lambda: 1.0)], ids=["short", "odd", "old"]
    )
    def test_a_wrong_or_old_code_does_not(self, operated, text):
        """It is told how to get another."""
        answer = Browser(operated).get(f"?code={text}")

        assert answer.status_code == 403
        assert "<code>hitsvc token</code> prints another" in answer.text

    def test_signing_out_ends_it(self, browser):
        """In this browser."""
        answer = browser.post("sign-out")

        assert answer.status_code == 303
        assert "Max-Age=0" in answer.headers["set-cookie"]

    @pytest.mark.parametrize(
        "path", ["pages", "page?url=a.example", "settings", "removed/x"]
    )
    def test_others_are_led_to_where_they_can(self, operated, path):
        """By a relative address, wherever a query wants to lead."""
        for more in ("", "&next=https://evil.example", "&url=//evil.example"):
            answer = Browser(operated).get(
                path + ("?" if "?" not in path else "") + more
            )
            assert answer.status_code == 303
            assert set(answer.headers["location"]) <= set("./admin")

    def test_a_session_of_another_token_is_none(self, open_operated):
        """A new token ends all."""
        old = Browser(open_operated()).signed_in()
        old.site = open_operated(admin_token="another-0123456789abcdef01234567")

        assert "The operator's token" in old.get("").text
        assert old.post("change", do="delete", page=A).status_code == 403

    def test_the_bare_address_leads_there(self, operated):
        """The pages are relative to the slash."""
        answer = operated.get("/admin", LOCAL)

        assert (answer.status_code, answer.headers["location"]) == (308, "admin/")


CHANGE = {"do": "set", "page": A, "number": "1", "once": "x"}


class TestForms:
    """Whose they must be."""

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"form_key": ""}, id="missing"),
            pytest.param({"form_key": "0" * 64}, id="invented"),
            pytest.param(
                {"headers": {"Sec-Fetch-Site": "cross-site"}}, id="cross-site"
            ),
            pytest.param({"headers": {"Sec-Fetch-Site": "same-site"}}, id="sibling"),
            pytest.param({"headers": {"Origin": "https://evil.example"}}, id="origin"),
            pytest.param({"headers": {"Origin": "null"}}, id="sandbox"),
            pytest.param({"headers": {}}, id="no origin"),
        ],
    )
    def test_a_form_that_is_not_ours_changes_nothing(self, browser, change):
        """Nor signs anybody in or out."""
        answer = browser.post("change", **(CHANGE | change))

        assert answer.status_code == 403
        assert browser.site.total(A) == 10
        if "headers" in change:
            assert browser.post("sign-in", token=WRITE, **change).status_code == 403

    def test_a_form_of_another_session_changes_nothing(self, browser, operated):
        """Nor one from before."""
        other = Browser(operated).signed_in()

        assert (
            browser.post("change", **CHANGE, form_key=other.form_key).status_code == 403
        )
        old = browser.form_key
        browser.signed_in()
        assert browser.post("change", **CHANGE, form_key=old).status_code == 403
        assert operated.total(A) == 10

    def test_a_reader_changes_nothing(self, operated):
        """Whatever they send."""
        reader = Browser(operated).signed_in(READ)

        for path, form in (("change", CHANGE), ("undo", {"number": "x"})):
            assert reader.post(path, **form).status_code == 403
        assert operated.total(A) == 10
        assert reader.post("sign-out").status_code == 303

    @pytest.mark.parametrize(
        "form",
        [
            {"do": "burn", "page": A},
            {"do": "set", "page": [A, B], "number": "1"},
            {"do": "set", "page": A, "number": "many"},
            {"do": "set", "page": A, "number": "1" * 17},
            {"do": "add", "page": A, "number": "1", "day": "yesterday"},
            {"do": "move", "page": A, "to": "nonsense"},
            {"do": "set", "number": "1"},
            {"do": ["set", "add"], "page": A, "number": "1"},
            {"do": "delete", "page": [f"example.com/{n}" for n in range(300)]},
        ],
    )
    def test_what_is_not_understood_is_refused(self, browser, form):
        """In words."""
        assert browser.post("change", **form).status_code == 400


class TestChanging:
    """First the numbers, then the change, then the way back."""

    def test_a_total_is_set(self, browser):
        """As people write numbers."""
        asked = browser.post("change", do="set", page=A, number="20,000")
        assert f"<b>{A}</b>: 10 → 20,000" in unbroken(asked.text)
        assert browser.site.total(A) == 10

        done = browser.confirm(asked)
        assert f"Set {A}: 10 → 20,000" in done.text
        assert browser.site.total(A) == 20_000

        assert browser.undo(done).status_code == 200
        assert browser.site.total(A) == 10

    def test_a_form_that_is_sent_twice_changes_once(self, browser):
        """As when its answer is loaded again."""
        asked = browser.post(
            "change", do="add", page=A, number=" \N{MINUS SIGN}3", day=str(today().date)
        )
        assert f"<b>{A}</b>: 10 → 7" in unbroken(asked.text)
        assert browser.confirm(asked).status_code == 200
        again = browser.confirm(asked)

        assert again.status_code == 409
        assert "done already" in again.text
        assert browser.site.total(A) == 7

    def test_hits_are_moved(self, browser):
        """And back."""
        asked = browser.post("change", do="move", page=A, to=f"https://{C}/")
        assert f"<b>{A}</b>: 10 → 0" in unbroken(asked.text)
        assert f"<b>{C}</b>: 0 → 10" in unbroken(asked.text)
        done = browser.confirm(asked)
        assert browser.site.total(C) == 10
        browser.undo(done)
        assert (browser.site.total(A), browser.site.total(C)) == (10, 0)

    def test_pages_that_become_one_can_be_downloaded(self, browser):
        """Nothing takes that back."""
        asked = browser.post("change", do="move", page=A, to=B)
        assert "cannot be undone" in asked.text
        assert f"<b>{B}</b>: 5 → 15" in unbroken(asked.text)
        done = browser.confirm(asked)

        assert "Undo" not in done.text
        saved = browser.get(re.search(r"removed/[\w-]+", done.text)[0])  # type: ignore[index]
        assert saved.headers["content-disposition"].startswith("attachment")
        assert f"{B},{today(3).date},5\n" in saved.text

    @pytest.mark.parametrize(("what", "left"), [("delete", 0), ("reset", 0)])
    def test_pages_are_removed_and_put_back(self, browser, what, left):
        """Many at once; what they had can be downloaded."""
        before = browser.api(f"/pages/{A}")
        asked = browser.post("change", do=what, page=[A, B, C])
        assert "2 pages, 15 hits?" in asked.text
        done = browser.confirm(asked)
        assert (browser.site.total(A), browser.site.total(B)) == (left, left)
        saved = browser.get(re.search(r"removed/[\w-]+", done.text)[0])  # type: ignore[index]
        assert "# rows 4\n" in saved.text

        back = browser.undo(done)
        assert "Put back 15 hits of 2 pages" in back.text
        assert browser.api(f"/pages/{A}") == before
        assert browser.undo(done).status_code == 409
        assert browser.site.total(B) == 5

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"do": "delete", "page": C}, "No such page has hits."),
            ({"do": "move", "page": C, "to": A}, "No such page has hits."),
            ({"do": "move", "page": A, "to": A}, "Both are the same page."),
            ({"do": "delete"}, "No page was chosen"),
            ({"do": "reset", "once": "x"}, "No page was chosen"),
        ],
    )
    def test_where_there_is_nothing_to_do_that_is_said(self, browser, form, words):
        """And nothing is offered."""
        asked = browser.post("change", **form)

        assert words in asked.text
        assert 'name="once"' not in asked.text

    def test_what_is_no_longer_kept_is_404(self, browser):
        """Or never was."""
        assert browser.get("removed/x").status_code == 404

    def test_changes_are_in_the_log(self, browser, caplog):
        """With who has made them."""
        caplog.set_level("INFO", "hitsvc.operator")
        browser.confirm(browser.post("change", do="delete", page=A))

        assert f"operator (dashboard): deleted {A}: 10 hits" in caplog.messages


class TestShowing:
    """What stands on the pages."""

    def test_the_first_view_turns_into_a_tick(self, open_operated):
        """The page asks again by itself until then."""
        browser = Browser(open_operated()).signed_in()
        before = browser.get("").text
        assert "Waiting for the first view" in before
        assert 'http-equiv="refresh"' in before
        assert "http://127.0.0.1:8000/count/tag.svg?url=" in before
        browser.site.get("/count?url=example.org/x")
        browser.site.settle()
        after = browser.get("").text
        assert "✓ The first view has come" in after
        assert "example.org/x" in after

    def test_all_views_are_added_up(self, browser):
        """With their age; they are made when somebody looks."""
        browser.get("")
        browser.site.settle()
        text = browser.text("")

        for words in (
            "Today 3",
            "7 days 8",
            "30 days 13",
            "Total 15",
            "Pages 2",
            "Sites 1",
        ):
            assert words in text
        assert re.search(r"Added up \d+ s ago", text)
        assert "example.com/a" in text

    def test_refused_sites_come_with_the_line_to_set(self, open_operated):
        """Which keeps those that are set."""
        browser = Browser(open_operated(sites="example.org")).signed_in()
        browser.site.redis.zadd(KEYS.refused, {"other.example": 41})
        text = browser.text("")

        assert "other.example 41" in text
        assert "HITSVC_SITES=example.org,other.example" in text

    def test_one_page_shows_its_numbers_and_what_can_be_done(self, browser):
        """As they are now."""
        text = browser.text(f"page?url={A}")

        for words in ("Today 3", "30 days 8", "Total 10", "2 without a date", "Move"):
            assert words in text
        missing = browser.get(f"page?url={C}")
        assert missing.status_code == 404
        assert "Nobody has been counted here" in missing.text
        assert "Move all hits" not in missing.text

    def test_addresses_are_in_their_own_script(self, browser):
        """With what is kept beside it, and found by what is seen."""
        key = "example.com/caf%C3%A9"
        browser.site.redis.set(KEYS.page(key).total, 7)
        browser.site.redis.sadd(KEYS.pages("example.com"), key)

        shown = '<span title="example.com/caf%C3%A9">example.<wbr>com/<wbr>café</span>'
        assert shown in browser.get("pages?all=1&q=Café").text
        assert shown in browser.get(f"page?url={key}").text
        assert shown in browser.post("change", do="delete", page=key).text

    def test_settings_and_findings_are_in_words(self, browser):
        """Secrets are not."""
        text = browser.text("settings")

        assert "memory: " in text
        assert "HITSVC_BOTS skip default" in text
        assert "HITSVC_X is not a setting" in text
        assert "disk" not in text
        assert WRITE not in text


def test_the_disk_of_an_embedded_store_is_looked_at(open_operated, tmp_path):
    """Where there is one."""
    browser = Browser(open_operated(data_dir=tmp_path)).signed_in()

    assert f"MB free for {tmp_path}" in browser.text("settings")


@pytest.mark.parametrize(
    ("fill", "pages", "room"),
    [
        (None, 0, None),
        (Fill(100, 0), 0, None),
        (Fill(0, 100_000_000), 0, 150_000),
        (Fill(50_000_000, 100_000_000), 10_000, 8_000),
        (Fill(99, 100), 0, 0),
    ],
)
def test_the_room_is_told_in_pages(fill, pages, room):
    """By what they take here, if that is known."""
    numbers = Numbers("", 0, (0, 0, 0))
    overview = Overview(0.0, "2026-01-01", 1, pages, numbers, [0], [], [])

    assert room_of(Seen(overview, True, "", fill, [])) == room


HOSTILE = [
    "example.com/<script>alert(1)</script>",
    "example.com/\"onmouseover='x'",
    "example.com/{{7*7}}",
    "example.com/'%22%3E%3Csvg/onload=x",
]


class TestHostile:
    """What strangers have put into the store."""

    @pytest.mark.parametrize("key", HOSTILE)
    def test_nothing_of_it_is_markup(self, open_operated, key):
        """On any page, also where our own code would never write it."""
        browser = Browser(open_operated()).signed_in()
        site = browser.site
        site.redis.set(KEYS.page(key).total, 30)
        site.redis.sadd(KEYS.sites, "example.com", "<b>bad</b>")
        site.redis.sadd(KEYS.pages("example.com"), key)
        site.redis.zadd(KEYS.refused, {'<img src=x onerror="x">': 3})
        browser.get("")
        site.settle()
        wish = {"do": "delete", "page": key}

        pages = [
            browser.get(""),
            browser.get("pages?all=1"),
            browser.get(f"pages?q={'%3Cscript%3E%22'}&site=example.com"),
            browser.post("change", **wish),
        ]
        for answer in pages:
            assert answer.status_code == 200
            assert not re.search(
                r"<script|<svg/|<img src=x|<b>bad|[\"'\s]onmouseover=", answer.text
            )
            assert "example.com/49" not in answer.text


@pytest.mark.parametrize(
    "path", ["", "pages", f"page?url={A}", "settings", "removed/x"]
)
def test_nobody_keeps_or_frames_a_page(browser, path):
    """Nor reads it from elsewhere."""
    for who in (browser, Browser(browser.site)):
        answer = who.get(path, Origin="https://evil.example")
        assert "no-store" in answer.headers["cache-control"]
        assert "access-control-allow-origin" not in answer.headers
        if answer.status_code != 303:
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["", "pages", "sign-in", "change"])
def test_nothing_is_shown_over_a_line_that_is_not_ours(operated, path):
    """Not even where to sign in: the token would be heard."""
    method = "POST" if path in {"sign-in", "change"} else "GET"
    answer = operated.ask(method, f"/admin/{path}", {"Host": "hits.example"})

    assert answer.status_code == 403
    assert "use https" in answer.text


def test_pages_for_the_operator_open_to_whoever_is_signed_in(open_operated):
    """Those that settings close for others."""
    site = open_operated(page="private")

    assert site.get("/", LOCAL).status_code == 403
    assert Browser(site).signed_in().ask("GET", "/", admin="").status_code == 200
    assert site.get("/", {"Host": "hits.example"}).status_code == 403


def test_below_a_path_everything_leads_there(open_operated):
    """Where a proxy leaves it on."""
    browser = Browser(
        open_operated(base_path="/stats"), admin="/stats/admin/"
    ).signed_in()

    assert 'href="../admin/pages"' in browser.get("").text
    assert 'src="http://127.0.0.1:8000/stats/count' in browser.get("").text

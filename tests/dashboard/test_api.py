"""``/api/v1/``: what programs see, and what they change."""

from typing import Any

import pytest

from tests.dashboard.operating import Api, refusal
from tests.support.stored import KEYS, today

A, B, C = "example.com/a", "example.com/b", "example.com/c"
LIST_A = {"page": A, "total": 10, "today": 3, "last_7_days": 3, "last_30_days": 8}
LIST_B = {"page": B, "total": 5, "today": 0, "last_7_days": 5, "last_30_days": 5}
SUMS = {"total": 15, "today": 3, "last_7_days": 8, "last_30_days": 13}

NO_TOTALS: list[Any] = [{}, [], "x", {"total": 1, "x": 2}]


def by_page(listed: Any) -> list[Any]:
    return sorted(listed["pages"], key=lambda page: page["page"])


class TestReading:
    """GET."""

    def test_a_page_tells_all_that_is_counted(self, api):
        """Sums, days, and what has none."""
        assert api.get(f"/pages/{A}") == {
            **LIST_A,
            "undated": 2,
            "days": {str(today(20).date): 5, str(today().date): 3},
        }

    def test_no_such_page_is_404(self, api):
        """In the form of all problems."""
        assert refusal(api.ask("GET", f"/pages/{C}")) == (404, "no such page has hits")

    @pytest.mark.parametrize(
        "target",
        [
            "/pages?url=https://Example.com/a/",
            "/pages?url=example.com%2Fa%3Fx=1",
            "/pages/example.com/a/",
            "/pages/example.com%2Fa",
        ],
    )
    def test_a_page_is_named_as_people_do(self, api, target):
        """By the path or by ``?url=``."""
        assert api.get(target)["page"] == A

    @pytest.mark.parametrize(
        ("named", "key"),
        [
            ("/pages/example.com/a%20b", "example.com/a%20b"),
            ("/pages/example.com/x//y", "example.com/x//y"),
            ("/pages/example.com/caf%C3%A9", "example.com/caf%C3%A9"),
            ("/pages?url=example.com/a%2520b", "example.com/a%20b"),
            ("/pages?url=example.com/a%252Fb", "example.com/a%2Fb"),
            ("/pages/example.com/a%2Fb", "example.com/a%2Fb"),
        ],
    )
    def test_escapes_and_slashes_of_an_address_stay(self, api, named, key):
        """They are part of the key."""
        api.site.redis.set(KEYS.page(key).total, 7)

        assert api.get(named)["page"] == key

    def test_a_query_that_counts_is_part_of_a_page(self, open_operated):
        """By ``?url=``, which can hold it."""
        site = open_operated(query="p")
        site.redis.set(KEYS.page("wp.example/?p=3").total, 7)

        assert Api(site).get("/pages?url=wp.example/?p=3")["page"] == "wp.example/?p=3"

    @pytest.mark.parametrize(
        "target",
        ["/pages?url=", "/pages/", f"/pages/{A}?url={A}", "/pages?url=a.b&url=c.d"],
    )
    def test_one_page_has_to_be_named(self, api, target):
        """Not none, not two."""
        status, text = refusal(api.ask("GET", target))

        assert status == 400
        assert "name" in text

    def test_what_is_no_page_is_refused(self, api):
        """As it is where it is counted."""
        assert refusal(api.ask("GET", "/pages?url=nonsense"))[0] == 400
        assert refusal(api.ask("GET", f"/pages?url=a.example/{'x' * 3000}"))[0] == 414


class TestLists:
    """GET of many."""

    def test_pages_have_their_sums(self, api):
        """All sites', if none is named."""
        listed = api.get("/pages")

        assert by_page(listed) == [LIST_A, LIST_B]
        assert (listed["next"], listed["at"]) == (None, None)

    def test_pages_of_a_site_with_a_word(self, api):
        """In small or capital letters."""
        assert by_page(api.get("/pages?site=Example.com&query=M/A")) == [LIST_A]
        assert api.get("/pages?site=other.example")["pages"] == []

    def test_a_list_goes_on_where_it_was(self, api):
        """From site to site; nothing comes twice, nothing is left out."""
        wanted = {A, B}
        for number in range(300):
            page = f"big.example/{number}"
            api.site.redis.set(KEYS.page(page).total, 1)
            api.site.redis.sadd(KEYS.pages("big.example"), page)
            wanted.add(page)
        api.site.redis.sadd(KEYS.sites, "big.example")

        found, cursor = [], ""
        while cursor is not None:
            part = api.get(f"/pages?limit=10&cursor={cursor}")
            found += [page["page"] for page in part["pages"]]
            cursor = part["next"]

        assert sorted(found) == sorted(wanted)

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("sort=last_7_days", [LIST_B, LIST_A]),
            ("sort=last_7_days&direction=up", [LIST_A, LIST_B]),
            ("sort=today&direction=down&site=example.com", [LIST_A, LIST_B]),
            ("sort=page", [LIST_A, LIST_B]),
            ("sort=page&direction=down", [LIST_B, LIST_A]),
            ("sort=total&query=M/B", [LIST_B]),
            ("sort=total&site=other.example", []),
        ],
    )
    def test_pages_come_in_an_order(self, api, query, wanted):
        """As last added up, which is told."""
        listed = api.get(f"/pages?{query}")

        assert listed.pop("at") > 0
        assert listed == {"pages": wanted, "next": None, "found": len(wanted)}

    def test_an_order_goes_on_over_all_pages(self, api):
        """However many there are."""
        wanted = []
        for number in range(130):
            page = f"big.example/{number}"
            api.site.redis.set(KEYS.page(page).total, 1_000 - number)
            api.site.redis.sadd(KEYS.pages("big.example"), page)
            wanted.append(page)
        api.site.redis.sadd(KEYS.sites, "big.example")

        found, cursor = [], ""
        while cursor is not None:
            part = api.get(f"/pages?sort=total&limit=50&cursor={cursor}")
            assert part["found"] == 132
            found += [page["page"] for page in part["pages"]]
            cursor = part["next"]

        assert found == [*wanted, A, B]

    def test_sites_have_their_sums(self, api):
        """And how many pages."""
        (site,) = api.get("/sites")["sites"]

        assert site.pop("at") > 0
        assert site == {"site": "example.com", "pages": 2, **SUMS}

    def test_sites_go_on_where_they_were(self, api):
        """In order."""
        for name in ("a.example", "z.example"):
            api.site.redis.sadd(KEYS.sites, name)
        first = api.get("/sites?limit=2")

        assert [site["site"] for site in first["sites"]] == ["a.example", "example.com"]
        rest = api.get(f"/sites?limit=2&cursor={first['next']}")
        assert [site["site"] for site in rest["sites"]] == ["z.example"]
        assert rest["next"] is None

    @pytest.mark.parametrize(
        "query",
        [
            *("limit=0", "limit=101", "limit=x", "limit=1&limit=2", "sort=name"),
            *(
                "cursor=x",
                "cursor=1",
                f"cursor={2**64}.example.com",
                "direction=up",
                "sort=total&direction=sideways",
                "sort=total&cursor=x",
                f"sort=total&cursor={10**12}",
            ),
            *("sort=total&cursor=0.example.com", f"query={'x' * 201}", "site=.."),
            "site=example.com&cursor=0.other.example",
        ],
    )
    def test_what_is_not_understood_is_refused(self, api, query):
        """And not overlooked."""
        assert refusal(api.ask("GET", f"/pages?{query}"))[0] == 400

    def test_before_they_are_added_up_there_is_no_order(self, api):
        """A program is told to come again."""
        api.site.redis.set("hits:jobs:sums:lock", "somebody does it")

        for site in ("", "&site=example.com"):
            answer = api.ask("GET", f"/pages?sort=total{site}")
            assert refusal(answer)[0] == 503
            assert answer.headers["retry-after"] == "1"
        assert api.get("/sites")["sites"][0]["total"] is None


class TestChanges:
    """PUT, PATCH, POST, DELETE."""

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_a_total_is_set(self, api, method):
        """Its days stay."""
        answer = api.ask(method, f"/pages/{A}", {"total": 100})

        assert answer.json.pop("undo")
        assert api.site.total(A) == 100
        assert api.get(f"/pages/{A}")["last_30_days"] == 8

    def test_hits_are_added(self, api):
        """Without a date, or to a day."""
        assert api.ask("POST", f"/pages/{A}", {"add": 5}).json["after"] == 15
        assert (
            api.ask(
                "POST", f"/pages?url={A}", {"add": -2, "day": str(today().date)}
            ).json["after"]
            == 13
        )
        found = api.get(f"/pages/{A}")
        assert (found["undated"], found["today"]) == (7, 1)

    def test_hits_are_moved(self, api):
        """To a page that had none."""
        answer = api.ask("POST", f"/pages/{A}", {"move": f"https://{C}"})

        assert {**answer.json, "undo": "x"} == {
            **{"page": A, "to": C, "moved": 10, "before": 0, "after": 10},
            "undo": "x",
        }
        assert (api.site.total(A), api.site.total(C)) == (0, 10)

    def test_pages_that_become_one_are_in_the_answer(self, api):
        """Nothing takes that back, so what both had is told."""
        answer = api.ask("POST", f"/pages/{A}", {"move": B})

        assert (answer.json["after"], answer.json["undo"]) == (15, None)
        assert f"{A},,2\n" in answer.json["export"]
        assert f"{B},{today(3).date},5\n" in answer.json["export"]

    def test_a_page_begins_again(self, api):
        """And what it had is told."""
        answer = api.ask("POST", f"/pages/{A}", {"reset": True})

        assert (answer.json["pages"], answer.json["hits"]) == (1, 10)
        assert "# rows 3\n" in answer.json["export"]
        assert api.get(f"/pages/{A}")["total"] == 0

    def test_a_page_is_removed(self, api):
        """The answer is its export."""
        answer = api.ask("DELETE", f"/pages/{A}")

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.text == (
            f"# hitsvc 1\nurl,day,hits\n{A},,2\n{A},{today(20).date},5\n"
            f"{A},{today().date},3\n# rows 3\n"
        )
        assert [page["page"] for page in api.get("/pages")["pages"]] == [B]

    @pytest.mark.parametrize("method", ["DELETE", "POST"])
    def test_no_such_page_is_not_removed(self, api, method):
        """There is nothing to remove."""
        body: Any = {"reset": True} if method == "POST" else None

        assert refusal(api.ask(method, f"/pages/{C}", body))[0] == 404

    @pytest.mark.parametrize(
        ("method", "body"),
        [
            *(("PUT", {"total": total}) for total in ("5", 1.5, True, None)),
            *(("PUT", body) for body in NO_TOTALS),
            ("POST", {}),
            ("POST", {"add": 1, "reset": True}),
            ("POST", {"add": 1, "day": "2026-3-1"}),
            ("POST", {"add": 1, "day": 3}),
            ("POST", {"reset": True, "day": "2026-03-01"}),
            ("POST", {"reset": False}),
            ("POST", {"move": 3}),
            ("POST", {"move": "nonsense"}),
        ],
    )
    def test_what_is_not_understood_changes_nothing(self, api, method, body):
        """It is refused as a whole."""
        assert refusal(api.ask(method, f"/pages/{A}", body))[0] == 400
        assert api.site.total(A) == 10

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 10_000])
    def test_a_body_that_is_no_json_is_refused(self, api, body):
        """In words."""
        answer = api.site.ask("PUT", f"/api/v1/pages/{A}", api.headers, body=body)

        assert refusal(answer) == (400, 'send a JSON object, such as {"total": 20000}')

    def test_a_body_is_not_read_without_end(self, api):
        """Nobody has so much to say."""
        answer = api.site.ask(
            "PUT", f"/api/v1/pages/{A}", api.headers, body=b" " * 20_000
        )

        assert refusal(answer)[0] == 413

    @pytest.mark.parametrize(
        ("method", "body"),
        [
            ("PUT", {"total": -1}),
            ("PUT", {"total": 2**53 + 1}),
            ("POST", {"add": -11}),
            ("POST", {"move": A}),
        ],
    )
    def test_what_cannot_be_is_refused(self, api, method, body):
        """By the rules of all commands, in their words."""
        assert refusal(api.ask(method, f"/pages/{A}", body))[0] == 409
        assert api.site.total(A) == 10

    def test_one_change_at_a_time(self, api):
        """Whoever makes the other."""
        api.site.redis.set(KEYS.lock, "somebody")

        status, text = refusal(api.ask("PUT", f"/pages/{A}", {"total": 1}))

        assert status == 409
        assert "another command changes counts" in text

    def test_a_page_that_is_broken_is_told(self, api):
        """It stays as it is."""
        api.site.redis.set(KEYS.page(A).undated, "x")

        status, _ = refusal(api.ask("DELETE", f"/pages/{A}"))

        assert status == 409
        assert api.site.total(A) == 10


class TestUndo:
    """``/api/v1/undo/``."""

    @pytest.mark.parametrize(
        ("method", "body"),
        [
            ("PUT", {"total": 3}),
            ("POST", {"add": 7}),
            ("POST", {"add": -1, "day": str(today().date)}),
            ("POST", {"move": C}),
            ("POST", {"reset": True}),
            ("DELETE", None),
        ],
    )
    def test_a_change_is_taken_back_once(self, api, method, body):
        """To the hit and the day; hits that came since stay."""
        before = api.get(f"/pages/{A}")
        answer = api.ask(method, f"/pages/{A}", body)
        number = answer.headers.get("x-hits-undo") or answer.json["undo"]
        moved = body == {"move": C}
        if not moved:
            assert api.site.get(f"/count?url={A}").status_code == 200
            before |= {name: before[name] + 1 for name in ("total", *list(LIST_A)[2:])}
            before["days"] |= {str(today().date): before["today"]}

        assert api.ask("POST", f"/undo/{number}").status_code == 200

        assert api.get(f"/pages/{A}") == before
        assert refusal(api.ask("POST", f"/undo/{number}"))[0] == 409
        assert api.get(f"/pages/{A}") == before

    def test_what_cannot_be_taken_back_is_kept(self, api):
        """It may be possible later."""
        number = api.ask("POST", f"/pages/{A}", {"add": 7}).json["undo"]
        api.ask("PUT", f"/pages/{A}", {"total": 3})

        assert refusal(api.ask("POST", f"/undo/{number}"))[0] == 409
        api.ask("PUT", f"/pages/{A}", {"total": 30})
        assert api.ask("POST", f"/undo/{number}").status_code == 200
        assert api.site.total(A) == 23

    def test_what_nobody_knows_is_not_taken_back(self, api):
        """Nor found by guessing."""
        assert refusal(api.ask("POST", "/undo/x"))[0] == 409


class TestStore:
    """A store that does not do what it is asked."""

    def test_a_store_that_is_away_is_503(self, api):
        """For a change, nobody knows."""
        api.site.server.connected = False
        for method, body in (("GET", None), ("PUT", {"total": 1})):
            status, text = refusal(api.ask(method, f"/pages/{A}", body))
            assert (status, "look whether" in text) == (503, True)

    def test_changes_are_in_the_log(self, api, caplog):
        """One line each: who, what, and the numbers."""
        caplog.set_level("INFO", "hitsvc.operator")
        api.ask("PUT", f"/pages/{A}", {"total": 20_000})
        api.ask("POST", f"/pages/{A}", {"add": 1, "day": "2026-03-01"})
        api.ask("DELETE", f"/pages/{A}")
        api.ask("PUT", f"/pages/{A}", {"total": -1})
        api.site.server.connected = False
        api.ask("PUT", f"/pages/{A}", {"total": 1})

        assert [
            r.getMessage() for r in caplog.records if r.name == "hitsvc.operator"
        ] == [
            f"operator (API): set {A}: 10 -> 20,000",
            f"operator (API): added 1 to {A} on 2026-03-01: 20,000 -> 20,001",
            f"operator (API): deleted {A}: 20,001 hits",
            "operator (API): a change may have been made, or not",
        ]

"""The page's files over HTTP: headers, names, sizes and what they must not contain."""

import gzip
import re
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import falcon
import falcon.asgi
import pytest
from falcon import testing

from hitsvc.badge import BadgeMaker
from hitsvc.pages import Assets, page_routes
from hitsvc.shell import SECURITY_HEADERS, Asset, Door, Shell
from hitsvc.shell.files import accepts_gzip

SCRIPTS = ("ask.js", "codes.js", "colors.js", "copy.js", "logos.js", "page.js")
BUDGET_BYTES = 30 * 1024


class Elements(HTMLParser):
    """Gathers an HTML text's start tags with their attributes."""

    def __init__(self, text: str) -> None:
        """Parse ``text``."""
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one element."""
        self.found.append((tag, dict(attrs)))


@pytest.fixture(name="assets", scope="module")
def _assets():
    return Shell(["hitsvc.pages"])


@pytest.fixture(name="pages", scope="module")
def _pages(assets):
    return Assets(assets, BadgeMaker(), icons=["github"])


@pytest.fixture(name="client")
def _client(assets, pages):
    app = falcon.asgi.App()
    own = page_routes(pages, Door("public", "The pages"))
    for path, resource in {**own, **assets.routes()}.items():
        app.add_route(path, resource)
    return testing.TestClient(app)


@pytest.fixture(name="index")
def _index(pages):
    return Elements(pages.index.plain.data.decode()).found


@pytest.fixture(
    name="elements", params=["pages/index", "pages/leave-me-out", "shell/error"]
)
def _elements(assets, index, request):
    """What each page is made of."""
    if request.param == "pages/index":
        return index
    words = dict.fromkeys(("title", "state", "next", "button", "limits", "message"), "")
    return Elements(assets.render(f"{request.param}.html", **words).decode()).found


def read(name: str) -> str:
    """Return a file of the packages as text."""
    for package, place in (
        ("pages", "assets"),
        ("pages", "static"),
        ("shell", "static"),
    ):
        file = resources.files(f"hitsvc.{package}") / place / name
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(name)


def paths(assets: Shell) -> list[str]:
    """Return every path that the page's routes answer."""
    return [
        "/",
        "/favicon.ico",
        "/robots.txt",
        *(f"/static/{n}" for n in assets.static),
    ]


def hashed(assets: Shell, stem: str) -> str:
    """Return the path of the static file with that stem."""
    return next(f"/static/{name}" for name in assets.static if name.startswith(stem))


class TestFiles:
    """Every file the page consists of."""

    def test_the_root_is_html(self, client):
        """``/`` answers the page as UTF-8 HTML."""
        result = client.simulate_get("/")

        assert result.status == falcon.HTTP_200
        assert result.headers["content-type"] == "text/html; charset=utf-8"
        assert result.text.startswith("<!doctype html>")

    @pytest.mark.parametrize(
        ("stem", "content_type"),
        [
            *(
                pytest.param(
                    name.split(".")[0], "text/javascript; charset=utf-8", id=name
                )
                for name in SCRIPTS
            ),
            pytest.param("style", "text/css; charset=utf-8", id="style"),
            pytest.param("favicon", "image/svg+xml", id="icon"),
        ],
    )
    def test_a_static_file_has_its_type(self, client, assets, stem, content_type):
        """With nosniff, a browser uses a file only if its type is right."""
        result = client.simulate_get(hashed(assets, stem))

        assert result.headers["content-type"] == content_type

    def test_the_favicon_is_the_svg(self, client):
        """A browser that asks for /favicon.ico gets the SVG icon."""
        result = client.simulate_get("/favicon.ico")

        assert result.headers["content-type"] == "image/svg+xml"
        assert result.text == read("favicon.svg")

    def test_robots_keeps_crawlers_off_the_counters(self, client):
        """A crawler that obeys robots.txt does not raise a count."""
        result = client.simulate_get("/robots.txt")

        assert result.headers["content-type"] == "text/plain; charset=utf-8"
        assert "\nDisallow: /count\n" in result.text

    def test_an_unknown_static_file_is_not_found(self, client):
        """A name that no file has is 404."""
        assert client.simulate_get("/static/page.js").status == falcon.HTTP_404

    def test_every_file_is_found_under_the_name_the_page_uses(self, client, assets):
        """The page refers to its files by hashed names, and each of them answers."""
        references = set(
            re.findall(r"\"(static/[^\"]+)", client.simulate_get("/").text)
        )

        assert len(references) == len(assets.static) == 4 + len(SCRIPTS)
        assert all(re.search(r"\.[0-9a-f]{16}\.\w+$", path) for path in references)
        assert {client.simulate_get(f"/{path}").status for path in references} == {
            falcon.HTTP_200
        }

    def test_all_files_together_fit_the_budget(self, client, assets):
        """The whole page weighs at most 30 KB as sent."""
        accepts = {"Accept-Encoding": "gzip"}
        sizes = [
            len(client.simulate_get(path, headers=accepts).content)
            for path in ["/", *(f"/static/{name}" for name in assets.static)]
        ]

        assert sum(sizes) <= BUDGET_BYTES


class TestHeaders:
    """What each answer of the page says about itself."""

    def test_a_page_is_alone_and_may_use_nothing(self, client):
        """No other window reaches it; no camera and no place, but the clipboard."""
        headers = client.simulate_get("/").headers
        permissions = headers["permissions-policy"].split(", ")

        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert {"camera=()", "geolocation=()", "microphone=()"} <= set(permissions)
        assert all(permission.endswith("=()") for permission in permissions)
        assert "clipboard-write=()" not in permissions

    def test_every_answer_has_the_security_headers(self, client, assets):
        """CSP, nosniff, referrer policy and frame options stand on every file."""
        for path in paths(assets):
            headers = client.simulate_get(path).headers

            assert {name: headers[name.lower()] for name in SECURITY_HEADERS} == dict(
                SECURITY_HEADERS
            )

    def test_the_policy_allows_nothing_inline(self):
        """The CSP has no unsafe source and no default one."""
        policy = SECURITY_HEADERS["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy

    def test_the_page_is_asked_for_again_each_time(self, client):
        """A new release shows at once: the HTML is revalidated."""
        assert client.simulate_get("/").headers["cache-control"] == "no-cache"

    def test_a_hashed_file_is_kept_for_ever(self, client, assets):
        """A year and immutable: the name changes with the content."""
        result = client.simulate_get(hashed(assets, "style"))

        assert result.headers["cache-control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize("path", ["/favicon.ico", "/robots.txt"])
    def test_a_file_with_a_fixed_name_is_kept_a_day(self, client, path):
        """What has no hash in its name may change within a day."""
        result = client.simulate_get(path)

        assert result.headers["cache-control"] == "public, max-age=86400"

    def test_head_has_the_headers_of_get_and_no_body(self, client, assets):
        """HEAD differs from GET by the missing body only."""
        for path in paths(assets):
            got, head = client.simulate_get(path), client.simulate_head(path)

            assert head.status == falcon.HTTP_200
            assert dict(head.headers) == dict(got.headers)
            assert head.content == b""

    def test_other_sites_may_load_the_script_that_they_embed(self, client):
        """It is readable from any origin, also one that isolates itself."""
        headers = client.simulate_get("/hits.js").headers

        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        ("kept", "put_in"),
        [
            ([], '""'),
            (["id", "p", "#"], '"id,p,#"'),
            (['"', "\\", "é"], r'"\",\\,\u00e9"'),
        ],
    )
    def test_the_script_knows_what_tells_pages_apart(self, kept, put_in):
        """By the settings, as a string of JavaScript."""
        script = Assets(
            Shell(["hitsvc.pages"]), BadgeMaker(), kept
        ).embed.plain.data.decode()

        assert f"{put_in}.split" in script
        assert "HITSVC_KEPT" not in script

    def test_the_description_that_the_page_links_to_is_json(self, client):
        """The footer's link leads somewhere."""
        assert 'href="openapi.json"' in client.simulate_get("/").text
        assert client.simulate_get("/openapi.json").json["openapi"].startswith("3.")


class TestValidation:
    """ETag and If-None-Match."""

    def test_a_long_list_of_tags_is_not_read(self, client):
        """The file is sent, which is never wrong: reading them takes long."""
        etag = client.simulate_get("/").headers["etag"]
        tags = ", ".join([etag, *['"a"'] * 400])

        result = client.simulate_get("/", headers={"If-None-Match": tags})

        assert result.status_code == 200

    def test_what_the_client_has_is_not_sent_again(self, client, assets):
        """The ETag of an answer brings 304 without a body, for every file."""
        for path in paths(assets):
            etag = client.simulate_get(path).headers["etag"]

            result = client.simulate_get(path, headers={"If-None-Match": etag})

            assert (result.status, result.content) == (falcon.HTTP_304, b"")
            assert result.headers["etag"] == etag
            assert "content-type" not in result.headers

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("*", id="any"),
            pytest.param('"other", {etag}', id="list"),
            pytest.param("W/{etag}", id="weak"),
        ],
    )
    def test_every_form_of_the_header_is_understood(self, client, value):
        """A list, a weakened tag (by a proxy) and the star match too."""
        etag = client.simulate_get("/").headers["etag"]
        headers = {"If-None-Match": value.format(etag=etag)}

        assert client.simulate_get("/", headers=headers).status == falcon.HTTP_304

    @pytest.mark.parametrize("value", ['"other"', "", '"', ",,", "W/", "é"])
    def test_a_tag_that_does_not_match_gets_the_page(self, client, value):
        """An old or malformed tag is as none."""
        result = client.simulate_get("/", headers={"If-None-Match": value})

        assert result.status == falcon.HTTP_200

    def test_the_forms_of_a_file_have_different_tags(self, client):
        """A strong ETag names the bytes, so gzip has its own."""
        plain = client.simulate_get("/")
        gzipped = client.simulate_get("/", headers={"Accept-Encoding": "gzip"})

        assert plain.headers["etag"] != gzipped.headers["etag"]


class TestGzip:
    """Compression, made once at construction."""

    def test_a_client_that_accepts_gzip_gets_it(self, client):
        """The gzip form unpacks to the plain one."""
        plain = client.simulate_get("/")
        result = client.simulate_get("/", headers={"Accept-Encoding": "br, gzip"})

        assert result.headers["content-encoding"] == "gzip"
        assert result.headers["content-length"] == str(len(result.content))
        assert gzip.decompress(result.content) == plain.content

    def test_a_client_that_says_nothing_gets_the_plain_form(self, client):
        """Without Accept-Encoding nothing is compressed."""
        assert "content-encoding" not in client.simulate_get("/").headers

    def test_caches_are_told_that_forms_differ(self, client, assets):
        """Vary stands on both forms."""
        for path in paths(assets):
            for headers in ({}, {"Accept-Encoding": "gzip"}):
                result = client.simulate_get(path, headers=headers)

                assert result.headers["vary"] == "Accept-Encoding"

    def test_a_file_that_gzip_makes_longer_stays_plain(self):
        """A few bytes are sent as they are to everybody."""
        assert Asset.of(b"short", "text/plain", "no-cache").gzipped is None

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            pytest.param("gzip", True, id="gzip"),
            pytest.param("GZip", True, id="any case"),
            pytest.param("deflate, gzip;q=0.5", True, id="weight"),
            pytest.param("*", True, id="star"),
            pytest.param("br;q=1, *;q=0.1", True, id="weighted star"),
            pytest.param("", False, id="empty"),
            pytest.param("br", False, id="another"),
            pytest.param("identity;q=1, *;q=0", False, id="star refused"),
            pytest.param("gzip;q=0", False, id="refused"),
            pytest.param("gzip; q=0.000", False, id="refused with zeros"),
            pytest.param("*, gzip;q=0", False, id="refused before star"),
            pytest.param("x-gzip-not", False, id="longer name"),
        ],
    )
    def test_accept_encoding_is_read_with_its_weights(self, header, expected):
        """A weight of zero is a refusal, and a name beats the star."""
        assert accepts_gzip(header) is expected


class TestContent:
    """What the files themselves may hold."""

    def test_no_script_or_style_is_inline(self, elements):
        """The CSP would block it, so none is there."""
        for tag, attributes in elements:
            assert tag != "style"
            assert tag != "script" or attributes["src"].startswith("static/")
            assert not [a for a in attributes if a == "style" or a.startswith("on")]

    def test_every_address_in_the_pages_is_local(self, elements):
        """And relative: a proxy may have put the service below a path of a site."""
        for _, attributes in elements:
            for key in {"src", "href", "action", "formaction"} & set(attributes):
                assert re.match(r"(?![/\\]|[a-z]+:)|data:image/svg", attributes[key])

    @pytest.mark.parametrize("name", ["style.css", *SCRIPTS, "favicon.svg"])
    def test_no_asset_refers_to_another_host(self, name):
        """Only the example address and the SVG name space name a host."""
        known = {"https://example.com/post", "http://www.w3.org/2000/svg"}

        assert set(re.findall(r"\w+://[^\s\"'`)]+", read(name))) <= known
        assert not re.search(r"@import|url\(", read(name))

    def test_every_field_has_a_label(self, index):
        """A screen reader can name each text field."""
        labelled = {a["for"] for tag, a in index if tag == "label" and "for" in a}
        fields = {
            a["id"] for tag, a in index if tag == "textarea" or a.get("type") == "text"
        }
        wells = [a for _, a in index if a.get("type") == "color"]

        assert fields == labelled
        assert all(well["aria-label"] for well in wells)
        assert {well["data-field"] for well in wells} <= fields

    def test_the_form_sends_what_the_badge_understands(self, index):
        """Without JavaScript, the names of the fields are the names of parameters."""
        named = {
            a["name"]
            for tag, a in index
            if tag == "input" and "name" in a and "form" not in a
        }

        assert named == {
            "url",
            "style",
            "label",
            "labelColor",
            "color",
            "logo",
            "logoColor",
            "format",
            "show",
            "base",
        }

    def test_the_page_counts_itself(self, index):
        """Its own badge counts, by Referer, so without JavaScript too."""
        assert "count/tag.svg" in [attributes.get("src") for _, attributes in index]

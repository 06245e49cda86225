"""What tells pages apart, as the operator chooses."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.errors import InvalidURL, SettingsError, URLTooLong
from hitsvc.request import PLAIN, Identity, Sites, TargetFinder, normalise
from hitsvc.request.urls import MAX_KEY_BYTES

QUERY = Identity("p,id,cat[],wp.example:page,*.shop.example:item")
ROUTES = Identity("p", hash_routes=True)
WWW = Identity(fold_www=True)
INDEX = Identity(fold_index=True)
SESSIONS = Identity(fold_sessions=True)
ALL = Identity(
    "p,id,wp.example:page",
    hash_routes=True,
    fold_www=True,
    fold_index=True,
    fold_sessions=True,
)
POLICIES = (PLAIN, QUERY, ROUTES, WWW, INDEX, SESSIONS, ALL)

KEYS = [
    *[
        pytest.param(QUERY, url, key, id=f"query: {name}")
        for name, url, key in (
            ("one", "https://a.example/?p=12", "a.example/?p=12"),
            ("no path", "a.example?p=12", "a.example/?p=12"),
            ("a path", "a.example/blog/?p=12", "a.example/blog?p=12"),
            ("sorted", "a.example/x?p=1&id=2", "a.example/x?id=2&p=1"),
            ("others go", "a.example/x?utm=1&p=2&gclid=3", "a.example/x?p=2"),
            ("none is left", "a.example/x?utm=1", "a.example/x"),
            ("without a value", "a.example/?p=&id", "a.example"),
            ("names have a case", "a.example/?P=1", "a.example"),
            ("of one name", "a.example/?p=2&p=1", "a.example/?p=2&p=1"),
            ("a plus", "a.example/?p=a+b", "a.example/?p=a%20b"),
            ("escapes", "a.example/?p=%61%2f%c3%bc", "a.example/?p=a/%C3%BC"),
            ("letters", "a.example/?p=ü", "a.example/?p=%C3%BC"),
            ("no UTF-8", "a.example/?p=%B2", "a.example/?p=%B2"),
            ("ampersand", "a.example/?p=1%262%3D3", "a.example/?p=1%262%3D3"),
            ("a lone %", "a.example/?p=%", "a.example/?p=%25"),
            ("braces", "a.example/?p={1}", "a.example/?p=%7B1%7D"),
            ("a question mark", "a.example/?p=1?2", "a.example/?p=1?2"),
            ("an escaped name", "a.example/?%70=1", "a.example/?p=1"),
            ("brackets", "a.example/?cat[]=1", "a.example/?cat%5B%5D=1"),
            ("before the fragment", "a.example/?p=1#/x", "a.example/?p=1"),
            ("in the fragment", "a.example/#?p=1", "a.example"),
            ("its host", "wp.example/?page=1", "wp.example/?page=1"),
            ("another host", "a.example/?page=1", "a.example"),
            ("below its host", "a.wp.example/?page=1", "a.wp.example"),
            ("a subdomain", "a.b.shop.example/?item=1", "a.b.shop.example/?item=1"),
            ("itself", "shop.example/?item=1", "shop.example/?item=1"),
            ("encoded twice", "https%3A%2F%2Fa.example%2F%3Fp%3D1", "a.example/?p=1"),
        )
    ],
    *[
        pytest.param(ROUTES, url, key, id=f"route: {name}")
        for name, url, key in (
            ("a path", "a.example/#/about", "a.example/#/about"),
            ("hashbang", "a.example/#!/about", "a.example/#!/about"),
            ("hashbang, no slash", "a.example/#!about", "a.example/#!about"),
            ("a slash at its end", "a.example/app/#/about/", "a.example/app#/about"),
            ("the start", "a.example/#/", "a.example"),
            ("the hashbang start", "a.example/#!/", "a.example"),
            ("an anchor", "a.example/#about", "a.example"),
            ("an anchor in a route", "a.example/#/about#team", "a.example/#/about"),
            ("a text fragment", "a.example/#:~:text=x", "a.example"),
            ("letters", "a.example/#/ü/%7e/{x}", "a.example/#/%C3%BC/~/%7Bx%7D"),
            ("a slash in a name", "a.example/#/a%2fb", "a.example/#/a%2Fb"),
            ("a lone %", "a.example/#/%", "a.example/#/%25"),
            ("its query", "a.example/#/x?p=1&q=2", "a.example/#/x?p=1"),
            ("only a query", "a.example/#/?p=1", "a.example/#/?p=1"),
            ("only a query, hashbang", "a.example/#!?p=1", "a.example/#!/?p=1"),
            ("both queries", "a.example/?p=2#/x?p=1", "a.example/?p=2#/x?p=1"),
        )
    ],
    *[
        pytest.param(WWW, url, key, id=f"www: {name}")
        for name, url, key in (
            ("a host", "https://www.a.example/x", "a.example/x"),
            ("a port", "www.a.example:8080", "a.example:8080"),
            ("twice", "www.www.a.example", "a.example"),
            ("capitals", "WWW.A.example", "a.example"),
            ("a domain of that name", "www.com", "www.com"),
            ("this machine", "www.localhost:80", "www.localhost:80"),
            ("in the middle", "a.www.example", "a.www.example"),
            ("a longer name", "wwww.a.example", "wwww.a.example"),
            ("the root's dot", "www.example.", "www.example."),
        )
    ],
    *[
        pytest.param(INDEX, url, key, id=f"index: {name}")
        for name, url, key in (
            ("of the site", "a.example/index.html", "a.example"),
            ("of a directory", "a.example/b/index.php", "a.example/b"),
            ("capitals", "a.example/b/Default.aspx", "a.example/b"),
            ("escaped", "a.example/%69ndex.htm", "a.example"),
            ("and slashes", "a.example/b//index.html//", "a.example/b"),
            ("twice", "a.example/index.html/index.php", "a.example"),
            ("a query", "a.example/index.php?p=1", "a.example"),
            ("in the middle", "a.example/index.php/a", "a.example/index.php/a"),
            ("another name", "a.example/my-index.html", "a.example/my-index.html"),
            ("another kind", "a.example/index.txt", "a.example/index.txt"),
        )
    ],
    *[
        pytest.param(SESSIONS, url, key, id=f"session: {name}")
        for name, url, key in (
            ("servlets", "a.example/x;jsessionid=1A.w2", "a.example/x"),
            ("capitals", "a.example/x;JSESSIONID=1", "a.example/x"),
            ("PHP", "a.example/x;phpsessid=1", "a.example/x"),
            ("in the middle", "a.example/x;jsessionid=1/y", "a.example/x/y"),
            ("of the site", "a.example/;jsessionid=1?x", "a.example"),
            ("two", "a.example/x;jsessionid=1;jsessionid=2", "a.example/x"),
            ("ASP.NET", "a.example/(S(abc-1))/x.aspx", "a.example/x.aspx"),
            ("more of ASP.NET", "a.example/a/(A(x)S(y))", "a.example/a"),
            ("both", "a.example/(S(a));jsessionid=1", "a.example"),
            ("another parameter", "a.example/x;v=1", "a.example/x;v=1"),
            (
                "behind dots",
                "a.example/..;jsessionid=1/x",
                "a.example/..;jsessionid=1/x",
            ),
        )
    ],
    pytest.param(
        ALL,
        "https://www.wp.example/(S(x))/a;jsessionid=1/index.php?x=1&page=2#!/r/?id=3",
        "wp.example/a?page=2#!/r?id=3",
        id="all at once",
    ),
]


@pytest.mark.parametrize(("identity", "url", "key"), KEYS)
def test_a_setting_says_what_tells_pages_apart(identity, url, key):
    """Each by itself, in all spellings."""
    assert identity.key(url) == key
    assert identity.key(key) == key


@pytest.mark.parametrize(
    "url", ["https://www.a.example/b/index.html;jsessionid=1?p=1#/x"]
)
def test_without_settings_only_host_and_path_do(url):
    """As before there were any."""
    assert normalise(url) == "www.a.example/b/index.html;jsessionid=1"
    assert Identity().is_plain
    assert not any(identity.is_plain for identity in POLICIES[1:])


PIECES = [
    *("www.", "WWW.", "a.example", "com", "localhost", ":80", "1.2.3.4", "wp.example"),
    *("/", "//", "/index.html", "/Default.aspx", "/.", "/..", "/%2e%2E", "\\", "%2f"),
    *(";jsessionid=1", ";%6asessionid=", ";", "/(S(a))", "(A(b)S(c))", "/(", ")"),
    *("?", "&", "?p=1", "&p=2", "&id=", "=", "+", "p", "page=1", "%70=%26", "%", "%7e"),
    *("#", "#/x", "#!", "#!/", "!", "#/", "ü", "%B2", "{", "}", " ", "x", "|", "\\"),
]
URLS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@given(
    st.one_of(st.text(), URLS, URLS.map("http://www.wp.example".__add__)),
    st.sampled_from(POLICIES),
)
@example("a.example/..;jsessionid=1;jsessionid=2/x", ALL)
@example("a.example/(S(a));jsessionid=1/index.html/;jsessionid=", ALL)
def test_the_key_of_a_key_is_itself(raw, identity):
    """Whatever the settings; and it can stand in a hash tag and a header."""
    try:
        key = identity.key(raw)
    except InvalidURL:
        return
    assert identity.key(key) == key
    assert re.fullmatch(r"[!-z|~]+", key), key
    assert len(key) <= MAX_KEY_BYTES
    assert key.partition("/")[0] == identity.host(key.partition("/")[0])


@given(st.lists(st.tuples(st.sampled_from(["p", "id", "x"]), st.text(max_size=3))))
def test_the_order_of_parameters_does_not_matter(pairs):
    """Of different names; those of one name keep theirs."""
    found = dict(pairs)
    urls = {
        QUERY.key("a.example/?" + "&".join(f"{k}={v.encode().hex()}" for k, v in some))
        for some in (found.items(), reversed(found.items()), sorted(found.items()))
    }
    assert len(urls) == 1


def test_a_key_is_too_long_with_its_parameters():
    """They are a part of it."""
    assert len(QUERY.key("a.example/?p=" + "x" * 2035)) == MAX_KEY_BYTES
    with pytest.raises(URLTooLong):
        QUERY.key("a.example/?p=" + "x" * 2036)


@pytest.mark.parametrize(
    "wrong", ["a b", "p=1", "?p", "p&id", "wp.example:", "http://a.example:p", "a/b:p"]
)
def test_a_list_that_is_none_stops_the_start(wrong):
    """And says what of it is wrong."""
    chosen = SimpleNamespace(
        query=f"id,{wrong}",
        hash_routes="off",
        fold_www="off",
        fold_index="off",
        fold_sessions="off",
        sites="",
        deny="",
    )
    with pytest.raises(SettingsError, match=r"^HITSVC_QUERY=.*wp\.example:id"):
        Identity.of(chosen)


class TestHosts:
    """Which names are hosts, and of which sites."""

    def test_the_operator_may_name_a_host_without_a_dot(self):
        """In either list, or before a parameter; nobody else may."""
        identity = Identity("wiki:p", hosts="Intranet, *.lan,other.example")
        assert identity.key("http://intranet/x") == "intranet/x"
        assert identity.key("lan") == "lan"
        assert identity.key("wiki/?p=1") == "wiki/?p=1"
        with pytest.raises(InvalidURL):
            identity.key("myblog/x")

    def test_lists_of_sites_know_hosts_without_a_dot(self):
        """Whoever lists one means it."""
        assert "intranet" in Sites("intranet,*.lan")
        assert "a.lan" in Sites("intranet,*.lan")
        assert "intranet" not in Sites("", "intranet")

    @pytest.mark.parametrize("listed", ["a.example", "www.a.example", "*.a.example"])
    def test_a_folded_site_is_in_the_lists_by_either_name(self, listed):
        """`HITSVC_SITES` may name what `HITSVC_FOLD_WWW` folds away."""
        finder = TargetFinder(Sites(listed, "", WWW), WWW)
        for url in ("http://www.a.example/x", "http://a.example/x"):
            assert finder.find({"url": url}, "").key == "a.example/x"

    def test_what_is_below_a_folded_host_is_no_wider(self):
        """`*.www.a.example` is not `*.a.example`."""
        sites = Sites("*.www.a.example", "", WWW)
        assert "a.example" in sites
        assert "b.www.a.example" in sites
        assert "b.a.example" not in sites

    @pytest.mark.parametrize("text", ["a.example/x", "http://a.example", "a.example?x"])
    def test_a_page_is_no_host(self, text):
        """A site's name has no path."""
        with pytest.raises(InvalidURL):
            PLAIN.host(text)


@pytest.mark.parametrize(
    ("query", "hash_routes", "kept"),
    [
        ("", False, []),
        ("p, id,wp.example:p,*.a.example:q", False, ["id", "p", "q"]),
        ("", True, ["#"]),
        ("p", True, ["p", "#"]),
    ],
)
def test_what_matters_behind_a_path_is_told(query, hash_routes, kept):
    """For the script, which sends no more."""
    assert Identity(query, hash_routes=hash_routes).kept == kept

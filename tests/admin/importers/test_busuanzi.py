"""The Redis of busuanzi, and sitemaps."""

import hashlib
from typing import Any

import pytest
from fakeredis import FakeStrictRedis

from hitsvc.admin.importers import Busuanzi, ImportRefused, read_sitemap
from hitsvc.admin.importers.busuanzi import UNKNOWN_SITE, UNMATCHED
from hitsvc.admin.importers.shape import NO_HITS, OTHER_SITE
from tests.admin.importers.samples import shaper, totals_of, why
from tests.admin.importers.test_shape import rules

SITEMAP = [
    "https://example.com/",
    "https://example.com/post/",
    "https://example.com/%C3%BC",
]


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def md5_16(text: str) -> str:
    return md5(text)[8:24]


def plain(text: str) -> str:
    return text


@pytest.fixture(name="store")
def _store():
    with FakeStrictRedis(version=7) as store:
        yield store


def read(
    store: Any, *, prefix: str = "bsz", **shape: Any
) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    made = shaper(**shape)
    rows = Busuanzi(store, made, SITEMAP, prefix=prefix).rows()
    return totals_of(rows), why(made.left_out)


@pytest.mark.parametrize("name", [md5, md5_16, plain])
@pytest.mark.parametrize("style", ["{path}", "{host}&{path}"])
def test_hashed_pages_are_found_in_the_sitemap(store, name, style):
    """Both lengths of MD5 and none, both styles, decoded, with or without a slash."""
    host = "example.com"
    members = {
        name(style.format(host=host, path=path)): hits
        for path, hits in {"/": 1, "/post/": 20, "/post": 300, "/ü": 4000}.items()
    }
    store.zadd(f"bsz:page_pv:{name(host)}", members)
    store.set(f"bsz:site_pv:{name(host)}", 9999)

    assert read(store) == (
        {"example.com": 1, "example.com/post": 320, "example.com/%C3%BC": 4000},
        {},
    )


def test_old_versions_have_a_number_a_page(store):
    """Before 2.5, named after host and path at once."""
    store.set(f"bsz:page_pv:{md5('example.com/post/')}", 7)
    store.set(f"bsz:page_pv:{md5('example.com/gone')}", 8)

    assert read(store) == ({"example.com/post": 7}, {UNMATCHED: (1, 8)})


def test_an_index_page_is_a_page_of_its_own(store):
    """As it would be for us."""
    store.zadd(f"bsz:page_pv:{md5('example.com')}", {md5("/post/index.html"): 7})

    assert read(store)[0] == {"example.com/post/index.html": 7}


def test_what_stays_unmatched_is_told(store):
    """A page that is not in the sitemap, and a site of which nothing is."""
    store.zadd(f"bsz:page_pv:{md5('example.com')}", {md5("/gone"): 7})
    store.zadd(f"bsz:page_pv:{md5('other.example')}", {md5("/"): 8})

    assert read(store) == ({}, {UNMATCHED: (1, 7), UNKNOWN_SITE: (1, 8)})


def test_a_map_may_name_a_hash(store):
    """Site and page, as the record shows them."""
    site, page = md5("example.com"), md5("/gone")
    store.zadd(f"bsz:page_pv:{site}", {page: 7})

    urls = rules((f"{site}:{page}", "example.com/gone"))
    assert read(store, urls=urls) == ({"example.com/gone": 7}, {})


@pytest.mark.parametrize("score", [1.5, -1, float("inf"), 1e300])
def test_what_is_no_number_of_hits_is_left_out(store, score):
    """Scores can be anything."""
    store.zadd(f"bsz:page_pv:{md5('example.com')}", {md5("/"): score})

    assert read(store) == ({}, {NO_HITS: (1, 0)})


def test_other_sites_are_left_out(store):
    """A store of many sites has those of others."""
    store.zadd("bsz:page_pv:a.example", {"/": 1})
    store.zadd("bsz:page_pv:b.example", {"/": 2})

    assert read(store, site="a.example") == ({"a.example": 1}, {OTHER_SITE: (1, 2)})


def test_a_prefix_is_no_pattern(store):
    """A star in it is a star."""
    store.zadd(f"b*[z]:page_pv:{md5('example.com')}", {md5("/"): 7})
    store.zadd(f"bxz:page_pv:{md5('example.com')}", {md5("/"): 9})

    assert read(store, prefix="b*[z]") == ({"example.com": 7}, {})


NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class TestSitemap:
    """The pages that there are."""

    @pytest.mark.parametrize(
        "text",
        [
            f'<?xml version="1.0"?>\n<urlset xmlns="{NAMESPACE}" xmlns:i="urn:i"><url>'
            "<loc>\n https://a.example/?a=1&amp;b </loc><i:loc>https://x</i:loc>"
            "</url><url><loc><![CDATA[https://a.example/2]]></loc></url></urlset>",
            f'<s:urlset xmlns:s="{NAMESPACE}"><s:url><s:loc>https://a.example/?a=1&amp;b'
            "</s:loc></s:url><s:url><s:loc>https://a.example/2</s:loc></s:url></s:urlset>",
            "<urlset><url><loc>https://a.example/?a=1&amp;b</loc></url><url>"
            "<loc>https://a.example/2</loc></url></urlset>",
            "# mine\n\nhttps://a.example/?a=1&b\r\nhttps://a.example/2",
        ],
    )
    def test_urls_are_read(self, sample, text):
        """From XML of any style, or a text file; packed or not."""
        expected = ["https://a.example/?a=1&b", "https://a.example/2"]

        assert list(read_sitemap(sample("s", text))) == expected
        assert list(read_sitemap(sample("s", text, packed=True))) == expected

    def test_an_endless_url_is_passed_over(self, sample):
        """It is not kept."""
        text = f"<urlset><loc>{'a' * 5000}</loc><loc>//b.example</loc></urlset>"

        assert list(read_sitemap(sample("s", text))) == ["//b.example"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("<urlset>", "s, line 1: this is not XML"),
            ("<sitemapindex><sitemap/></sitemapindex>", "s is a list of sitemaps"),
            (f'<sitemapindex xmlns="{NAMESPACE}"/>', "s is a list of sitemaps"),
            (
                '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><urlset/>',
                "s declares entities",
            ),
            ("//a.example\n\n" * 6, "more than 5 URLs"),
        ],
        ids=["cut off", "index", "index of the namespace", "entities", "too many"],
    )
    def test_other_files_are_refused(self, sample, text, message):
        """In a sentence."""
        with pytest.raises(ImportRefused, match=message):
            list(read_sitemap(sample("s", text), limit=5))

"""Numbers of the whole site, and elements as busuanzi's and vercount's themes have them."""

import pytest

from tests.pages.hits_js.test_service import strict_policy

pytestmark = pytest.mark.browser

SITE = {"total": 1234, "today": 5, "pages": 12}


def values(brand: str, *names: str) -> str:
    """Write elements as a theme has them: hidden until there is a number."""
    return "".join(
        f'<span id="{brand}_container_{name}" style="display: none">'
        f'<b id="{brand}_value_{name}">?</b></span>'
        for name in names
    )


def test_elements_show_numbers_of_the_site(reader):
    """In any format, beside those of the page."""
    reader.counter.site = SITE
    reader.open(
        html='<b id="a" data-hits="site">…</b><b id="b" data-hits="site-today">…</b>'
        '<b id="c" data-hits="site-pages">…</b><b id="d" data-hits>…</b>'
        '<b id="e" data-hits="site" data-hits-format="grouped">…</b>'
    )

    for name, text in zip("abcde", ("1234", "5", "12", "101", "1,234"), strict=True):
        reader.shows(name, text)


@pytest.mark.parametrize("brand", ["busuanzi", "vercount"])
def test_a_themes_elements_are_filled_and_shown(reader, brand):
    """Those of the page and those of the site; who is not known stays hidden."""
    reader.counter.site = SITE
    reader.open(html=values(brand, "page_pv", "site_pv", "site_uv"))

    reader.shows(f"{brand}_value_page_pv", "101")
    reader.shows(f"{brand}_value_site_pv", "1234")
    for name, shown in {"page_pv": True, "site_pv": True, "site_uv": False}.items():
        assert reader.page.locator(f"#{brand}_container_{name}").is_visible() is shown


def test_visitors_are_shown_where_they_are_known(reader):
    """As the service tells them."""
    reader.counter.site = {**SITE, "visitors": 77}
    reader.open(html=values("busuanzi", "site_uv"))

    reader.shows("busuanzi_value_site_uv", "77")


def test_elements_show_visitors(reader):
    """Of the page, of another page, and of the site; today's and those of all days."""
    reader.counter.visitors = {"visitors": 55, "visitors_today": 6}
    reader.counter.site = {**SITE, "visitors": 77, "visitors_today": 8}
    reader.open(
        html='<b id="a" data-hits="visitors">…</b>'
        '<b id="b" data-hits="visitors-today">…</b>'
        '<b id="c" data-hits="site-visitors">…</b>'
        '<b id="d" data-hits="site-visitors-today">…</b>'
        '<b id="e" data-hits="visitors" data-hits-url="/other">…</b>'
    )

    for name, text in zip("abcde", ("55", "6", "77", "8", "55"), strict=True):
        reader.shows(name, text)


def test_visitors_of_the_page_need_no_second_file(reader):
    """They are in the answer of the view."""
    reader.counter.visitors = {"visitors": 55, "visitors_today": 6}
    reader.open(html='<b id="a" data-hits="visitors">…</b>')

    reader.shows("a", "55")
    assert [path for _, path, _ in reader.counter.asked] == ["/count.json"]


@pytest.mark.parametrize("brand", ["busuanzi", "vercount"])
def test_a_theme_shows_visitors_of_page_and_site(reader, brand):
    """Where the service tells them."""
    reader.counter.visitors = {"visitors": 55, "visitors_today": 6}
    reader.counter.site = {**SITE, "visitors": 77, "visitors_today": 8}
    reader.open(html=values(brand, "page_uv", "site_uv"))

    reader.shows(f"{brand}_value_page_uv", "55")
    reader.shows(f"{brand}_value_site_uv", "77")
    for name in ("page_uv", "site_uv"):
        assert reader.page.locator(f"#{brand}_container_{name}").is_visible()


def test_who_counts_no_visitors_leaves_the_text(reader):
    """It is no number that could be shown."""
    reader.open(html='<b id="a" data-hits="visitors">…</b><b id="b" data-hits>…</b>')

    reader.shows("b", "101")
    reader.shows("a", "…")


def test_a_service_that_tells_nothing_of_sites_leaves_a_dash(reader):
    """No spinner turns for ever, and the page's own number is there."""
    reader.open(
        html=values("busuanzi", "page_pv")
        + '<b id="vercount_value_site_pv">…</b><b id="a" data-hits="site">…</b>'
    )

    reader.shows("busuanzi_value_page_pv", "101")
    reader.shows("vercount_value_site_pv", "\u2013")
    reader.shows("a", "…")


def test_what_has_not_been_counted_yet_stays(reader):
    """After midnight nobody knows."""
    reader.counter.site = {**SITE, "today": None}
    reader.open(
        html='<b id="a" data-hits="site-today">…</b><b id="b" data-hits="site">…</b>'
    )

    reader.shows("b", "1234")
    reader.shows("a", "…")


def test_a_strict_policy_is_kept(reader):
    """The second file needs no more than the first."""
    reader.counter.site = SITE
    reader.site.headers["Content-Security-Policy"] = strict_policy(reader.counter.url)
    reader.open(html='<b id="a" data-hits="site">…</b>')

    reader.shows("a", "1234")

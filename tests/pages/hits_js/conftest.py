"""Fixtures of the tests of the script: a Chromium, a site, and who it talks to."""

from collections.abc import Iterator

import pytest

from tests.support.embedding import Reader, Recorder, Site, listening


@pytest.fixture(name="counter")
def _counter() -> Iterator[Recorder]:
    recorder = Recorder()
    with listening(recorder.handler()) as recorder.url:
        yield recorder


@pytest.fixture(name="site")
def _site() -> Iterator[Site]:
    site = Site()
    with listening(site.handler()) as site.url:
        yield site


@pytest.fixture(name="context", scope="module")
def _context(browser):
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(name="page")
def _page(context):
    context.clear_cookies()  # storage is kept by port, but cookies by host
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture(name="reader")
def _reader(page, counter, site):
    return Reader(page, counter, site)

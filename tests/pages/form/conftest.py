"""Fixtures of the tests of the form, in a real Chromium against the real service."""

import uuid

import pytest


@pytest.fixture(name="context")
def _context(browser):
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(name="page")
def _page(context, service_url):
    page = context.new_page()
    page.goto(service_url)
    return page


@pytest.fixture(name="url")
def _url():
    return f"https://{uuid.uuid4().hex}.example/post"

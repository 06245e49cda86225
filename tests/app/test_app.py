"""The app as a whole: what settings change, how it is made, and its end."""

import asyncio
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from falcon import testing

from hitsvc.app import create_app
from hitsvc.errors import SettingsError
from hitsvc.settings import Settings
from tests.support.contract import PAGE
from tests.support.site import serve, shown


class TestSettings:
    """What settings change."""

    def test_a_template_draws_the_badge(self, open_site, tmp_path):
        """SVG_TEMPLATE is used for counts, filled in."""
        template = tmp_path / "badge.svg"
        template.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><title>{label}: {count}</title></svg>'
        )
        site = open_site(svg_template=template)

        result = site.get("/count/tag.svg?url=example.com")

        assert result.text == (
            '<svg xmlns="http://www.w3.org/2000/svg"><title>hits: 1</title></svg>'
        )

    def test_an_error_does_not_use_the_template(self, open_site, tmp_path):
        """A template is made for numbers; the reason needs the built-in badge."""
        template = tmp_path / "badge.svg"
        template.write_text('<svg xmlns="http://www.w3.org/2000/svg">{count}</svg>')

        result = open_site(svg_template=template).get("/count/tag.svg")

        assert shown(result) == "invalid URL"

    def test_a_template_without_the_count_stops_the_start(self, tmp_path):
        """The app is not made, and the message says what is missing."""
        template = tmp_path / "badge.svg"
        template.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        settings = Settings.load({"HITSVC_SVG_TEMPLATE": str(template)})

        with pytest.raises(SettingsError, match=r"badge\.svg.*\{count\}"):
            create_app(settings, redis=FakeAsyncRedis(server=FakeServer()))

    def test_the_label_stands_on_the_badge(self, open_site):
        """BADGE_LABEL is escaped and shown, on errors too."""
        site = open_site(badge_label="<Besuche>")

        for target in ("?url=example.com", ""):
            result = site.get(f"/count/tag.svg{target}")
            assert shown(result).startswith("<Besuche>: ")

    def test_the_prefix_starts_every_key(self, open_site):
        """KEY_PREFIX keeps two services apart in one Redis."""
        site = open_site(key_prefix="shop:")

        site.get("/count", PAGE)

        names = site.redis.keys("*")
        assert all(name.startswith("shop:") for name in names)
        assert (
            len([name for name in names if name.startswith("shop:{example.com}")]) == 3
        )

    def test_making_the_app_connects_to_nothing(self):
        """A Redis that is not there does not stop the app from being made."""
        create_app(Settings.load({"HITSVC_REDIS_URL": "redis://127.0.0.1:1"}))

    def test_the_memory_store_needs_no_client(self):
        """`memory` brings its own Redis."""
        app = create_app(Settings.load({"HITSVC_REDIS_URL": "memory"}))

        assert (
            testing.TestClient(serve(app)).simulate_get("/count", headers=PAGE).text
            == "1"
        )


class ClosingRedis(FakeAsyncRedis):
    """Remembers whether it was closed."""

    closed = False

    async def aclose(self, *args: Any, **kwargs: Any) -> None:
        """Close."""
        self.closed = True
        await super().aclose(*args, **kwargs)


def test_the_end_of_the_server_closes_the_connection():
    """The lifespan's shutdown closes the counter, and its Redis client with it."""
    redis = ClosingRedis(server=FakeServer())

    async def serve_once() -> None:
        app = create_app(Settings.load({}), redis=redis)
        async with testing.ASGIConductor(serve(app)) as conductor:
            await conductor.simulate_get("/count", headers=PAGE)
            assert redis.closed is False

    asyncio.run(serve_once())
    assert redis.closed is True

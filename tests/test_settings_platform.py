"""What a platform that runs services says, and who wins over it."""

import pytest

from hitsvc.errors import SettingsError
from hitsvc.settings import Settings, heeded, sources

URL = "redis://:secret@store.example:6379/0"


@pytest.mark.parametrize("store", ["REDIS_URL", "VALKEY_URL"])
def test_port_and_store_of_a_platform_are_taken(store):
    """Its proxy comes from elsewhere, so every address is listened on."""
    settings = Settings.load({"PORT": "5000", store: URL})

    assert (settings.bind, settings.redis_url) == ("0.0.0.0:5000", URL)


@pytest.mark.parametrize("port", [{}, {"PORT": ""}])
def test_without_a_port_stores_are_another_programs(port):
    """Somebody's shell may well have one of them."""
    environ = {"REDIS_URL": URL, "VALKEY_URL": URL}

    assert Settings.load(environ | port) == Settings.load({})


def test_without_a_store_the_counts_are_here():
    """A port alone changes the address alone."""
    settings = Settings.load({"PORT": "0", "REDIS_URL": ""})

    assert (settings.bind, settings.redis_url) == ("0.0.0.0:0", "embedded")


def test_our_own_variables_win(tmp_path):
    """They are meant for us; files of them too."""
    file = tmp_path / "url"
    file.write_text("memory")
    environ = {"PORT": "5000", "REDIS_URL": URL, "HITSVC_BIND": ":1"}
    settings = Settings.load(environ | {"HITSVC_REDIS_URL_FILE": str(file)})

    assert (settings.bind, settings.redis_url) == (":1", "memory")


def test_options_win():
    """Whoever types them sees what happens."""
    environ = {"PORT": "none", "REDIS_URL": URL, "VALKEY_URL": "redis://other"}
    settings = Settings.load(environ, bind=":1", redis_url="memory")

    assert (settings.bind, settings.redis_url) == (":1", "memory")


@pytest.mark.parametrize("port", ["http", "65536", "-1", "1" * 9, "\u0661", "80 "])
def test_a_port_that_is_none_is_refused(port):
    """By the name that the platform gives it."""
    with pytest.raises(SettingsError) as caught:
        Settings.load({"PORT": port})

    assert str(caught.value) == (
        f"PORT={port!r}: not a port. Give a number from 0 to 65535, such as 8000."
    )


def test_one_store_by_two_names_is_one():
    """Some platforms set both."""
    environ = {"PORT": "1", "REDIS_URL": URL, "VALKEY_URL": URL}

    assert Settings.load(environ).redis_url == URL


def test_two_stores_are_refused():
    """Nobody guesses where the counts are; and no password is shown."""
    environ = {"PORT": "1", "REDIS_URL": URL, "VALKEY_URL": "redis://other"}
    with pytest.raises(SettingsError, match="set HITSVC_REDIS_URL") as caught:
        Settings.load(environ)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("store", ["REDIS_URL", "VALKEY_URL"])
def test_a_store_that_is_none_is_refused(store):
    """By the platform's name for it."""
    with pytest.raises(SettingsError, match=rf"^{store}=\(hidden\): not understood"):
        Settings.load({"PORT": "1", store: "http://secret.example"})


def test_doctor_tells_where_they_are_from():
    """And hides the store's URL."""
    environ = {"PORT": "5000", "REDIS_URL": URL}
    told = sources(environ, Settings.load(environ), {})

    assert told["HITSVC_BIND"] == ("0.0.0.0:5000", "PORT")
    assert told["HITSVC_REDIS_URL"] == ("(hidden)", "REDIS_URL")
    assert told["HITSVC_SVG_TEMPLATE"] == ("", "default")


def test_some_settings_can_be_heeded_alone() -> None:
    """With their files and a platform's port: what a demonstration reads."""
    given = {"HITSVC_BIND": "a:1", "HITSVC_TIMEZONE_FILE": "/x", "PORT": "1"}
    others = {"HITSVC_REDIS_URL": "memory", "REDIS_URL": "redis://x", "HOME": "/"}

    assert heeded(given | others, ["bind", "timezone"]) == given

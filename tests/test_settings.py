"""The settings: defaults, bounds, files, and messages about mistakes."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from hitsvc.errors import SettingsError
from hitsvc.settings import Right, Settings, unknown_variables, variable
from hitsvc.settings.mistakes import right_of

TOKEN = "0123456789abcdef0123456789abcdef"
SWITCHES = ("hash_routes", "fold_www", "fold_index", "fold_sessions")
DEFAULTS = {
    "base_path": "",
    "ignore": "",
    "redis_url": "embedded",
    "admin_redis_url": "",
    "admin_token": "",
    "admin_read_token": "",
    "key_prefix": "hits:",
    "cookie_timeout": 60,
    "refresh": "cookie",
    "visitors": "off",
    "random_value_length": 12,
    "svg_template": None,
    "badge_label": "hits",
    "redis_timeout": 0.22,
    "acknowledge": "primary",
    "queue_limit": 10_000,
    "sites": "",
    "deny": "",
    "timezone": "UTC",
    "bots": "skip",
    "query": "",
    "hash_routes": "off",
    "fold_www": "off",
    "fold_index": "off",
    "fold_sessions": "off",
    "new_pages_by_client": 120,
    "new_pages_by_site": 2000,
    "new_pages_in_all": 5000,
    "bind": "127.0.0.1:8000",
    "socket_mode": "666",
    "metrics_bind": "",
    "workers": 0,
    "max_connections": 8192,
    "max_connections_by_client": 1024,
    "drain_seconds": 0,
    "data_dir": Path("hitsvc-data"),
    "embedded_memory": 256,
    "forwarded_allow_ips": "127.0.0.1,::1",
    "client_header": "",
    "log_level": "info",
    "log_format": "text",
    "access_log": "off",
    "gunicorn_conf": None,
    "page": "public",
    "stats": "public",
    "site_stats": "off",
    "footer": "",
}

# Each bound as a pair: the last good value, and the first wrong one.
BOUNDS = [
    ("COOKIE_TIMEOUT", "0", "-1"),
    ("COOKIE_TIMEOUT", "34560000", "34560001"),
    ("RANDOM_VALUE_LENGTH", "8", "7"),
    ("EMBEDDED_MEMORY", "16", "15"),
    ("NEW_PAGES_BY_CLIENT", "0", "-1"),
    ("NEW_PAGES_BY_SITE", "0", "-1"),
    ("NEW_PAGES_IN_ALL", "0", "-1"),
    ("CLIENT_HEADER", "X-Forwarded-For", "X-Forwarded-For:"),
    ("RANDOM_VALUE_LENGTH", "64", "65"),
    ("REDIS_TIMEOUT", "0.01", "0.009"),
    ("REDIS_TIMEOUT", "10", "10.001"),
    ("QUEUE_LIMIT", "1", "0"),
    ("QUEUE_LIMIT", "1000000", "1000001"),
    ("WORKERS", "0", "-1"),
    ("WORKERS", "512", "513"),
    ("MAX_CONNECTIONS", "1", "0"),
    ("MAX_CONNECTIONS_BY_CLIENT", "0", "-1"),
    ("MAX_CONNECTIONS", "1000000", "1000001"),
    ("DRAIN_SECONDS", "0", "-1"),
    ("DRAIN_SECONDS", "3600", "3601"),
    ("BADGE_LABEL", "x" * 64, "x" * 65),
]
GOOD = [
    ("REDIS_URL", "memory"),
    ("REDIS_URL", "redis://localhost"),
    ("REDIS_URL", "rediss://user:password@host:6380/1"),
    ("REDIS_URL", "unix:///run/redis.sock"),
    ("KEY_PREFIX", "a:b"),
    ("BIND", "0.0.0.0:80"),
    ("BIND", "[::]:8000"),
    ("BIND", ":0"),
    ("BIND", "unix:/run/hitsvc.sock"),
    ("SOCKET_MODE", "600"),
    ("SOCKET_MODE", "0660"),
    ("FORWARDED_ALLOW_IPS", "*"),
    ("FORWARDED_ALLOW_IPS", "10.0.0.0/8, fd00::/8, ::1"),
    ("FORWARDED_ALLOW_IPS", "127.0.0.1,"),
    ("FORWARDED_ALLOW_IPS", ","),
    ("LOG_LEVEL", "debug"),
    ("LOG_LEVEL", "error"),
    ("LOG_FORMAT", "json"),
    ("ACCESS_LOG", "on"),
    ("BADGE_LABEL", "Besuche & <mehr>"),
    ("ADMIN_TOKEN", "0123456789abcdef012345"),
    ("ADMIN_READ_TOKEN", "x-Lq_9.R~4/+=Zz7Yt!$%&"),
    ("PAGE", "private"),
    ("FOOTER", "Imprint=https://example.org/; Ask=mailto:me@example.org;"),
    ("FOOTER", f"{'x' * 40}=http://a/?a=1&b=2; B=http://b;C=HTTPS://c"),
]
WRONG = [
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "http://localhost"),
    ("REDIS_URL", "redis://"),
    ("REDIS_URL", "Memory"),
    ("KEY_PREFIX", "a b"),
    ("KEY_PREFIX", "a{b"),
    ("KEY_PREFIX", "a}b"),
    ("KEY_PREFIX", "a\n"),
    ("KEY_PREFIX", "a\udc80"),
    ("COOKIE_TIMEOUT", "1m"),
    ("COOKIE_TIMEOUT", "0.5"),
    ("REDIS_TIMEOUT", "nan"),
    ("REDIS_TIMEOUT", "inf"),
    ("WORKERS", "many"),
    ("BIND", "8000"),
    ("BIND", "localhost"),
    ("BIND", "localhost:http"),
    ("BIND", "localhost:123456"),
    ("BIND", "unix:"),
    ("SOCKET_MODE", "0o660"),
    ("PAGE", "on"),
    ("STATS", "on"),
    ("FOOTER", "https://example.org"),
    ("FOOTER", "=https://example.org"),
    ("FOOTER", "Imprint=example.org"),
    ("FOOTER", "Imprint=/imprint"),
    ("FOOTER", "Imprint=https:///x"),
    ("FOOTER", "Imprint=https://a b"),
    ("FOOTER", "Imprint=javascript:alert(1)"),
    ("FOOTER", f"{'x' * 41}=https://example.org"),
    ("FOOTER", "A=http://a;B=http://b;C=http://c;D=http://d"),
    ("SOCKET_MODE", "rw-rw----"),
    ("SOCKET_MODE", "668"),
    ("SOCKET_MODE", "4666"),
    ("SOCKET_MODE", "66"),
    ("FORWARDED_ALLOW_IPS", "proxy.example"),
    ("FORWARDED_ALLOW_IPS", "10.0.0.1/8"),
    ("FORWARDED_ALLOW_IPS", "127.0.0.1 ::1"),
    ("LOG_LEVEL", "INFO"),
    ("LOG_LEVEL", "verbose"),
    ("LOG_FORMAT", "xml"),
    ("ACCESS_LOG", "yes"),
    ("SVG_TEMPLATE", "a\udc80"),
    ("ADMIN_TOKEN", "0123456789abcdef01234"),
    ("ADMIN_TOKEN", "aaaaaaaabbbbbbbbbbbbbbbbbb"),
    ("ADMIN_TOKEN", "0123456789abcdef 012345"),
    ("ADMIN_READ_TOKEN", "0123456789abcdef01234é"),
    ("ADMIN_READ_TOKEN", "a\udc80"),
]


def load(**variables: str) -> Settings:
    """Load settings from variables, given without the prefix."""
    return Settings.load({f"HITSVC_{k}": v for k, v in variables.items()})


def message(**variables: str) -> str:
    """Return what is said about wrong variables."""
    with pytest.raises(SettingsError) as caught:
        load(**variables)
    return str(caught.value)


class TestValues:
    """What each variable may hold."""

    def test_defaults_are_the_documented_ones(self):
        """An empty environment gives a service that works."""
        assert Settings.load({}).model_dump() == DEFAULTS

    @pytest.mark.parametrize(("name", "good", "wrong"), BOUNDS)
    def test_bound_belongs_to_the_range(self, name, good, wrong):
        """The last good value is taken, the next one refused."""
        load(**{name: good})

        assert message(**{name: wrong}).startswith(f"HITSVC_{name}='{wrong}': ")

    @pytest.mark.parametrize(("name", "value"), GOOD)
    def test_value_is_taken(self, name, value):
        """A good value is the setting, as it was written."""
        assert getattr(load(**{name: value}), name.lower()) == value

    @pytest.mark.parametrize(("name", "value"), WRONG)
    def test_value_is_refused(self, name, value):
        """A wrong value raises the domain error, in one line that names it."""
        text = message(**{name: value})

        assert text.startswith(f"HITSVC_{name}=")
        assert len(text.splitlines()) == 1

    def test_text_becomes_what_the_setting_is(self):
        """Numbers and paths are converted once, here."""
        settings = load(
            COOKIE_TIMEOUT="5", REDIS_TIMEOUT="1", SVG_TEMPLATE="b.svg", DATA_DIR="/d"
        )

        assert settings.cookie_timeout == 5
        assert settings.redis_timeout == 1.0
        assert (settings.svg_template, settings.data_dir) == (Path("b.svg"), Path("/d"))

    @pytest.mark.parametrize("name", [name.upper() for name in DEFAULTS])
    def test_an_empty_variable_is_as_none(self, name):
        """`HITSVC_X=` in an environment file means the default."""
        assert load(**{name: "", f"{name}_FILE": ""}) == Settings.load({})

    def test_other_variables_do_not_matter(self):
        """Only the prefix, and the exact name, make a setting."""
        environ = {"COOKIE_TIMEOUT": "5", "hitsvc_cookie_timeout": "5", "PATH": "/"}

        assert Settings.load(environ) == Settings.load({})

    def test_nothing_but_the_given_environment_is_read(self, tmp_path):
        """Made without values, settings are the defaults, whatever the process has."""
        assert Settings().model_dump() == DEFAULTS

    def test_settings_cannot_be_changed(self):
        """What was checked at the start holds."""
        settings = Settings.load({})

        with pytest.raises(ValidationError):
            settings.workers = 3


class TestOverrides:
    """Command-line options."""

    def test_an_override_wins(self):
        """It beats the variable."""
        settings = Settings.load({"HITSVC_WORKERS": "2"}, workers=3)

        assert settings.workers == 3

    def test_an_override_of_none_is_not_given(self):
        """An option that was not used leaves the variable."""
        settings = Settings.load({"HITSVC_WORKERS": "2"}, workers=None)

        assert settings.workers == 2

    def test_an_override_of_zero_is_given(self):
        """Zero is a value."""
        assert Settings.load({"HITSVC_WORKERS": "2"}, workers=0).workers == 0

    def test_a_wrong_override_is_refused(self):
        """It is checked as a variable is."""
        with pytest.raises(SettingsError, match="--workers '-1': too small"):
            Settings.load({}, workers=-1)


class TestMessages:
    """What an operator reads."""

    def test_it_names_variable_value_and_expectation(self):
        """One line says what to change, and to what."""
        assert message(LOG_LEVEL="loud") == (
            "HITSVC_LOG_LEVEL='loud': not understood. "
            "Give debug, info, warning or error, such as info."
        )

    def test_every_mistake_has_a_line(self):
        """Two wrong values are two lines, not two attempts."""
        lines = message(WORKERS="x", COOKIE_TIMEOUT="y").splitlines()

        assert sorted(line.partition("=")[0] for line in lines) == [
            "HITSVC_COOKIE_TIMEOUT",
            "HITSVC_WORKERS",
        ]

    def test_a_password_is_not_shown(self):
        """A wrong store URL may hold one, and logs are read by many."""
        text = message(REDIS_URL="reddis://user:sesame@host")

        assert text.startswith("HITSVC_REDIS_URL=(hidden): ")
        assert "sesame" not in text

    def test_a_proxy_that_is_no_address_is_named(self):
        """In a list, the wrong part is told."""
        assert "'proxy.example'" in message(FORWARDED_ALLOW_IPS="::1,proxy.example")


FORM = re.compile(
    r"(HITSVC_\w+=|--[\w-]+ )('.*'|\(hidden\)): .+\. Give .+, such as .+\."
)
JARGON = re.compile(r"pattern|Error|String|Input|pydantic|Expected|[\^$\\]\W")
MISTAKES = [*WRONG, *((name, wrong) for name, _, wrong in BOUNDS)]
# No text at all: what the environment holds of bytes that are not UTF-8.
NO_TEXT = "a\udc80"


class TestForm:
    """All mistakes are told alike: what was typed, what is wrong, what is right."""

    @pytest.mark.parametrize(("name", "value"), MISTAKES)
    def test_a_mistake_says_what_is_right(self, name, value):
        """With an example, and nothing of how it was found."""
        text = message(**{name: value})

        assert FORM.fullmatch(text)
        assert not JARGON.search(text.replace(repr(value), ""))

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_every_setting_can_say_what_is_right(self, name):
        """A new one that is no number and no choice of words needs a `Right`."""
        assert FORM.fullmatch(message(**{name.upper(): NO_TEXT}))

    def test_what_is_said_by_nobody_is_text(self):
        """Of a setting that takes any."""
        assert right_of(FieldInfo(annotation=str, default="x")) == Right("text", "x")

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_an_option_is_called_as_it_was_typed(self, name):
        """It is no variable to somebody who has set none."""
        with pytest.raises(SettingsError) as caught:
            Settings.load({}, **{name: NO_TEXT})
        shown = "--store" if name == "redis_url" else f"--{name.replace('_', '-')}"

        assert str(caught.value).startswith(f"{shown} ")
        assert FORM.fullmatch(str(caught.value))

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_a_missing_file_is_told_likewise(self, name):
        """For each setting."""
        text = message(**{f"{name.upper()}_FILE": "/none/such"})

        assert FORM.fullmatch(text)
        assert "no such file" in text

    @pytest.mark.parametrize("name", ["WORKERS", "LOG_LEVEL", "REDIS_URL"])
    def test_a_file_is_called_by_its_name(self, tmp_path, name):
        """The mistake is in it, not in the variable."""
        file = tmp_path / "setting"
        file.write_text("many")
        text = message(**{f"{name}_FILE": str(file)})

        assert FORM.fullmatch(text)
        assert text.startswith(f"HITSVC_{name}_FILE={str(file)!r}: it holds ")
        assert ("'many'" in text) == (name != "REDIS_URL")

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            (
                "COOKIE_TIMEOUT",
                "1m",
                "not a whole number. Give a whole number from 0 to",
            ),
            ("REDIS_TIMEOUT", "nan", "not a number. Give a number from 0.01 to 10"),
            ("WORKERS", "513", "too large. Give a whole number from 0 to 512"),
            ("EMBEDDED_MEMORY", "1", "too small. Give a whole number of at least 16"),
            ("BADGE_LABEL", "x" * 65, "too long. Give text of at most 64 characters"),
            ("BIND", "8000", "Give HOST:PORT or unix:PATH, such as 127.0.0.1:8000"),
            ("ACCESS_LOG", "yes", "Give on or off, such as off"),
            ("FORWARDED_ALLOW_IPS", "::1, 10.0.0.1/8", "(perhaps 10.0.0.0/8). Give"),
            ("KEY_PREFIX", NO_TEXT, "not UTF-8. Give text without white space"),
        ],
    )
    def test_the_problem_is_in_words(self, name, value, expected):
        """Of each kind one."""
        assert expected in message(**{name: value})


class TestFiles:
    """`HITSVC_*_FILE`."""

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_every_setting_can_stand_in_a_file(self, name, tmp_path):
        """The file's text, without white space around it, is the value."""
        value = {
            "access_log": "on",
            "bind": ":1",
            "forwarded_allow_ips": "127.0.0.1",
            "log_format": "json",
            "log_level": "error",
            "redis_url": "memory",
            "admin_redis_url": "redis://h",
            "admin_token": TOKEN,
            "admin_read_token": TOKEN,
            "socket_mode": "600",
            "embedded_memory": "99",
            "metrics_bind": ":2",
            "timezone": "Asia/Kolkata",
            "visitors": "on",
            "bots": "count",
            "base_path": "/stats",
            "ignore": "203.0.113.7",
            "refresh": "both",
            "acknowledge": "replica",
            "page": "off",
            "stats": "off",
            "site_stats": "on",
            "footer": "Imprint=https://example.org",
            **dict.fromkeys(SWITCHES, "on"),
        }.get(name, "9")
        file = tmp_path / "secret"
        file.write_text(f" {value}\n")

        from_file = load(**{f"{name.upper()}_FILE": str(file)})

        assert from_file == load(**{name.upper(): value})
        assert from_file != Settings.load({})

    def test_a_missing_file_is_refused(self, tmp_path):
        """The message names the variable and the path."""
        path = str(tmp_path / "none")

        assert message(REDIS_URL_FILE=path).startswith(
            f"HITSVC_REDIS_URL_FILE={path!r}: cannot be read (no such file"
        )

    def test_a_file_that_is_no_text_is_refused(self, tmp_path):
        """Bytes that are no UTF-8 are a mistake, not a crash."""
        file = tmp_path / "secret"
        file.write_bytes(b"\xff\xfe")

        assert "something else than text" in message(REDIS_URL_FILE=str(file))

    def test_an_empty_file_is_refused(self, tmp_path):
        """A secret that did not arrive does not become a default."""
        file = tmp_path / "secret"
        file.write_text("\n")

        text = message(WORKERS_FILE=str(file))

        assert f"HITSVC_WORKERS_FILE={str(file)!r}: it holds '', which is not" in text

    def test_a_variable_and_its_file_are_refused(self, tmp_path):
        """Nobody has to guess which one wins."""
        text = message(REDIS_URL="memory", REDIS_URL_FILE=str(tmp_path))

        assert text == (
            "HITSVC_REDIS_URL and HITSVC_REDIS_URL_FILE are both set; set one of them"
        )


class TestUnknown:
    """Variables that are no settings."""

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_a_setting_and_its_file_are_known(self, name):
        """Nothing is said about what is used."""
        known = variable(name)

        assert unknown_variables({known: "", f"{known}_FILE": "", "HOME": "/"}) == []

    def test_a_misspelt_setting_is_told(self):
        """With what was likely meant."""
        assert unknown_variables({"HITSVC_WORKER": "2"}) == [
            "HITSVC_WORKER is not a setting and is ignored; did you mean HITSVC_WORKERS?"
        ]

    def test_one_like_no_other_is_told(self):
        """Without a guess; and all of them, in order."""
        assert unknown_variables({"HITSVC_XYZXYZXYZ": "", "HITSVC_QQQQQQQQQ": ""}) == [
            "HITSVC_QQQQQQQQQ is not a setting and is ignored",
            "HITSVC_XYZXYZXYZ is not a setting and is ignored",
        ]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Belin", "(perhaps Europe/Berlin)"),
        ("europe/berlin", "(perhaps Europe/Berlin)"),
        ("Mars/Olympus Mons", "no time zone of that name"),
        ("../../etc/passwd", "no time zone of that name"),
        ("Europe", "no time zone of that name"),
        ("right/Europe/Berlin", "no time zone of that name"),
    ],
)
def test_a_zone_that_there_is_not_is_refused(zone, said):
    """With the one that was meant, if one is spelled alike."""
    with pytest.raises(SettingsError) as caught:
        Settings.load({"HITSVC_TIMEZONE": zone})
    message = str(caught.value)
    assert message.startswith(f"HITSVC_TIMEZONE={zone!r}: no time zone of that name")
    assert said in message
    assert message.endswith("Give the name of a time zone, such as Europe/Berlin.")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_zone_that_there_is_is_taken(zone):
    """As it is written."""
    assert Settings.load({"HITSVC_TIMEZONE": zone}).timezone == zone

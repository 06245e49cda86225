"""The URL of a Redis: what is read, what is refused, and that no password is shown."""

# ruff: noqa: S603 - starts a program of the system

import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio.connection import parse_url

from hitsvc.errors import SettingsError
from hitsvc.store import check_redis, open_backend, redact
from hitsvc.store.redis_url import RedisURL
from hitsvc.store.sentinel_url import SentinelURL
from tests.support.commands import run_hitsvc


@pytest.mark.parametrize(
    ("url", "place", "who", "database"),
    [
        ("redis://h", ("h", 6379, ""), ("", ""), 0),
        ("redis://", ("localhost", 6379, ""), ("", ""), 0),
        ("redis://me:p%40ss@[::1]:1/2", ("::1", 1, ""), ("me", "p@ss"), 2),
        ("redis://:a:b@h/", ("h", 6379, ""), ("", "a:b"), 0),
        ("redis://h?db=3&username=u&password=p%26", ("h", 6379, ""), ("u", "p&"), 3),
        ("redis://u@h?password=p", ("h", 6379, ""), ("u", "p"), 0),
        ("redis://u:@h", ("h", 6379, ""), ("u", ""), 0),
        ("redis://h/0?socket_timeout=5&protocol=3", ("h", 6379, ""), ("", ""), 0),
        (
            "unix:///run/a@1.sock?db=4",
            ("localhost", 6379, "/run/a@1.sock"),
            ("", ""),
            4,
        ),
        ("unix://:p@/run/s", ("localhost", 6379, "/run/s"), ("", "p"), 0),
    ],
)
def test_is_understood(url, place, who, database):
    """Place, user, password and database."""
    read = RedisURL.parse(url)
    assert (read.host, read.port, read.path) == place
    assert (read.username, read.password) == who
    assert read.database == database
    assert read.tls is None


DATABASES = [
    "abc",
    "1.5",
    "0/1",
    "/",
    "-1",
    "+1",
    "1_0",
    "%201",
    "\uff11",
    "9" * 30,
    "1e1",
]


@pytest.mark.parametrize("wrong", DATABASES)
def test_a_database_that_is_no_number_is_refused(wrong):
    """In the path and as an option; by a Sentinel URL too. It would count elsewhere."""
    for url in (
        f"redis://h/{wrong}",
        f"rediss://h/{wrong}",
        f"redis://h?db={wrong.replace('+', '%2B')}",
        f"unix:///run/s?db={wrong.replace('+', '%2B')}",
        f"redis+sentinel://h/service/{wrong}",
    ):
        for refuse in (lambda u=url: open_backend(u, 1), lambda u=url: check_redis(u)):
            with pytest.raises(SettingsError, match="database that is not a number"):
                refuse()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://h/1?db=2", "a database twice"),
        ("redis://h?db=", "not a number"),
        ("redis://h?db=1&db=2", "an option twice"),
        ("redis://h?datbase=1", "unknown option"),
        ("redis://h?path=/run/s", "unknown option"),
        ("redis://h?connection_class=x", "unknown option"),
        ("redis://h?socket_timeout=x", "cannot be read"),
        ("http://h", "cannot be read"),
        ("redis://h:port", "cannot be read"),
        ("redis://h:99999", "cannot be read"),
        ("redis://[::1", "cannot be read"),
        ("redis://secret@h", "a user and no password"),
        ("redis://h?ssl_ca_certs=/ca.pem", "TLS options without TLS"),
        ("unix:///s?ssl_cert_reqs=none", "TLS options without TLS"),
        ("unix://run/redis.sock", "one slash too few"),
        ("unix://:secret/x", "one slash too few"),
    ],
)
def test_what_may_mean_something_else_is_refused(url, reason):
    """With what it looks like, where it is set, and no part that may be a password."""
    with pytest.raises(SettingsError, match=reason) as caught:
        RedisURL.parse(url)
    assert "looks like redis://:PASSWORD@HOST:6379/0. (It is set with" in str(
        caught.value
    )
    assert "secret" not in str(caught.value)


WORDS = st.text(alphabet="a1-_~%40%2F%C3%A9:", max_size=12)


@given(
    scheme=st.sampled_from(["redis", "unix"]),
    user=WORDS,
    password=WORDS,
    host=st.sampled_from(["", "h", "H.example", "10.0.0.1", "[::1]"]),
    port=st.sampled_from(["", ":", ":0", ":1", ":65535"]),
    database=st.sampled_from(["", "/", "/0", "/15"]),
    query=st.sampled_from(
        ["", "?username=u&password=p", "?password=", "?password=%2525"]
    ),
)
def test_it_is_read_as_by_the_client_of_redis(
    scheme, user, password, host, port, database, query
):
    """Whose form of a URL it is; but that one imports too much to be asked here."""
    who = f"{user}:{password}@" if user or password else ""
    place = "/run/%41.sock" if scheme == "unix" else host + port + database
    url = f"{scheme}://{who}{place}{query}"
    try:
        read = RedisURL.parse(url)
    except SettingsError:
        return
    known = parse_url(url)

    assert (read.username, read.password) == (
        known.get("username", ""),
        known.get("password", ""),
    )
    assert (read.path, read.database) == (known.get("path", ""), known.get("db", 0))
    if scheme == "redis":
        assert (read.host, read.port) == (
            known.get("host", "localhost"),
            known.get("port", 6379),
        )


RAW = ["p@ss#word", "s3cr@et?x", "57#Wc", "pa/ss", "a@b/c", "a?b=c@d", "[x", "a\tb@c"]
FORMS = [
    "redis://:{}@127.0.0.1:1/0",
    "redis://user:{}@localhost",
    "rediss://:{}@127.0.0.1:1",
    "unix://:{}@/run/nothing.sock",
    "redis+sentinel://:{}@127.0.0.1:1/service",
    "redis://127.0.0.1:1/0?password={}",
    "redis+sentinel://127.0.0.1:1/service?sentinel_password={}",
]


@pytest.mark.parametrize("password", RAW)
@pytest.mark.parametrize("form", FORMS[:5])
def test_a_raw_password_is_told_how_to_be_written(form, password):
    """It is not looked up, and nothing of it is shown."""
    with pytest.raises(SettingsError, match="# as %23, @ as %40") as caught:
        check_redis(form.format(password))
    assert password not in str(caught.value)


SOURCES = [
    ("serve --store {url}", {}, "--store"),
    ("serve", {"HITSVC_REDIS_URL": "{url}"}, "HITSVC_REDIS_URL"),
    ("serve", {"HITSVC_REDIS_URL_FILE": "{file}"}, "HITSVC_REDIS_URL_FILE"),
    ("serve", {"PORT": "0", "REDIS_URL": "{url}"}, "REDIS_URL"),
    ("serve", {"PORT": "0", "VALKEY_URL": "{url}"}, "VALKEY_URL"),
    ("top", {"HITSVC_ADMIN_REDIS_URL": "{url}"}, "HITSVC_ADMIN_REDIS_URL"),
    ("top", {"HITSVC_ADMIN_REDIS_URL_FILE": "{file}"}, "HITSVC_ADMIN_REDIS_URL"),
    ("import {url} --from vercount", {}, "FILE"),
    ("import {url}", {}, "FILE"),
    ("show a.example", {"HITSVC_REDIS_URL_FILE": "{file}"}, "or HITSVC_REDIS_URL"),
]


@pytest.mark.parametrize(("words", "environ", "named"), SOURCES)
def test_a_raw_password_is_told_wherever_it_stands(tmp_path, words, environ, named):
    """By the name of that place; nothing of it is shown."""
    url, file = "redis://:s3cr@et?x@127.0.0.1:1/0", tmp_path / "url"
    file.write_text(f"{url}\n")
    arguments = [word.format(url=url, file=file) for word in words.split()]
    given = {k: v.format(url=url, file=file) for k, v in environ.items()}
    result = run_hitsvc(*arguments, env=given, cwd=tmp_path)

    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert "special characters of a password are percent-encoded" in line
    assert named in line
    assert "s3cr" not in line


# Characters that no message of ours has four of in a row.
LETTERS = "QXZ79"
PASSWORDS = st.text(LETTERS + "@#/?:[]%&=+;,!$ ~\t", min_size=4, max_size=24).filter(
    lambda text: any(letter in text for letter in LETTERS)
)


def leaked(password: str, message: str) -> list[str]:
    """Find the parts of a password that a message shows."""
    parts = (password[at : at + 4] for at in range(len(password) - 3))
    return [p for p in parts if set(p) & set(LETTERS) and p in message]


@settings(deadline=None)  # the system's certificates may take a while
@given(password=PASSWORDS, form=st.sampled_from(FORMS))
def test_no_message_shows_a_part_of_a_password(password, form):
    """A URL is either refused in silence about it, or read as it was meant."""
    url = form.format(password)
    try:
        watched = SentinelURL.parse(url)
        read = RedisURL.parse(url if watched is None else watched.at(("127.0.0.1", 1)))
    except SettingsError as ex:
        said = f"{ex} {ex.__cause__} {ex.__context__}"
    else:
        said = f"{redact(url)} {read!r}"
        assert read.host in {"127.0.0.1", "localhost"}
        if "?" not in form:
            assert read.password == unquote(password)
    assert leaked(password, said) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://h:1/0", "redis://h:1/0"),
        ("redis://u:p@h:1", "redis://u:***@h:1"),
        ("redis://:p:q@h:1", "redis://:***@h:1"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
        ("redis://h?password=p&db=1", "redis://h?password=***&db=1"),
        ("rediss://h?ssl_password=p", "rediss://h?ssl_password=***"),
    ],
)
def test_is_shown_without_its_password(url, shown):
    """Everything else stays readable."""
    assert redact(url) == shown


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own authority, for localhost, and its key beside it."""
    directory = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    command += " -keyout key.pem -out ca.pem -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost"
    subprocess.run(command.split(), cwd=directory, check=True, capture_output=True)
    return directory / "ca.pem"


class TestTLS:
    """What a URL says of certificates."""

    def test_certificates_and_names_are_checked(self):
        """Unless the URL says no."""
        checked = RedisURL.parse("rediss://h").tls
        assert checked is not None
        assert checked.verify_mode is ssl.CERT_REQUIRED
        assert checked.check_hostname
        unchecked = RedisURL.parse("rediss://h?ssl_cert_reqs=none").tls
        assert unchecked is not None
        assert unchecked.verify_mode is ssl.CERT_NONE

    def test_a_certificate_of_ones_own_is_taken(self, certificate):
        """As authority, and as what we show."""
        key = certificate.with_name("key.pem")
        url = f"rediss://h?ssl_ca_certs={certificate}&ssl_certfile={certificate}"
        assert RedisURL.parse(f"{url}&ssl_keyfile={key}").tls is not None

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ("ssl_ca_certs={none}", "ssl_ca_certs=.*none cannot be read: No such file"),
            ("ssl_certfile={none}", "ssl_certfile=.*none cannot be read: No such file"),
            ("ssl_keyfile={none}", "ssl_keyfile=.*none cannot be read: No such file"),
            ("ssl_ca_certs={dir}", "cannot be read: Is a directory"),
            ("ssl_ca_certs=%00", "cannot be read: not a file name"),
            ("ssl_ca_path={none}", "ssl_ca_path=.* is no directory"),
            ("ssl_ca_certs={text}", r"\(ssl_ca_certs\) cannot be used: no certificate"),
            ("ssl_certfile={text}", r"\(ssl_certfile\) cannot be used"),
            ("ssl_keyfile={ca}", r"\(ssl_keyfile\) cannot be used"),
            ("ssl_certfile={ca}&ssl_password=hunter2", r"\(ssl_certfile\) cannot be"),
            ("ssl_cert_reqs=maybe", r"\(ssl_cert_reqs\) cannot be used"),
            ("ssl_ciphers=nothing", r"\(ssl_ciphers\) cannot be used"),
            ("ssl_min_version=1", r"\(ssl_min_version\) cannot be used"),
            ("ssl_min_version=x", "cannot be read"),
        ],
    )
    @pytest.mark.parametrize("start", ["rediss://h?", "rediss+sentinel://h/service?"])
    def test_what_is_wrong_is_one_line(
        self, certificate, tmp_path, start, options, reason
    ):
        """At the start and wherever else a connection is made ready."""
        (tmp_path / "text").write_text("this is none")
        names = {"none": tmp_path / "none", "dir": tmp_path, "ca": certificate}
        url = start + options.format(**names, text=tmp_path / "text")
        attempts: list[Callable[[], object]] = [
            lambda: check_redis(url),
            lambda: open_backend(url, 1),
        ]
        for attempt in attempts:
            with pytest.raises(SettingsError, match=reason) as caught:
                attempt()
            assert "\n" not in str(caught.value)
            assert "hunter2" not in str(caught.value)

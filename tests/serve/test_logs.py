"""How log lines look, and where they go."""

import io
import json
import logging
import subprocess
import sys

import pytest

from hitsvc.serve.logs import JsonFormatter, log_config
from tests.support.commands import clean_environment

EACH = """
import logging, logging.config
from hitsvc.serve.logs import log_config
logging.config.dictConfig(log_config({level!r}, {format!r}))
for name in "hitsvc.serve.server hitsvc.command hitsvc.start hitsvc.access asyncio".split():
    for level in logging.DEBUG, logging.INFO, logging.WARNING:
        logging.getLogger(name).log(level, "%s %d", name, level)
for name in "gunicorn.error", "uvicorn.error":
    logging.getLogger(name).info(name)
    logging.getLogger(name).warning(name)
"""


def run(level: str = "info", log_format: str = "text") -> tuple[list[str], list[str]]:
    """Log with each logger; return the lines on standard output and error."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", EACH.format(level=level, format=log_format)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines(), done.stderr.splitlines()


@pytest.fixture(name="log")
def _log():
    """Return a logger that writes JSON, and what it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("hitsvc.test-of-json")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


class TestJson:
    """One object a line."""

    def test_a_line_is_an_object(self, log):
        """With time, level, logger, process and message."""
        logger, written = log
        logger.error("it has %s\nand more", "failed")
        (line,) = written()

        assert line.pop("time").endswith("Z")
        assert isinstance(line.pop("process"), int)
        assert line == {
            "level": "error",
            "logger": "hitsvc.test-of-json",
            "message": "it has failed\nand more",
        }

    def test_the_time_is_utc(self):
        """To the millisecond, as ISO 8601."""
        record = logging.makeLogRecord({"created": 1_795_000_000.25})

        assert json.loads(JsonFormatter().format(record))["time"] == (
            "2026-11-18T11:06:40.250Z"
        )

    def test_an_exception_is_a_field(self, log):
        """It stays in the line."""
        logger, written = log
        try:
            int("no")
        except ValueError:
            logger.exception("it has failed")

        assert written()[0]["exception"].endswith("with base 10: 'no'")

    def test_a_mapping_gives_fields(self, log):
        """But none of them takes the place of what every line has."""
        logger, written = log
        logger.warning("%(a)s", {"a": 1, "b": (2, 3), "level": "mine"})
        (line,) = written()

        assert (line["a"], line["b"], line["level"]) == (1, [2, 3], "warning")

    def test_what_json_cannot_say_is_text(self, log):
        """A path, or half of a character, is no reason to lose a line."""
        logger, written = log
        logger.warning("%(o)s", {"o": object, "s": "\udc80"})

        assert written()[0]["o"] == "<class 'object'>"


class TestConfiguration:
    """Loggers and streams."""

    def test_text_is_for_people(self):
        """The start is bare, commands have our name, others time and level."""
        out, err = run()

        assert out[:2] == ["hitsvc.start 20", "hitsvc.start 30"]
        assert [line for line in err if line.startswith("hitsvc: ")] == [
            "hitsvc: hitsvc.command 20",
            "hitsvc: hitsvc.command 30",
        ]
        assert [line.partition("] [")[2].partition("] ")[2] for line in err[:2]] == [
            "[INFO] hitsvc.serve.server 20",
            "[WARNING] hitsvc.serve.server 30",
        ]

    def test_json_is_everywhere(self):
        """Every line of every logger is an object."""
        out, err = run(log_format="json")

        assert {json.loads(line)["logger"] for line in out + err} == {
            "hitsvc.serve.server",
            "hitsvc.command",
            "hitsvc.start",
            "hitsvc.access",
            "asyncio",
            "gunicorn.error",
            "uvicorn.error",
        }

    def test_the_access_log_is_json_always(self):
        """At every level, on standard output."""
        out, _ = run("error")

        assert [json.loads(line)["message"] for line in out] == [
            "hitsvc.access 20",
            "hitsvc.access 30",
        ]

    @pytest.mark.parametrize(
        ("level", "lines"),
        [
            pytest.param("debug", 3, id="debug"),
            pytest.param("info", 2, id="info"),
            pytest.param("warning", 1, id="warning"),
            pytest.param("error", 0, id="error"),
        ],
    )
    def test_the_level_is_that_of_our_lines(self, level, lines):
        """What is below it is not written."""
        _, err = run(level)

        assert len([line for line in err if "hitsvc.serve.server" in line]) == lines

    def test_libraries_say_less(self):
        """At "info" they only warn."""
        _, err = run()

        assert len([line for line in err if "gunicorn.error" in line]) == 1
        assert len([line for line in err if "uvicorn.error" in line]) == 1
        assert len([line for line in err if "asyncio" in line]) == 1

    def test_defaults_are_those_of_the_settings(self):
        """What is said before they are read looks the same."""
        assert log_config() == log_config("info", "text")

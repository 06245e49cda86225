"""Files that are not the text they should be: each is named, and nothing of it counts."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator

import pytest

from hitsvc.admin.importers import (
    AccessLog,
    GoatCounter,
    HitCounter,
    ImportRefused,
    OwnFormat,
    Plausible,
    Source,
    key_of,
    read_map,
    read_sitemap,
)
from hitsvc.admin.importers.kinds import no_text
from tests.admin.importers.samples import shaper

COUNTS = "url,day,hits\nexample.com/post,2026-03-01,7\n"
LOG = (
    '203.0.113.9 - - [01/Mar/2026:23:30:00 +0100] "GET / HTTP/1.1" 200 5 "-" "-"\n' * 3
)


def zipped(name: str = "access.log") -> bytes:
    """Return an archive in which the log stands as it is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, LOG)
    return stream.getvalue()


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as file:
        info = tarfile.TarInfo("access.log")
        info.size = len(LOG)
        file.addfile(info, io.BytesIO(LOG.encode()))
    return stream.getvalue()


KINDS = {
    "zip": (zipped(), "is a ZIP file: give the file in it"),
    "empty zip": (b"PK\x05\x06" + bytes(18), "is a ZIP file"),
    "xlsx": (zipped("[Content_Types].xml"), "is a spreadsheet: save it as CSV"),
    "ods": (
        zipped("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
        "is a spreadsheet",
    ),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "is a spreadsheet"),
    "tar": (tarred(), "is a tar archive: take the file out of it"),
    "gzip twice": (
        gzip.compress(gzip.compress(LOG.encode())),
        "is packed with gzip twice",
    ),
    "bzip2": (bz2.compress(LOG.encode()), "is packed with bzip2, which is not"),
    "empty bzip2": (bz2.compress(b""), "is packed with bzip2"),
    "xz": (lzma.compress(LOG.encode()), "is packed with xz, which is not read here"),
    "zstd": (b"\x28\xb5\x2f\xfd\x24" + LOG.encode(), "is packed with zstd"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "is a 7-Zip archive"),
    "snapshot": (b"REDIS0011\xfa\tredis-ver", "is a snapshot of a Redis: hitsvc rest"),
    "valkey": (b"VALKEY080\xfa\tvalkey-ver", "is a snapshot of a Valkey"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture: nothing can be"),
    "document": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document"),
    "UTF-16": (LOG.encode("utf-16"), "is UTF-16: save it as UTF-8"),
    "UTF-16 little": (LOG.encode("utf-16-le"), "is UTF-16: save it as UTF-8"),
    "UTF-16 big": (LOG.encode("utf-16-be"), "is UTF-16: save it as UTF-8"),
    "UTF-32": (LOG.encode("utf-32"), "is UTF-32: save it as UTF-8"),
}
LINES_OF_OLD_MACS = LOG.replace("\n", "\r").encode()


def own(source: Source) -> Iterator[object]:
    return OwnFormat(source, shaper()).rows()


def access_log(source: Source) -> Iterator[object]:
    rows = shaper(site="example.com")
    return AccessLog(source, rows, lambda _: False).rows()


def hit_counter(source: Source) -> Iterator[object]:
    return HitCounter(source, shaper()).rows()


def goatcounter(source: Source) -> Iterator[object]:
    return GoatCounter(source, shaper(site="example.com")).rows()


def plausible(source: Source) -> Iterator[object]:
    return Plausible(source, shaper()).rows()


def new_names(source: Source) -> Iterator[object]:
    return iter(read_map(source, key_of).rules)


TEXT = [own, access_log, new_names, read_sitemap]
ALL = [*TEXT, hit_counter, goatcounter, plausible]
READERS = [
    pytest.param(reader, kind, id=f"{reader.__name__}-{kind}")
    for reader in ALL
    for kind in KINDS
    # These two read ZIP files, and say themselves what is missing in one.
    if reader in (*TEXT, hit_counter) or kind not in {"zip", "empty zip", "xlsx", "ods"}
]


def refusal(read: Callable[[Source], Iterator[object]], source: Source) -> str:
    with pytest.raises(ImportRefused) as refused:
        list(read(source))
    return str(refused.value)


class TestKinds:
    """A file of another kind is refused in a line that says which, and what to do."""

    @pytest.mark.parametrize("packed", [False, True], ids=["", "in gzip"])
    @pytest.mark.parametrize(("read", "kind"), READERS)
    def test_it_is_named(self, sample, read, kind, packed):
        data, said = KINDS[kind]
        if kind == "gzip twice" and packed:
            data = gzip.decompress(data)
        message = refusal(read, sample("f", data, packed=packed))

        assert message.startswith(f"f {said}")
        assert "\n" not in message

    @pytest.mark.parametrize("read", [*TEXT, goatcounter, plausible])
    def test_a_database_is_none_of_theirs(self, sample, read):
        source = sample("data.db", b"SQLite format 3\0" + bytes(84))

        assert refusal(read, source).startswith("data.db is an SQLite database: give")

    @pytest.mark.parametrize("read", [*TEXT, goatcounter, plausible])
    def test_lines_of_old_macs_are_no_lines(self, sample, read):
        """The whole file would be one line, and one hit."""
        message = refusal(read, sample("f", LINES_OF_OLD_MACS))

        assert message.startswith("f has lines that end with a carriage return alone")

    def test_a_member_of_an_archive_is_looked_at_too(self, sample):
        text = "date,page,pageviews\n2026-01-01,/,3\n"
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("imported_pages.csv", text.encode("utf-16"))
        message = refusal(plausible, sample("f.zip", stream.getvalue()))

        assert message == "f.zip: imported_pages.csv is UTF-16: save it as UTF-8"


class TestText:
    """What is text is not taken for another kind."""

    @pytest.mark.parametrize(
        "text",
        [
            LOG,
            "\ufeff" + LOG,
            COUNTS,
            "\0" * 600 + LOG,  # a log that was cut while its writer went on
            "BZhost.example " + LOG,
            "PKcombined\r\n",
            "a\r\r\n",
            "",
        ],
    )
    def test_it_may_be_read(self, text):
        assert no_text(text.encode()) == ""

    def test_a_log_that_begins_with_zeros_is_read(self, sample):
        assert len(list(access_log(sample("f", "\0" * 600 + LOG)))) == 3


class TestOtherText:
    """Text of which no line is of the form is no source without rows."""

    @pytest.mark.parametrize(
        "text", ["hello\nworld\n", COUNTS, '{"a":1}\n', "<p>Log in\n", "x" * 70_000]
    )
    def test_it_is_no_access_log(self, sample, text):
        message = refusal(access_log, sample("f", text))

        assert message.startswith("f is no access log of a known form")

    @pytest.mark.parametrize("text", ["", "\n\n"])
    def test_a_log_without_lines_has_no_views(self, sample, text):
        assert list(access_log(sample("f", text))) == []

    def test_a_log_without_requests_is_a_log(self, sample):
        """What speaks TLS to a plain port is logged, too."""
        line = (
            '203.0.113.9 - - [01/Mar/2026:23:30:00 +0100] "\\x16\\x03" 400 5 "-" "-"\n'
        )

        assert list(access_log(sample("f", line))) == []

    def test_other_json_is_no_export_of_ours(self, sample):
        message = refusal(own, sample("f", '{"a":1}\n[2]\n'))

        assert message == "f has JSON, but no row of url, day and hits in any line"

    def test_an_export_without_rows_is_one(self, sample):
        assert list(own(sample("f", '{"hitsvc": 1}\n{"rows": 0}\n'))) == []

    @pytest.mark.parametrize("text", ["", "\n", "<urlset/>"])
    def test_a_sitemap_has_urls(self, sample, text):
        assert refusal(read_sitemap, sample("f", text)).startswith("f has no URLs")

    @pytest.mark.parametrize("url", ["hello", "/post", "http://[x", "https:///post"])
    @pytest.mark.parametrize("form", ["{}\n", "<urlset><loc>{}</loc></urlset>"])
    def test_a_sitemap_has_nothing_else(self, sample, url, form):
        message = refusal(read_sitemap, sample("f", form.format(url)))

        assert message.startswith(f"f has {url} as URL 1: a URL is such as")

"""Files: packed, large, hostile; and the record of what is left out."""

import gzip
import io
import os
import struct
import zipfile

import pytest

from hitsvc.admin.importers import ImportRefused, LeftOut, Source, spooled
from hitsvc.admin.importers.archive import Archive
from hitsvc.admin.importers.left_out import MAX_EXAMPLES, MAX_REASONS, OTHER
from hitsvc.admin.importers.source import MAX_LINE_BYTES
from hitsvc.admin.importers.unpacking import Budget, gunzip


def test_gzip_is_known_by_its_first_bytes(sample):
    """Not by its name; several pieces in a row are one."""
    source = sample("access.log", gzip.compress(b"a\n") + gzip.compress(b"b\n"))

    assert list(source.lines()) == [(1, b"a\n"), (2, b"b\n")]


def test_a_source_can_be_read_again(sample):
    """Once for its id, once for its rows."""
    source = sample("x", "a\n", packed=True)

    assert list(source.lines()) == list(source.lines())
    assert source.head() == b"a\n"


def test_a_stream_is_kept_for_reading_twice():
    """Standard input cannot be read again."""
    with spooled(io.BytesIO(b"a\nb"), "standard input") as source:
        assert list(source.lines()) == [(1, b"a\n"), (2, b"b")]
        assert source.name == "standard input"
        path = source.path

    assert not path.exists()


@pytest.mark.parametrize(
    "length", [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, 10 * MAX_LINE_BYTES]
)
def test_a_line_that_is_too_long_is_passed_over(sample, length):
    """It is not kept, and the next one is read."""
    source = sample("x", b"a" * (length - 1) + b"\n" + b"b\n")
    lines = list(source.lines())

    long = (1, None) if length > MAX_LINE_BYTES else (1, b"a" * (length - 1) + b"\n")
    assert lines == [long, (2, b"b\n")]


def test_a_last_line_that_is_too_long_ends(sample):
    """No newline has to come."""
    assert list(sample("x", b"a" * MAX_LINE_BYTES).lines()) == [(1, None)]


def test_a_bomb_is_refused():
    """What unpacks to far more than logs do is stopped while it does."""
    packed = io.BytesIO(gzip.compress(b"\n" * 3_000_000))
    content = gunzip(packed, "bomb.gz", Budget("bomb.gz", ratio=250, free=1000))

    with pytest.raises(ImportRefused, match=r"bomb\.gz unpacks to more than 250 times"):
        content.read()


def test_dull_files_are_no_bombs():
    """A little may be packed however well."""
    packed = io.BytesIO(gzip.compress(b"\n" * 3_000_000))

    assert len(gunzip(packed, "x", Budget("x")).read()) == 3_000_000


@pytest.mark.parametrize("cut", [slice(0, 12), slice(0, -9), slice(0, -1)])
def test_a_packed_file_that_was_cut_off_is_refused(sample, cut):
    """Its checksum is at its end."""
    source = sample("x.gz", gzip.compress(os.urandom(1000))[cut])

    with pytest.raises(ImportRefused, match=r"x\.gz is damaged or cut off"):
        list(source.lines())


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """With the system's reason."""
    with pytest.raises(ImportRefused, match="none cannot be read: No such file"):
        Source(tmp_path / "none").head()


class TestArchive:
    """ZIP files."""

    def test_members_are_read_once_opened(self, sample):
        """Directories are none."""
        source = sample.zip("x.zip", {"dir/a": "1", "dir/": "", "b": "2"})

        with Archive.opened(source) as archive:
            assert sorted(archive.names) == ["b", "dir/a"]
            with archive.open("dir/a") as content:
                assert content.read() == b"1"

    def test_what_is_no_archive_is_refused(self, sample):
        """Its first bytes alone do not make it one."""
        with (
            pytest.raises(ImportRefused, match=r"x\.zip is not a ZIP file"),
            Archive.opened(sample("x.zip", b"PK\x03\x04 and so on")),
        ):
            pass

    def test_too_many_members_are_refused(self, sample):
        """An export has a dozen."""
        source = sample.zip("x.zip", {str(number): "" for number in range(1001)})

        with (
            pytest.raises(ImportRefused, match=r"x\.zip has more than 1,000 files"),
            Archive.opened(source),
        ):
            pass

    def test_a_bomb_among_them_is_refused(self, sample):
        """The size that the archive tells is not believed."""
        source = sample.zip("x.zip", {"bomb": "\n" * 1_000_000})

        with (
            Archive.opened(source, Budget("x.zip", free=0)) as archive,
            archive.open("bomb") as content,
            pytest.raises(ImportRefused, match="unpacks to more than 250 times"),
        ):
            content.read()

    def test_a_damaged_member_is_refused(self, sample):
        """Its checksum tells."""
        source = sample.zip("x.zip", {"a": "1" * 50})
        data = bytearray(source.path.read_bytes())
        data[33] ^= 0xFF
        source.path.write_bytes(data)

        with (
            Archive.opened(source) as archive,
            archive.open("a") as content,
            pytest.raises(ImportRefused, match=r"x\.zip: a is damaged"),
        ):
            content.read()

    def test_a_member_without_its_header_is_refused(self, sample):
        """The directory at the end points to nothing."""
        source = sample.zip("x.zip", {"a": "1"})
        data = source.path.read_bytes()
        source.path.write_bytes(b"XXXX" + data[4:])

        with (
            Archive.opened(source) as archive,
            pytest.raises(ImportRefused, match=r"x\.zip: a is damaged"),
            archive.open("a"),
        ):
            pass

    @pytest.mark.parametrize("how", ["encrypted", "bzip2"])
    def test_unusual_members_are_refused(self, sample, tmp_path, how):
        """Nobody can tell how far those would unpack."""
        method = zipfile.ZIP_BZIP2 if how == "bzip2" else zipfile.ZIP_STORED
        with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as file:
            file.writestr("a\x1b[2J", "1")
        data = bytearray((tmp_path / "x.zip").read_bytes())
        if how == "encrypted":
            at = data.index(b"PK\x01\x02") + 8
            data[at : at + 2] = struct.pack("<H", 1)
        source = sample("x.zip", bytes(data))

        with (
            Archive.opened(source) as archive,
            pytest.raises(ImportRefused, match="encrypted, or packed") as refused,
            archive.open(archive.names[0]),
        ):
            pass
        assert "\x1b" not in str(refused.value)


class TestLeftOut:
    """The record."""

    def test_rows_and_hits_are_counted_by_reason(self):
        """Each reason has its own."""
        left_out = LeftOut()
        left_out.add("a", "x", 2, "f", 1)
        left_out.add("a", "y", 3, "f", 0)
        left_out.add("b", "z", 5, "f", 9)

        assert {name: r.rows for name, r in left_out.reasons.items()} == {
            "a": 2,
            "b": 1,
        }
        assert (left_out.rows, left_out.hits) == (3, 10)
        assert left_out.reasons["a"].examples == ["f, line 1: x", "f: y"]

    def test_few_examples_are_kept(self):
        """The first ones, short, and harmless to a terminal."""
        left_out = LeftOut()
        for number in range(100):
            left_out.add("a", f"\x1b[2J\udc80{number}" + "x" * 1000, 1, "f", number)

        examples = left_out.reasons["a"].examples
        assert len(examples) == MAX_EXAMPLES
        assert examples[1].startswith("f, line 1: \\x1b[2J\\udc801xxx")
        assert all(len(text) < 200 and text.isprintable() for text in examples)

    def test_few_reasons_are_kept(self):
        """More are counted together."""
        left_out = LeftOut()
        for number in range(MAX_REASONS + 10):
            left_out.add(str(number), "x", 1, "f", 0)

        assert len(left_out.reasons) == MAX_REASONS + 1
        assert left_out.reasons[OTHER].rows == 10

    def test_a_note_is_kept_once(self):
        """However often it is said."""
        left_out = LeftOut()
        left_out.note("a")
        left_out.note("a")

        assert left_out.notes == ["a"]

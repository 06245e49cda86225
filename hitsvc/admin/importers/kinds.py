"""What a file is that is not the text it should be, by how it begins.

A log in an archive is the reason: its lines stand there as they are, and all but the
first could be counted.
"""

import re

from hitsvc.admin.importers.refused import ImportRefused

# What is needed of a file to know it.
HEAD_BYTES = 512
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
SQLITE = b"SQLite format 3\0"
GZIP = b"\x1f\x8b"

_PACKED = "is packed with {0}, which is not read here: unpack it, or pack it with gzip"
_ARCHIVE = "is {0}: take the file out of it, and give that"
_BINARY = "is {0}: nothing can be imported from that"
_CODED = "is {0}: save it as UTF-8"
_SHEET = "is a spreadsheet: save it as CSV in UTF-8"
_DATABASE = (
    "is an SQLite database: give an export, or say --from hit-counter if that made it"
)
_ZIPPED = (
    "is a ZIP file: give the file in it, or say --from goatcounter or --from plausible "
    "if they made it"
)
_DUMP = "is a snapshot of a {0}: hitsvc restore puts back those of hitsvc backup"
# In the order in which they are looked for.
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (GZIP, "is packed with gzip twice: unpack it once"),
    (b"\xfd7zXZ\0", _PACKED.format("xz")),
    (b"\x28\xb5\x2f\xfd", _PACKED.format("zstd")),
    (b"\x04\x22\x4d\x18", _PACKED.format("lz4")),
    (b"LZIP", _PACKED.format("lzip")),
    (b"\x1f\x9d", _PACKED.format("compress")),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE.format("a 7-Zip archive")),
    (b"Rar!\x1a\x07", _ARCHIVE.format("a RAR archive")),
    (SQLITE, _DATABASE),
    (b"REDIS0", _DUMP.format("Redis")),
    (b"VALKEY", _DUMP.format("Valkey")),
    (b"PGDMP", _BINARY.format("a dump of PostgreSQL in its own format")),
    (b"\x89PNG", _BINARY.format("a picture")),
    (b"\xff\xd8\xff", _BINARY.format("a picture")),
    (b"GIF8", _BINARY.format("a picture")),
    (b"RIFF", _BINARY.format("a picture, a sound or a film")),
    (b"%PDF-", _BINARY.format("a PDF document")),
    (b"\x7fELF", _BINARY.format("a program")),
    (b"\xd0\xcf\x11\xe0", _SHEET),
    (b"\xff\xfe\0\0", _CODED.format("UTF-32")),
    (b"\0\0\xfe\xff", _CODED.format("UTF-32")),
    (b"\xff\xfe", _CODED.format("UTF-16")),
    (b"\xfe\xff", _CODED.format("UTF-16")),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_SHEETS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")
_ZIP_NAME_AT = 30
_TAR, _TAR_AT = b"ustar", 257
# Without a mark at their beginning: letters of ASCII, and the zeros between them.
_WIDE = re.compile(rb"(?:[\t -~]\0){4}|(?:\0[\t -~]){4}")
_OLD_MAC = re.compile(rb"\r[^\r\n]")


def no_text(head: bytes) -> str:
    """Say what a file is, and what to do with it, as the rest of a sentence.

    Args:
        head: Its first bytes, unpacked: 512, or all up to the end of its first line.

    Returns:
        Nothing if it may be text; that it makes sense is for its reader to say.
    """
    for start, said in _KNOWN:
        if head.startswith(start):
            return said
    if head.startswith(ZIP):
        if head.startswith(_SHEETS, _ZIP_NAME_AT):
            return _SHEET
        return _ZIPPED
    if _BZIP2.match(head):
        return _PACKED.format("bzip2")
    if head.startswith(_TAR, _TAR_AT):
        return _ARCHIVE.format("a tar archive")
    if _WIDE.match(head):
        return _CODED.format("UTF-16")
    return ""


def see_text(line: bytes, name: str) -> None:
    """Look at the first line of what should be text.

    Args:
        line: It, or as much of it as a line may have.
        name: What to call the file in messages.

    Raises:
        ImportRefused: It is no text in UTF-8, with the line ends of today.
    """
    said = no_text(line)
    if not said and _OLD_MAC.search(line):
        said = (
            "has lines that end with a carriage return alone: end them with a line feed"
        )
    if said:
        msg = f"{name} {said}"
        raise ImportRefused(msg)

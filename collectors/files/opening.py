"""A file of posts opened as what it is: by its first bytes, under limits, named by number.

A file's name may itself be personal: messages say `file 2 (.csv.gz)`, the place in the list
that was given and an ending from a fixed list, with a line where there is one.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from base.errors import BadInput

_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zip")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"SQLite format 3\0": "a database",
    b"%PDF": "a PDF",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
}
SAMPLE = 1 << 18
UNDECODED = re.compile("[\udc80-\udcff]")  # what surrogateescape leaves of a foreign byte

if TYPE_CHECKING:
    Bytes = io.BufferedReader[Any]


@dataclass(frozen=True)
class FileLimits:
    """What one file may make us hold or unfold."""

    line: int = 16_000_000  # characters of one line of NDJSON, or one element of an array
    record: int = 2_000_000  # characters of one CSV record
    record_lines: int = 2_000  # lines of one CSV record
    ratio: float = 200.0  # unfolded to packed bytes; text reaches 30
    spared: int = 100_000_000  # below this the ratio is not asked
    page_rows: int = 50_000
    page_text: int = 64_000_000  # characters of text in one page
    hopeless: int = 1_000  # that many rows and none usable: the shape is wrong


@dataclass(frozen=True)
class Given:
    """One file as the user gave it: where it is, how messages call it, how to read it."""

    path: Path = field(repr=False)
    number: int = 1
    encoding: str | None = None
    limits: FileLimits = field(default_factory=FileLimits)

    @property
    def where(self) -> str:
        """`file 2 (.csv.gz)`"""
        endings = "".join(s.lower() for s in self.path.suffixes[-2:] if s.lower() in _ENDINGS)
        return f"file {self.number} ({endings})" if endings else f"file {self.number}"

    def line(self, number: int) -> str:
        """`file 2 (.csv), line 7`"""
        return f"{self.where}, line {number:,}"


class _Bounded(io.RawIOBase):
    """Unpacked bytes that stop when they outgrow the packed file beyond reason."""

    def __init__(self, packed: Bytes, given: Given, size: int) -> None:
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._given = given
        self._size = size
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            data = self._gzip.read(len(view))
        except EOFError as error:
            raise BadInput(
                "ends in the middle of the compressed data",
                where=self._given.where,
                hint="fetch the file again; reading it a second time repeats nothing",
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise BadInput("the compressed data are damaged", where=self._given.where) from error
        self._out += len(data)
        limits = self._given.limits
        if self._out > limits.spared and self._out > limits.ratio * self._size:
            raise BadInput(
                "unpacks to far more than a text can",
                where=self._given.where,
                expected=f"at most {limits.ratio:g} times the packed size",
            )
        view[: len(data)] = data
        return len(data)


@contextmanager
def open_bytes(given: Given) -> Iterator[Bytes]:
    """The file's bytes, unpacked when gzip. Raises BadInput: missing, unreadable, empty."""
    try:
        size = given.path.stat().st_size
        handle: Bytes = io.BufferedReader(io.FileIO(given.path), SAMPLE)
    except OSError as error:
        what = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        detail = "" if isinstance(error, FileNotFoundError) else f" ({error.strerror})"
        raise BadInput(what + detail, where=given.where) from error
    with handle:
        try:
            is_packed = handle.peek(2)[:2] == b"\x1f\x8b"
            reader: Bytes = handle
            if is_packed:
                reader = io.BufferedReader(_Bounded(handle, given, size), SAMPLE)
            start = reader.peek(16)
        except OSError as error:
            raise BadInput(f"cannot be read ({error.strerror})", where=given.where) from error
        if not start:
            raise BadInput("is empty", where=given.where)
        for magic, what in _OTHERS.items():
            if start.startswith(magic):
                raise BadInput(
                    f"is {what}",
                    where=given.where,
                    expected="CSV, NDJSON, a JSON array or Parquet; CSV and JSON also as .gz",
                    hint="unpack it, or save it as CSV in UTF-8",
                )
        yield reader


def is_parquet(reader: Bytes) -> bool:
    """Whether the bytes begin as Parquet does."""
    return reader.peek(4)[:4] == b"PAR1"


def open_text(reader: Bytes, given: Given) -> io.TextIOWrapper:
    """The bytes as text: by their mark, by `encoding`, else UTF-8.

    A few bytes that are no UTF-8 become lone surrogates, for the row to be rejected. Raises
    BadInput when the beginning is plainly in another encoding.
    """
    start = reader.peek(SAMPLE)[:SAMPLE]
    marked = next((name for mark, name in _BOMS if start.startswith(mark)), None)
    encoding = marked or given.encoding or "utf-8"
    wide = encoding.lower().startswith(("utf-16", "utf-32", "utf_16", "utf_32"))
    errors = "replace" if wide else "surrogateescape"
    if encoding.lower() in ("utf-8", "utf8", "utf_8"):
        _check_utf8(start, given)
    try:
        return io.TextIOWrapper(reader, encoding=encoding, errors=errors, newline="")
    except (LookupError, ValueError) as error:
        raise BadInput(
            "unknown encoding", where=given.where, expected="utf-8, utf-16, cp1252, iso-8859-2 …"
        ) from error


def _check_utf8(start: bytes, given: Given) -> None:
    if start.count(b"\0") > len(start) // 5:
        raise BadInput(
            "not text in UTF-8: every few bytes are zero",
            where=given.where,
            hint="if it is UTF-16, say --encoding utf-16",
        )
    text = start.decode("utf-8", "surrogateescape")
    # the sample may cut a letter: what stands at its very end is not held against the file
    broken = sum("\udc80" <= c <= "\udcff" for c in text[:-4])
    whole = sum("\x7f" < c < "\ud800" or c > "\udfff" for c in text)
    if broken > whole:
        raise BadInput(
            "not UTF-8",
            where=given.where,
            expected="UTF-8, or UTF-16 with its byte order mark",
            hint="for a file from a spreadsheet in Western Europe say --encoding cp1252",
        )

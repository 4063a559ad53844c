"""Rows of a CSV file that people edit, each with its file and line for messages."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base import table_faults
from base.errors import BadInput, UniteError, unknown

_BROKEN = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8


@dataclass(frozen=True)
class Row:
    """One row: its cells by column name, stripped, and where it stands."""

    cells: dict[str, str]
    where: str

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def parts(self, column: str) -> tuple[str, ...]:
        """The values of a cell that holds several, separated by `|`."""
        return tuple(p.strip() for p in self.cells[column].split("|") if p.strip())


def rows(
    path: Path, columns: Sequence[str], problems: list[UniteError] | None = None
) -> Iterator[Row]:
    """The rows of a comma-separated UTF-8 file with exactly the header `columns`.

    Blank lines are passed over; a byte order mark and Windows line ends are no fault. Raises
    BadInput with file:line for a missing file, another header, a row of another length or bytes
    that are not UTF-8 (`base.table_faults` has the words). problems: takes them instead, and
    the rows that can be read go on.
    """
    place = place_of(path)
    for line, cells in _lines(path, columns, problems):
        stripped = (c.strip() for c in cells)
        yield Row(dict(zip(columns, stripped, strict=True)), f"{place}:{line}")


def cells(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """The same rows as bare cells: for lists so long that nothing points at a row."""
    for _, found in _lines(path, columns, None):
        yield found


def place_of(path: Path) -> str:
    """How a file is called in messages: its folder's name and its own."""
    return f"{path.parent.name}/{path.name}"


def _lines(
    path: Path, columns: Sequence[str], problems: list[UniteError] | None
) -> Iterator[tuple[int, list[str]]]:
    place = place_of(path)

    def wrong(fault: BadInput | None) -> bool:
        if fault is not None and problems is None:
            raise fault
        if fault is not None and problems is not None:
            problems.append(fault)
        return fault is not None

    text = _text(path, place, wrong)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    is_first, width = True, len(columns)
    is_broken = bool(_BROKEN.search(text))
    while True:
        try:
            found = next(reader, None)
        except csv.Error as error:
            wrong(BadInput(f"not readable as CSV ({error})", where=f"{place}:{reader.line_num}",
                           hint="a quote within a cell is written twice"))  # fmt: skip
            continue
        if is_first:
            is_first = False
            if wrong(table_faults.header([c.strip() for c in found or ()], columns, place)):
                return
        elif found is None:
            return
        elif len(found) != width:
            if any(found):
                wrong(table_faults.row(found, width, f"{place}:{reader.line_num}"))
        elif any(found) and not (is_broken and _BROKEN.search("".join(found))):
            yield reader.line_num, found


def _text(path: Path, place: str, wrong: Callable[[BadInput | None], bool]) -> str | None:
    """The file's text; bytes that are not UTF-8 stand in it as lone surrogates."""
    try:
        data = path.read_bytes()
    except OSError as error:
        wrong(BadInput(f"cannot be read ({error.strerror})", where=path.name))
        return None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError:
        wrong(table_faults.undecoded(data, place))
        return None if table_faults.is_wide(data) else data.decode(errors="surrogateescape")


def by_kind(path: Path, kinds: Sequence[str]) -> dict[str, list[str]]:
    """The words of a file of `word`, `kind`, `note`, under each of the kinds. Raises BadInput with
    file:line as `rows` does, and for an unknown kind."""
    listed: dict[str, list[str]] = {kind: [] for kind in kinds}
    for row in rows(path, ("word", "kind", "note")):
        if row["kind"] not in listed:
            raise unknown("kind", row["kind"], kinds, where=row.where)
        listed[row["kind"]].append(row["word"])
    return listed

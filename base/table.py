"""Rows of a CSV file that people edit, each with its file and line for messages."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.errors import BadInput


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


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a comma-separated UTF-8 file with exactly the header `columns`.

    Blank lines are passed over. Raises BadInput with file:line for a missing file, another
    header, a row of another length or bytes that are not UTF-8.
    """
    place = f"{path.parent.name}/{path.name}"
    for line, cells in _lines(path, columns):
        stripped = (c.strip() for c in cells)
        yield Row(dict(zip(columns, stripped, strict=True)), f"{place}:{line}")


def cells(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """The same rows as bare cells: for lists so long that nothing points at a row."""
    for _, found in _lines(path, columns):
        yield found


def _lines(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    place = f"{path.parent.name}/{path.name}"
    try:
        handle = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", where=path.name) from error
    with handle:
        reader = csv.reader(handle, strict=True)
        try:
            header = next(reader, [])
            if header != list(columns):
                raise BadInput(
                    f"the header is {','.join(header)!r}",
                    where=f"{place}:1",
                    expected=",".join(columns),
                    hint="save as CSV with commas and UTF-8, without a byte order mark",
                )
            width = len(header)
            for found in reader:
                if len(found) == width:
                    if any(found):
                        yield reader.line_num, found
                elif any(found):
                    raise BadInput(
                        f"{len(found)} cells",
                        where=f"{place}:{reader.line_num}",
                        expected=f"{width} cells",
                    )
        except UnicodeDecodeError as error:
            where = f"{place}:{_undecoded(path)}"
            raise BadInput("not UTF-8", where=where, hint="save it as CSV in UTF-8") from error
        except csv.Error as error:
            where = f"{place}:{reader.line_num + 1}"
            raise BadInput(f"not readable as CSV ({error})", where=where) from error


def _undecoded(path: Path) -> int:
    """The first line that is not UTF-8."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number
    return 1

"""What one file holds: its rows, found by its first bytes, and how to read one.

Parquet, NDJSON, a JSON array, a table of text with a header or without, or lines. Raises
BadInput for the file as a whole; the rows raise it later, where the file breaks off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from base.errors import BadInput
from collectors.collector import Rejected
from collectors.files.csv_rows import NO_HEADER, Lines, read_header, read_records
from collectors.files.json_rows import read_array, read_lines
from collectors.files.opening import Given, is_parquet, open_bytes, open_text
from collectors.files.parquet_rows import open_parquet, read_rows
from collectors.files.post_lines import are_texts, by_place, count_cells, places, read_texts
from collectors.shapes import AUTO, FILE_KINDS, LINES, TABLE, Fields, Shape, choose
from collectors.shapes.table import named, resolve

_SAMPLE_ROWS = 50

Numbered = tuple[int, dict[str, Any]]
Found = Numbered | Rejected


@dataclass(frozen=True)
class Table:
    """What a file holds: its rows, and how to read one."""

    rows: Iterator[Found]
    shape: Shape
    fields: Fields


def open_table(given: Given, shape: str, columns: Mapping[str, str], stack: ExitStack) -> Table:
    """The file as its first bytes say; `stack` closes it. Raises BadInput."""
    reader = stack.enter_context(open_bytes(given))
    if is_parquet(reader):
        return _parquet(given, shape, columns, stack)
    text = stack.enter_context(open_text(reader, given))
    start = _first_letter(reader, text)
    if start in ("{", "[") and shape != LINES:
        return _json(read_lines if start == "{" else read_array, text, given, shape, columns)
    return _text(Lines(text, given.limits.record), given, shape, columns)


def _parquet(given: Given, shape: str, columns: Mapping[str, str], stack: ExitStack) -> Table:
    file = stack.enter_context(open_parquet(given.path, given))
    names = list(file.schema_arrow.names)
    chosen = choose(shape, [dict.fromkeys(names)])
    fields = _fields(chosen, names, columns, given)
    wanted: Sequence[str] = names
    if chosen.name == TABLE:
        wanted = list(resolve(names, columns).values())
    return Table(_at_least_one(read_rows(file, wanted, given), given), chosen, fields)


def _json(read: Any, text: Any, given: Given, shape: str, columns: Mapping[str, str]) -> Table:
    first, rows = _peek(read(text, given))
    sample = [r[1] for r in first if not isinstance(r, Rejected)]
    names = list(dict.fromkeys(name for row in sample for name in row))
    if not sample and first:
        raise BadInput(
            "not one of its first lines is a JSON object",
            where=given.where,
            expected="one JSON object a line, or one array of objects",
        )
    chosen = choose(shape, sample)
    return Table(_at_least_one(rows, given), chosen, _fields(chosen, names, columns, given))


def _text(lines: Lines, given: Given, shape: str, columns: Mapping[str, str]) -> Table:
    unnamed = by_place(columns)
    if shape == LINES or (shape == AUTO and not columns and are_texts(lines.sample())):
        chosen = choose(LINES, [])
        fields = _fields(chosen, ["text"], unnamed or columns, given)
        return Table(_at_least_one(read_texts(lines, given), given), chosen, fields)
    if unnamed is not None and shape not in (AUTO, TABLE, *FILE_KINDS):
        raise BadInput(
            f"columns called by their place, and the format {shape} that knows them by name",
            where=given.where,
            hint="leave out --format for a table without header",
        )
    if unnamed is not None:
        width, delimiter = count_cells(lines, given)
        names = places(width)
    else:
        names, delimiter = read_header(lines, given)
    records = read_records(len(names), delimiter, lines, given)
    rows = (
        r if isinstance(r, Rejected) else (r[0], dict(zip(names, r[1], strict=True)))
        for r in records
    )
    chosen = choose(shape, [dict.fromkeys(names, "")])
    try:
        fields = _fields(chosen, names, columns if unnamed is None else unnamed, given)
    except BadInput as error:
        if unnamed is None and error.hint:
            error.hint += f"; {NO_HEADER}"
        raise
    return Table(_at_least_one(rows, given), chosen, fields)


def _first_letter(reader: Any, text: Any) -> str:
    """The first letter that is no space, without reading on."""
    encoding = text.encoding
    start = reader.peek(4096)[:4096].decode(encoding, "ignore")
    return str(start.lstrip("\ufeff \t\r\n")[:1])


def _fields(shape: Shape, names: Sequence[str], columns: Mapping[str, str], given: Given) -> Fields:
    try:
        fields = shape.reader(names, columns)
        own = {} if shape.name == TABLE else named(names, columns)
    except BadInput as error:
        error.where = given.where
        raise
    if not own:
        return fields
    return lambda row: {**fields(row), **{t: row.get(c) for t, c in own.items()}}


def _peek(rows: Iterable[Found]) -> tuple[list[Found], Iterator[Found]]:
    rest = iter(rows)
    first = list(islice(rest, _SAMPLE_ROWS))
    return first, chain(first, rest)


def _at_least_one(rows: Iterator[Found], given: Given) -> Iterator[Found]:
    first = next(rows, None)
    if first is None:
        raise BadInput("holds no rows", where=given.where, expected="at least one row")
    return chain([first], rows)

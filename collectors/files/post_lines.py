"""Files without a header: one text a line, or a table whose columns are called by their place.

A file is taken for lines by itself only where its first line is plainly no header:
- it is none by its words: no cell is a name that a column of posts has, one cell has more
  words than a name, and it does not end as a question of a form does;
- nothing looks like cells: no tab anywhere at the beginning, no two lines in three wholly in
  quotes, and the first line's number of cells is not that of half of the lines, whichever
  delimiter is tried.
Whatever stays in doubt is read as a table, and refused where no column holds the text.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from base.errors import BadInput
from collectors.collector import Rejected
from collectors.files.csv_rows import DELIMITERS, Lines
from collectors.files.opening import UNDECODED, Given
from collectors.shapes.table import COMMON

_LONGEST_NAME = 3  # words
_NAMES = frozenset(name for names in COMMON.values() for name in names)


def are_texts(sample: Sequence[str]) -> bool:
    """Whether the first lines of a file are plainly one text each, without a header."""
    if not sample or any("\t" in line for line in sample):
        return False
    if sample[0].rstrip(' "').endswith(("?", ":")):
        return False
    if 3 * sum(_is_quoted(line) for line in sample) > 2 * len(sample):
        return False
    return all(_is_no_table(sample, delimiter) for delimiter in DELIMITERS)


def _is_quoted(line: str) -> bool:
    return len(line) > 1 and line[0] == line[-1] == '"'


def _is_no_table(sample: Sequence[str], delimiter: str) -> bool:
    try:
        rows = [r for r in csv.reader((f"{s}\n" for s in sample), delimiter=delimiter) if r]
    except csv.Error:  # a cell without end: quotes that are only quotes
        rows = [line.split(delimiter) for line in sample]
    # not as the quoting reads it: a quote that opens takes the lines after it with it
    first = sample[0].split(delimiter)
    if any(cell.strip(' "').lower() in _NAMES for cell in first):
        return False
    if max(len(cell.split()) for cell in first) <= _LONGEST_NAME:
        return False
    width = len(rows[0])
    return width == 1 or 2 * sum(len(r) == width for r in rows) < len(rows)


def read_texts(lines: Lines, given: Given) -> Iterator[tuple[int, dict[str, Any]] | Rejected]:
    """(line, its text) for each line that is not blank, or why it was rejected."""
    while (found := lines.next()) is not None:
        number, line = found
        if line is None:
            yield Rejected(number, "line", f"longer than {given.limits.record:,} characters")
        elif line.isspace():
            continue
        elif "\0" in line:
            yield Rejected(number, "line", "a NUL byte")
        elif not line.isascii() and UNDECODED.search(line):
            yield Rejected(number, "line", "bytes that are not in the file's encoding")
        else:
            yield number, {"text": line.rstrip("\r\n")}


def count_cells(lines: Lines, given: Given) -> tuple[int, str]:
    """Of a table without header: how many cells a row has, and the delimiter. Raises BadInput."""
    sample = lines.sample()
    if not sample:
        raise BadInput("is empty", where=given.where)
    agree, most, delimiter = 0, 0, DELIMITERS[0]
    for each in DELIMITERS:
        counts = Counter(n for line in sample if (n := line.count(each)))
        (count, lines_with), *_ = counts.most_common(1) or [(0, 0)]
        if lines_with > agree:
            agree, most, delimiter = lines_with, count, each
    if delimiter != "\t":
        try:
            return len(next(csv.reader(sample, delimiter=delimiter, strict=True))), delimiter
        except csv.Error:
            pass
    return most + 1, delimiter


def by_place(columns: Mapping[str, str]) -> dict[str, str] | None:
    """`text=2` as `text=column 2`; None where the columns are called by names."""
    used = [c for c in columns.values() if c]
    if not used or not all(c.isascii() and c.isdigit() for c in used):
        return None
    return {target: f"column {place}" if place else "" for target, place in columns.items()}


def places(count: int) -> list[str]:
    """What columns without a name are called: column 1, column 2 …"""
    return [f"column {place}" for place in range(1, count + 1)]

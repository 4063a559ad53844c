"""Records of a CSV file, one bad one never taking others with it.

A quote that is opened and not closed makes every following line part of one cell. So a record
that fails (the quoting, the number of cells, its length) and spans lines is given up at its
first line only, and reading goes on at the second. Nothing longer than the limits is held.

Between tabs quotes are often only quotes: a line with tabs that has all its cells by itself,
and cannot be read with the quoting or only together with another such line, is read as it is.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator

from base.errors import BadInput
from collectors.collector import Rejected
from collectors.files.opening import UNDECODED, Given

DELIMITERS = (",", ";", "\t", "|")
_MOST_RESTARTS = 2_000  # quotes that never close; beyond, the file is not CSV
_SAMPLE_LINES, _SAMPLE_TEXT = 50, 1 << 18
NO_HEADER = (
    "a file without header: one text a line with --format lines, "
    "else the columns by their place, --columns text=2"
)

Numbered = tuple[int, list[str]]
Line = tuple[int, str | None]  # None: longer than the limit


class Lines:
    """Physical lines with their numbers, none longer than the limit; some may be put back."""

    def __init__(self, text: io.TextIOBase, most: int) -> None:
        self._text = text
        self._most = most
        self._back: deque[Line] = deque()
        self._number = 0

    def next(self) -> Line | None:
        """(number, line), the line None when too long; None at the end."""
        if self._back:
            return self._back.popleft()
        line = self._text.readline(self._most + 1)
        if not line:
            return None
        self._number += 1
        if len(line) <= self._most:
            return self._number, line
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(self._most)
        return self._number, None

    def put_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))

    def sample(self) -> list[str]:
        """The first lines that are not blank, without their ends; they will be read again."""
        seen: list[Line] = []
        found: list[str] = []
        size = 0
        while len(found) < _SAMPLE_LINES and size < _SAMPLE_TEXT and (line := self.next()):
            seen.append(line)
            size += len(line[1] or "")
            if line[1] and not line[1].isspace():
                found.append(line[1].rstrip("\r\n"))
        self.put_back(seen)
        return found


def read_header(lines: Lines, given: Given) -> tuple[list[str], str]:
    """The column names and the delimiter; the lines after it are next. Raises BadInput."""
    number, line = 0, ""
    while not line.strip():
        first = lines.next()
        if first is None:
            raise BadInput("is empty", where=given.where)
        number, found = first
        if found is None:
            raise BadInput("the line is too long for a header", where=given.line(number))
        line = found
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise BadInput(
            "a header that cannot be read", where=given.line(number), hint=NO_HEADER
        ) from error
    names = [n.strip() for n in names]
    twice = sorted({i + 1 for i, n in enumerate(names) if n and n in names[:i]})
    if twice:
        raise BadInput(
            f"column {twice[0]} has the same name as an earlier one",
            where=given.line(number),
            expected="each column name once",
            hint=NO_HEADER,
        )
    return names, delimiter


def read_records(
    width: int, delimiter: str, lines: Lines, given: Given
) -> Iterator[Numbered | Rejected]:
    """(line, cells) for each record, or why it was rejected."""
    csv.field_size_limit(max(csv.field_size_limit(), given.limits.record + 1))
    tabs = width - 1 if delimiter == "\t" else 0
    restarts = 0
    while (first := lines.next()) is not None:
        number, line = first
        if line is None:
            yield Rejected(number, "line", f"longer than {given.limits.record:,} characters")
            continue
        if '"' not in line:
            # the common way: no quote, no doubt
            cells = line.rstrip("\r\n").split(delimiter)
            if cells == [""]:
                continue
            held: list[Line] = []
            problem = None
        else:
            is_complete = tabs > 0 and line.count(delimiter) == tabs
            found, held, problem = _record(
                line, delimiter, lines, given, tabs if is_complete else None
            )
            cells = found or []
            if is_complete and (problem or len(cells) != width):
                lines.put_back(held)
                cells, held, problem = line.rstrip("\r\n").split(delimiter), [], None
        is_plain = not held and line.isascii() and "\0" not in line
        problem = problem or _problem(cells, width, is_plain)
        if problem is None:
            yield number, cells
            continue
        yield Rejected(number, problem[0], problem[1])
        if held:
            restarts += 1
            if restarts > max(_MOST_RESTARTS, number // 100):
                raise BadInput(
                    "quotes that do not close, again and again",
                    where=given.line(number),
                    expected="cells with line breaks in double quotes, quotes inside doubled",
                )
            lines.put_back(held)


def _record(
    line: str, delimiter: str, lines: Lines, given: Given, ends_before: int | None
) -> tuple[list[str] | None, list[Line], tuple[str, str] | None]:
    """(cells, further lines that were read, problem) of the record that begins at `line`.

    ends_before: a line with so many delimiters is another record, whatever is still open.
    """
    held: list[Line] = []
    size = len(line)
    stopped: str | None = None

    def feed() -> Iterator[str]:
        nonlocal size, stopped
        yield line
        while stopped is None:
            following = lines.next()
            if following is None:
                stopped = "a quote that is never closed"
                return
            at, more = following
            size += len(more or "")
            if more is not None and more.count(delimiter) == ends_before:
                stopped = "a quote that is never closed"
            elif more is None or size > given.limits.record:
                stopped = f"longer than {given.limits.record:,} characters"
            elif len(held) >= given.limits.record_lines:
                stopped = f"longer than {given.limits.record_lines:,} lines"
            held.append((at, more))
            if stopped is None and more is not None:
                yield more

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except StopIteration:
        return None, held, ("line", stopped or "no cells")
    except csv.Error:
        return None, held, ("line", stopped or "quotes that do not fit")
    return cells, held, None


def _problem(cells: list[str], width: int, is_plain: bool) -> tuple[str, str] | None:
    if len(cells) != width:
        return "line", f"{len(cells)} cells where the header has {width}"
    if is_plain:
        return None
    if any("\0" in c for c in cells):
        return "line", "a NUL byte"
    if any(not c.isascii() and UNDECODED.search(c) for c in cells):
        return "line", "bytes that are not in the file's encoding"
    return None

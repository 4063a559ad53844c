"""Posts from files: CSV (also .gz), NDJSON, a JSON array, Parquet; exports of other tools.

Read in pages under a bound of rows and of text, so that memory stays flat. One bad row goes
to quarantine with its place and reason, the others go on. What a file is, its first bytes say;
what its rows hold, its shape (`collectors/shape_*.py`), found by looking or named. The platform
is the one asked for, else the row's, else the shape's, else the source's (`files`).

Raises BadInput, which names a file by its place in the list, never by name or content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from base.errors import BadInput
from base.time import now, zone
from collectors.collector import Cursor, Page, Rejected, Source, Window
from collectors.errors import Unmappable
from collectors.files_csv import read_header, read_records
from collectors.files_json import read_array, read_lines
from collectors.files_open import FileLimits, Given, is_parquet, open_bytes, open_text
from collectors.files_parquet import open_parquet, read_rows
from collectors.files_shapes import AUTO, TABLE, Fields, Shape, choose
from collectors.http import Http
from collectors.items import Reading, Row, page_items, settle
from collectors.shape_table import named, resolve
from store.schema import ITEM

COLLECTOR = "files"

_TEXT = ITEM.get_field_index("text")
_SAMPLE_ROWS = 50

Numbered = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class _Table:
    """What a file holds: its rows, and how to read one."""

    rows: Iterator[Numbered | Rejected]
    shape: Shape
    fields: Fields


def collect(source: Source, window: Window, cursor: Cursor | None, http: Http) -> Iterator[Page]:
    """The rows of the file at `source.address`; the whole file, whatever the window.

    Options of the source: format, columns (`text=body,created=date`), platform, encoding. The
    cursor is the place of the last row read, void as soon as the file has changed.
    """
    del window, http
    path = Path(source.address)
    options = source.options
    stamp = _stamp(path)
    state = cursor.state if cursor else {}
    after = int(state.get("row", "0")) if state.get("file") == stamp else 0
    pages = read(
        path,
        source,
        shape=options.get("format", AUTO),
        columns=parse_columns(options.get("columns", "")),
        platform=options.get("platform"),
        encoding=options.get("encoding"),
        after=after,
    )
    for page in pages:
        place = page.cursor.state["row"] if page.cursor else "0"
        next_cursor = Cursor({"file": stamp, "row": place})
        yield Page(page.items, next_cursor, page.fetched, page.rejected)


def read(
    path: Path,
    source: Source,
    *,
    shape: str = AUTO,
    columns: Mapping[str, str] | None = None,
    platform: str | None = None,
    encoding: str | None = None,
    number: int = 1,
    after: int = 0,
    limits: FileLimits | None = None,
    latest: datetime | None = None,
) -> Iterator[Page]:
    """Pages of one file's items; each page's cursor holds the place of its last row.

    columns: the column for each field of ITEM (and `title`), over what is found by itself.
    number: the file's place in the list given, for messages. after: rows up to that place were
    read before. latest: dates more than a day later are rejected; now, if not given.
    Raises BadInput for the file as a whole; rows that cannot be read are in `Page.rejected`.
    """
    given = Given(path, number, encoding, limits or FileLimits())
    with ExitStack() as stack:
        table = _open(given, shape, columns or {}, stack)
        reading = Reading(
            zone(table.shape.dates_in or source.time_zone),
            latest or now(),
            platform=platform,
            fallback=table.shape.platform,
            home_platform=source.platform,
        )
        yield from _pages(table, reading, given, after)


def parse_columns(text: str) -> dict[str, str]:
    """`text=body,created=timestamp` as a mapping. Raises BadInput."""
    found: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        field, is_pair, column = (p.strip() for p in part.partition("="))
        if not is_pair or not field or not column:
            raise BadInput(
                "columns that cannot be read", where="columns", expected="text=body,created=date"
            )
        found[field] = column
    return found


def _open(given: Given, shape: str, columns: Mapping[str, str], stack: ExitStack) -> _Table:
    reader = stack.enter_context(open_bytes(given))
    if is_parquet(reader):
        file = stack.enter_context(open_parquet(given.path, given))
        names = list(file.schema_arrow.names)
        chosen = choose(shape, [dict.fromkeys(names)])
        fields = _fields(chosen, names, columns, given)
        wanted: Sequence[str] = names
        if chosen.name == TABLE:
            wanted = list(resolve(names, columns).values())
        return _Table(_at_least_one(read_rows(file, wanted, given), given), chosen, fields)
    text = stack.enter_context(open_text(reader, given))
    start = _first_letter(reader, text)
    if start in ("{", "["):
        rows = read_lines(text, given) if start == "{" else read_array(text, given)
        first, rows = _peek(rows)
        sample = [r[1] for r in first if not isinstance(r, Rejected)]
        names = list(dict.fromkeys(name for row in sample for name in row))
        if not sample and first:
            raise BadInput(
                "not one of its first lines is a JSON object",
                where=given.where,
                expected="one JSON object a line, or one array of objects",
            )
        chosen = choose(shape, sample)
    else:
        names, delimiter, lines = read_header(text, given)
        records = read_records(len(names), delimiter, lines, given)
        rows = (
            r if isinstance(r, Rejected) else (r[0], dict(zip(names, r[1], strict=True)))
            for r in records
        )
        first, rows = _peek(rows)
        chosen = choose(shape, [dict.fromkeys(names, "")])
    return _Table(_at_least_one(rows, given), chosen, _fields(chosen, names, columns, given))


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


def _peek(
    rows: Iterable[Numbered | Rejected],
) -> tuple[list[Numbered | Rejected], Iterator[Numbered | Rejected]]:
    rest = iter(rows)
    first = list(islice(rest, _SAMPLE_ROWS))
    return first, chain(first, rest)


def _at_least_one(
    rows: Iterator[Numbered | Rejected], given: Given
) -> Iterator[Numbered | Rejected]:
    first = next(rows, None)
    if first is None:
        raise BadInput("holds no rows", where=given.where, expected="at least one row")
    return chain([first], rows)


def _pages(table: _Table, reading: Reading, given: Given, after: int) -> Iterator[Page]:
    limits = given.limits
    rows: list[Row] = []
    rejected: list[Rejected] = []
    reasons: Counter[tuple[str, str]] = Counter()
    place = size = 0
    is_hopeful = after > 0
    for found in table.rows:
        place = found.position if isinstance(found, Rejected) else found[0]
        if place <= after:
            continue
        problem = found if isinstance(found, Rejected) else None
        if not isinstance(found, Rejected):
            try:
                row = settle(table.fields(found[1]), reading)
            except Unmappable as error:
                problem = Rejected(place, error.column, error.what)
            else:
                rows.append(row)
                size += len(row[_TEXT])
                is_hopeful = True
        if problem is not None:
            rejected.append(problem)
            if not is_hopeful:
                reasons[problem.column, problem.reason] += 1
                if reasons.total() >= limits.hopeless:
                    raise _hopeless(reasons, table.shape, given)
        if len(rows) + len(rejected) >= limits.page_rows or size >= limits.page_text:
            yield _page(rows, rejected, place)
            rows, rejected, size = [], [], 0
    if rows or rejected:
        yield _page(rows, rejected, place)


def _page(rows: Sequence[Row], rejected: Sequence[Rejected], place: int) -> Page:
    cursor = Cursor({"row": str(place)})
    return Page(page_items(rows), cursor, len(rows) + len(rejected), tuple(rejected))


def _hopeless(reasons: Counter[tuple[str, str]], shape: Shape, given: Given) -> BadInput:
    (column, reason), count = reasons.most_common(1)[0]
    return BadInput(
        f"none of its first {reasons.total():,} rows can be used"
        f" (most often, {count:,} times, {column}: {reason})",
        where=given.where,
        expected=f"rows of the shape {shape.name!r}",
        hint="name the shape with --format, or the columns with --columns text=NAME,created=NAME",
    )


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "-"  # opening it says what is wrong
    return f"{found.st_size}-{found.st_mtime_ns}"

"""Posts from files: CSV (also .gz), NDJSON, JSON, Parquet, lines; exports of other tools.

Read in pages under a bound of rows and of text, so that memory stays flat. One bad row goes
to quarantine with its place and reason, the others go on. What a file is, its first bytes say;
what its rows hold, its shape (`collectors/shapes/`), found by looking or named. The platform
is the one asked for, else the row's, else the shape's, else the source's (`files`).

Raises BadInput, which names a file by its place in the list, never by name or content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from base.errors import BadInput
from base.time import now, zone
from collectors.collector import Access, Cursor, Page, Rejected, Source, Window
from collectors.errors import Unmappable
from collectors.files.opening import FileLimits, Given
from collectors.files.table import Table, open_table
from collectors.items import Reading, Row, page_items, settle
from collectors.shapes import AUTO, Shape
from store.schema import ITEM

COLLECTOR = "files"

_TEXT = ITEM.get_field_index("text")


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """The rows of the file at `source.address`; the whole file, whatever the window.

    Options of the source: format, columns (`text=body,created=date`), platform, encoding. The
    cursor is the place of the last row read, void as soon as the file has changed.
    """
    del window, access
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

    columns: the column for each field of ITEM (and `title`), over what is found by itself; by
    names, or of a table without header by places from 1.
    number: the file's place in the list given, for messages. after: rows up to that place were
    read before. latest: dates more than a day later are rejected; now, if not given.
    Raises BadInput for the file as a whole; rows that cannot be read are in `Page.rejected`.
    """
    given = Given(path, number, encoding, limits or FileLimits())
    with ExitStack() as stack:
        table = open_table(given, shape, columns or {}, stack)
        reading = Reading(
            zone(table.shape.dates_in or source.time_zone),
            latest or now(),
            platform=platform,
            fallback=table.shape.platform,
            home_platform=source.platform,
        )
        yield from _pages(table, reading, given, after)


def parse_columns(text: str) -> dict[str, str]:
    """`text=body,created=date`, or `text=2` without header, as a mapping. Raises BadInput.

    `native_id=` says that no column holds the field: running numbers are no ids of a platform.
    """
    found: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        field, is_pair, column = (p.strip() for p in part.partition("="))
        if not is_pair or not field or (not column and field in ("text", "title")):
            raise BadInput(
                "columns that cannot be read", where="columns", expected="text=body,created=date"
            )
        found[field] = column
    if len({column.isdigit() for column in found.values() if column}) > 1:
        raise BadInput(
            "names and places of columns do not go together",
            where="columns",
            expected="text=body,created=date; or, in a file without header, text=2,created=1",
        )
    return found


def _pages(table: Table, reading: Reading, given: Given, after: int) -> Iterator[Page]:
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

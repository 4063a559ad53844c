"""One segment: a month's counted posts in one immutable DuckDB file, made for counting.

In: the month's posts joined with their stories (`Snapshot.read`), or the coverage table.
Out: a file that gets its final name only when it is whole and on the disk. Tables of a month:

posts  the POST columns, story and `line` (the folded words), in the order of city and day, and
       small numbers made from them, so that counting reads no text. 0 is null or empty:
         row, _day (days since 1970), _key (first 32 bits of id)
         _city _platform _source _lang _tagger _akey   numbers of `codes`; akey: author's month
         _areas _groups _rights _places                numbers of `sets`: equal lists, one number
         _voice _kind _tone _speech _hkind             place in the schema's closed list, + 1
         _hate _experience _relevant                   1 no, 2 yes
         _story, _author (64 bits; of a person without author the source)
         _bits: 0–5 fold, 6–11 story fold, 12–13 who (1 person with an author, 2 person without,
         3 another voice), 14 head (the story is named after this post)
words  (word, row) in the order of word; each word of a post once
codes  (field, no, code) · sets (field, no, codes)

Coverage is one table: the keys that Queries ask by, `seen`, and f0 … f63 of `seen_folds`.
Raises what DuckDB and the disk raise; `duckdb_index` translates at its door.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from base.text import words_line
from store.schema import HATE_KINDS, KINDS, POST, SPEECHES, TONES, VOICES

VERSION = 1  # of the tables above
CODES = {
    "city": "city", "platform": "platform", "source": "source", "lang": "lang",
    "tagger": "tagger", "akey": "split_part(author, ':', 1)",
}  # fmt: skip
SETS = ("areas", "groups", "rights", "places")
CLOSED = {
    "voice": ("voice", VOICES), "kind": ("kind", KINDS), "tone": ("tone.label", TONES),
    "speech": ("speech", SPEECHES), "hkind": ("hate.kind", HATE_KINDS),
}  # fmt: skip
SEEN_KEYS = ("city", "source", "platform", "voice", "lang", "day")
SEEN_FOLDS = tuple(f"f{i}" for i in range(64))
PERSON, NAMELESS, VOICE = 1, 2, 3  # values of _who
OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}  # DuckDB fetches nothing from anywhere


def build_month(
    target: Path, rows: pa.RecordBatchReader, *, memory_limit: str, threads: int
) -> dict[str, int]:
    """Write a month's segment: how many rows, their first and last day, the newest (µs)."""
    with _building(target, memory_limit, threads) as con:
        _load(con, rows)
        _write_codes(con)
        con.execute(_posts_sql())
        con.execute(words_sql())
        count, first, last, newest = con.execute(
            "SELECT count(*), coalesce(min(_day), 0), coalesce(max(_day), 0),"
            " coalesce(max(epoch_us(created)), 0) FROM seg.posts"
        ).fetchall()[0]
    return {"rows": count, "first": first, "last": last, "newest": newest}


def build_coverage(target: Path, table: pa.Table, *, memory_limit: str, threads: int) -> int:
    """Write coverage's segment: how many rows."""
    with _building(target, memory_limit, threads) as con:
        con.register("given", table.select([*SEEN_KEYS, "seen", "seen_folds"]))
        folds = ", ".join(f"seen_folds[{i + 1}] AS {fold}" for i, fold in enumerate(SEEN_FOLDS))
        con.execute(
            f"CREATE TABLE seg.coverage AS SELECT {', '.join(SEEN_KEYS)}, seen, {folds}"
            " FROM given WHERE seen > 0 ORDER BY city, day, source"
        )
        return int(con.execute("SELECT count(*) FROM seg.coverage").fetchall()[0][0])


@contextmanager
def _building(target: Path, memory_limit: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that writes one file, `seg`: on the disk and renamed when nothing was raised."""
    part = target.with_name(f".{target.name}.part")
    spill = target.with_name(f".{target.name}.spill")
    settings = {
        "memory_limit": memory_limit,
        "threads": str(threads),
        "temp_directory": str(spill),
        **OFFLINE,
    }
    try:
        with duckdb.connect(config=settings) as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(f"ATTACH {quoted(part)} AS seg")
            prepare(con)
            yield con
            con.execute("CHECKPOINT seg")
            con.execute("DETACH seg")
        sync(part)
        os.replace(part, target)
        sync(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Called for each file before it is written; tests replace it to store bytes as they are."""


def sync(path: Path) -> None:
    """What stands at `path`, a file or a folder's names, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def quoted(value: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"


def _load(con: duckdb.DuckDBPyConnection, rows: pa.RecordBatchReader) -> None:
    """The rows that count, with `line`, as the table `raw` in memory (it may spill)."""
    schema = rows.schema.append(pa.field("line", pa.string()))
    con.register("given", schema.empty_table())
    con.execute("CREATE TABLE raw AS SELECT * FROM given")
    for batch in rows:
        kept = batch.filter(pc.fill_null(batch["counted"], False))
        lines = [words_line(text) for text in kept["text"].to_pylist()]
        columns = [*kept.columns, pa.array(lines, pa.string())]
        con.register("given", pa.Table.from_arrays(columns, schema=schema))
        con.execute("INSERT INTO raw SELECT * FROM given")
    con.unregister("given")


def _write_codes(con: duckdb.DuckDBPyConnection) -> None:
    codes = " UNION ALL ".join(
        f"SELECT '{field}' AS field, row_number() OVER (ORDER BY code) AS no, code FROM"
        f" (SELECT DISTINCT {value} AS code FROM raw) WHERE code IS NOT NULL"
        for field, value in CODES.items()
    )
    sets = " UNION ALL ".join(
        f"SELECT '{field}' AS field, row_number() OVER (ORDER BY codes) AS no, codes FROM"
        f" (SELECT DISTINCT {_set(field)} AS codes FROM raw) WHERE len(codes) > 0"
        for field in SETS
    )
    con.execute(f"CREATE TABLE seg.codes AS {codes} ORDER BY field, no")
    con.execute(f"CREATE TABLE seg.sets AS {sets} ORDER BY field, no")


def words_sql() -> str:
    return (
        "CREATE TABLE seg.words AS SELECT word, row FROM (SELECT row, unnest("
        "list_distinct(string_split(trim(line), ' '))) AS word FROM seg.posts)"
        " WHERE word <> '' ORDER BY word, row"
    )


def _set(field: str) -> str:
    return f"list_sort(list_distinct({field}))"


def _posts_sql() -> str:
    joined, numbers = "", []
    for field, value in CODES.items():
        joined += (
            f" LEFT JOIN (SELECT * FROM seg.codes WHERE field = '{field}') c_{field}"
            f" ON c_{field}.code = {value}"
        )
        kind = "UINTEGER" if field == "source" else "USMALLINT"
        numbers.append(f"coalesce(c_{field}.no, 0)::{kind} AS _{field}")
    for field in SETS:
        joined += (
            f" LEFT JOIN (SELECT * FROM seg.sets WHERE field = '{field}') s_{field}"
            f" ON s_{field}.codes = {_set('raw.' + field)}"
        )
        numbers.append(f"coalesce(s_{field}.no, 0)::UINTEGER AS _{field}")
    for field, (value, codes) in CLOSED.items():
        listed = ", ".join(quoted(c) for c in codes)
        numbers.append(f"coalesce(list_position([{listed}], {value}), 0)::UTINYINT AS _{field}")
    numbers += [
        "epoch_us(day::TIMESTAMP) // 86400000000 AS _day",
        "('0x' || substr(id, 1, 8))::UINTEGER AS _key",
        "coalesce(hate.flag::UTINYINT + 1, 0)::UTINYINT AS _hate",
        "coalesce(experience::UTINYINT + 1, 0)::UTINYINT AS _experience",
        "md5_number_lower(story)::UBIGINT AS _story",
        # of rows that share an id before the stories stage has seen them, one is the head
        "(fold::INTEGER + 64 * story_fold::INTEGER + 4096 * who + 16384 * (story = id AND"
        " row_number() OVER (PARTITION BY id ORDER BY home) = 1)::INTEGER)::USMALLINT AS _bits",
        "coalesce(relevant::UTINYINT + 1, 0)::UTINYINT AS _relevant",
        f"(CASE who WHEN {PERSON} THEN md5_number_lower(author) WHEN {NAMELESS}"
        " THEN md5_number_lower(source) ELSE 0 END)::UBIGINT AS _author",
    ]
    kept = ", ".join(f"raw.{c}" for c in (*POST.names, "story", "line"))
    return (
        "CREATE TABLE seg.posts AS SELECT (row_number() OVER (ORDER BY _city, _day, id, home) - 1)"
        f"::UINTEGER AS row, * FROM (SELECT {kept}, {', '.join(numbers)} FROM ("
        f"SELECT *, CASE WHEN voice <> 'personal' THEN {VOICE} WHEN author IS NULL"
        f" THEN {NAMELESS} ELSE {PERSON} END AS who FROM raw) raw{joined})"
        " ORDER BY row"
    )

"""Files of posts: what is read, and what is refused with which words."""

from __future__ import annotations

import contextlib
import gzip
import json
import tracemalloc
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.errors import BadInput, UniteError
from collectors import files
from collectors.collector import Cursor, Page, Rejected, Source, Window
from collectors.files import parse_columns, read
from collectors.files.opening import FileLimits
from store.schema import ITEM

pytestmark = pytest.mark.unit

SOURCE = Source("import-1a2b3c4d", "files", "wien", "", "personal", "Europe/Vienna")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OURS = "native_id,created,text,author\n"
GOOD = "7,2026-03-01T10:00:00+01:00,Der Kurs ist voll,anna\n"


def pages(path: Path, **options: Any) -> list[Page]:
    found = list(read(path, SOURCE, latest=NOW, **options))
    assert all(p.items.schema == ITEM for p in found)
    return found


def rows(path: Path, **options: Any) -> list[dict[str, Any]]:
    return [r for p in pages(path, **options) for r in p.items.to_pylist()]


def rejected(path: Path, **options: Any) -> list[Rejected]:
    return [r for p in pages(path, **options) for r in p.rejected]


def write(folder: Path, content: str | bytes, name: str = "erna.erfunden.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        pages(path, **options)
    message = str(caught.value)
    assert "erna" not in message.lower(), "a file's name may be somebody's"
    return message


# --- reading ---------------------------------------------------------------------------------


def test_our_own_names(tmp_path: Path) -> None:
    (row,) = rows(write(tmp_path, OURS + GOOD))
    assert row == {
        **dict.fromkeys(ITEM.names),
        "native_id": "7",
        "created": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "date_given": "2026-03-01T10:00:00+01:00",
        "text": "Der Kurs ist voll",
        "author": "anna",
        "kind": "post",
    }


TABLE = {"id": "7", "created_at": "2026-03-01 10:00", "body": "Grüße, „alle“", "likes": "3"}


def _csv(delimiter: str) -> bytes:
    cells = ('"' + v + '"' for v in TABLE.values())
    return f"{delimiter.join(TABLE)}\r\n{delimiter.join(cells)}\r\n".encode()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (_csv(","), "a.csv"),
        (_csv(";"), "a.csv"),
        (_csv("\t"), "a.tsv"),
        (b"\xef\xbb\xbf" + _csv(","), "a.csv"),
        (_csv(",").decode().encode("utf-16"), "a.csv"),
        (b"\xff\xfe" + _csv(";").decode().encode("utf-16-le"), "a.csv"),
        (gzip.compress(_csv(","), mtime=0), "a.csv.gz"),
        (gzip.compress(_csv(","), mtime=0), "no-ending"),
        (json.dumps(TABLE).encode() + b"\n\n", "a.ndjson"),
        (json.dumps(TABLE, ensure_ascii=False).encode(), "a.jsonl"),
        (gzip.compress(json.dumps(TABLE).encode(), mtime=0), "a.ndjson.gz"),
        (json.dumps([TABLE], indent=2).encode(), "a.json"),
        (b"  \n" + json.dumps([TABLE]).encode("utf-8"), "a.json"),
    ],
)
def test_one_table_in_every_dress(tmp_path: Path, content: bytes, name: str) -> None:
    (row,) = rows(write(tmp_path, content, name))
    assert (row["native_id"], row["text"], row["likes"]) == ("7", "Grüße, „alle“", 3)
    assert row["created"] == datetime(2026, 3, 1, 9, tzinfo=UTC)  # naive: the city's time


def test_parquet_with_its_own_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {
        "id": pa.array([2**60, 2, 3, 4]),
        "text": ["a", "b", None, "d"],
        "created": pa.array(["2026-03-01T10:00:00"] * 3 + ["2046-03-01"]).cast("timestamp[us]"),
        "has_image": [True, None, False, False],
        "unused": [b"\xff"] * 4,
    }
    pq.write_table(pa.table(table), path)
    first, second = rows(path)
    assert first["native_id"] == str(2**60)
    assert first["created"] == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (first["image"], second["image"]) == (True, None)
    assert rejected(path) == [
        Rejected(3, "text", "no text"),
        Rejected(4, "created", "a date out of range"),
    ]


def test_a_column_without_a_usable_name_is_called_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ein ganzer Satz mit vielen Wörtern,2\nnoch ein Satz,3\n", encoding="utf-8")
    pages = read(path, SOURCE, columns={"text": "column 1"})
    assert [t for page in pages for t in page.items["text"].to_pylist()] == ["noch ein Satz"]


def test_columns_that_the_user_names(tmp_path: Path) -> None:
    path = write(tmp_path, "nr,wann,was,titel\n1,01.03.2026 10:00,voll,Kurs\n")
    columns = parse_columns("text=was, created=wann,title=titel,native_id=nr")
    (row,) = rows(path, columns=columns)
    assert (row["text"], row["native_id"]) == ("Kurs\nvoll", "1")
    assert row["created"] == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert row["date_given"] == "01.03.2026 10:00"


def test_a_file_in_western_encoding_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "text\nGrößere Straße\n".encode("cp1252"))
    assert rows(path, encoding="cp1252")[0]["text"] == "Größere Straße"


def test_formulas_and_line_breaks_are_text(tmp_path: Path) -> None:
    content = 'id,text\n1,"=HYPERLINK(""x"")"\n2,"a\nb, ""c"""\n3,+43 1 4000\n4,5" Rohr\n'
    found = [r["text"] for r in rows(write(tmp_path, content))]
    assert found == ['=HYPERLINK("x")', 'a\nb, "c"', "+43 1 4000", '5" Rohr']


@pytest.mark.parametrize(
    ("option", "column", "expected"),
    [("mastodon", "x", "mastodon"), (None, "twitter.com", "x"), (None, "", None)],
)
def test_platform(tmp_path: Path, option: str | None, column: str, expected: str | None) -> None:
    path = write(tmp_path, f"text,platform\nhallo,{column}\n")
    assert rows(path, platform=option)[0]["platform"] == expected


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2025-07-01 10:00", datetime(2025, 7, 1, 8, tzinfo=UTC)),
        ("1772362800", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (1772362800, datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (1772362800123, datetime(2026, 3, 1, 11, 0, 0, 123000, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 10:00:00 GMT", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sun Mar 01 10:00:00 +0000 2026", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1.3.2026", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("03/01/2026", "a date that cannot be read"),  # the 3rd of January or the 1st of March
        ("31.02.2026", "a date that cannot be read"),
        ("gestern", "a date that cannot be read"),
        (True, "a date that cannot be read"),
        ({"a": 1}, "a date that cannot be read"),
        ("2046-03-01", "a date out of range"),
        ("1912-03-01", "a date out of range"),
        ("0001-01-01", "a date out of range"),
    ],
)
def test_dates(tmp_path: Path, given: object, moment: object) -> None:
    path = write(tmp_path, json.dumps({"text": "a", "created": given}))
    if isinstance(moment, str):
        assert rejected(path) == [Rejected(1, "created", moment)]
    else:
        assert rows(path)[0]["created"] == moment


@pytest.mark.parametrize(
    ("fields", "column", "expected"),
    [
        ({"id": 1.5e18}, "native_id", None),  # no longer the number it was
        ({"id": "1.75E+18"}, "native_id", None),
        ({"id": "1,75E+18"}, "native_id", None),
        ({"id": 12.0}, "native_id", "12"),
        ({"id": 2**63}, "native_id", str(2**63)),
        ({"id": {"a": 1}}, "native_id", None),
        ({"author": "@anna"}, "author", "anna"),
        ({"author": "[deleted]"}, "author", None),
        ({"author": "REDACTED"}, "author", None),
        ({"author": 12}, "author", "12"),
        ({"likes": -1}, "likes", None),  # hidden
        ({"likes": "1,234"}, "likes", None),
        ({"likes": 10**12}, "likes", 2**31 - 1),
        ({"likes": float("nan")}, "likes", None),
        ({"url": "javascript:alert(1)"}, "address", None),
        ({"url": "https://a.invalid/1"}, "address", "https://a.invalid/1"),
        ({"lang": "de-AT"}, "lang", "de"),
        ({"lang": "und"}, "lang", None),
        ({"lang": "Deutsch"}, "lang", None),
        ({"has_image": "no"}, "image", False),
        ({"images": []}, "image", False),
        ({"text": "a\ud800b\u0000"}, "text", "a\ufffdb\ufffd"),
        ({"text": "e\u0301"}, "text", "é"),
    ],
)
def test_odd_values(
    tmp_path: Path, fields: Mapping[str, object], column: str, expected: object
) -> None:
    path = write(tmp_path, json.dumps({"text": "hallo", **fields}))
    assert rows(path)[0][column] == expected


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": "[removed]"}, "text"),
        ({"text": "x" * 200_001}, "text"),
        ({"kind": "song"}, "kind"),
        ({"voice": "loud"}, "voice"),
        ({"platform": "no code!"}, "platform"),
        ({"id": "x" * 501}, "native_id"),
    ],
)
def test_rows_that_are_rejected(tmp_path: Path, fields: Mapping[str, object], column: str) -> None:
    path = write(tmp_path, json.dumps({"text": "hallo", **fields}))
    assert [r.column for r in rejected(path)] == [column]


# --- what is wrong with a file as a whole ----------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (OURS, "holds no rows"),
        ("[]", "holds no rows"),
        ("id,text,id\n1,a,2\n", "column 3 has the same name"),
        ("x" * 3_000_000, "too long for a header"),
        (b"PK\x03\x04rest", "is a ZIP archive or a spreadsheet"),
        (b"SQLite format 3\0", "is a database"),
        (b"PAR1 and no more", "not whole, damaged or encrypted Parquet"),
        (gzip.compress(b"text\n" + b"hallo\n" * 9999, mtime=0)[:-20], "ends in the middle"),
        (b"\x1f\x8b\x08" + bytes(7) + b"no gzip", "compressed data are damaged"),
        ("text\nÄ Ö Ü\n".encode("cp1252"), "--encoding cp1252"),
        ("text\nabc\n".encode("utf-16-le"), "--encoding utf-16"),
        ('[{"text": "a"}, {"te', "element 2 breaks off"),
        ('[{"text": "a"}, oops]', "element 2 breaks off or is not JSON"),
        ("[" * 100_000, "element 1 is nested too deep"),
        ("{oops\n{oops\n", "not one of its first lines is a JSON object"),
        ('"text\nnever closed', "a header that cannot be read"),
    ],
)  # fmt: skip
def test_files_that_are_refused(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in refusal(write(tmp_path, content))


def test_a_file_is_named_by_its_place(tmp_path: Path) -> None:
    assert refusal(tmp_path / "erna.csv.gz", number=2).startswith("file 2 (.csv.gz): is not there")
    assert refusal(tmp_path / "x.erna", number=3).startswith("file 3: is not there")
    assert "cannot be read" in refusal(tmp_path)


def test_an_unknown_column_lists_those_there_are_with_care(tmp_path: Path) -> None:
    header = "wer,was,erna@example.org,0664 1234567,Erna fand den Kurs zu voll und ging heim\n"
    message = refusal(write(tmp_path, header + "1,2,3,4,5\n"))
    assert "wer, was, column 3, column 4, Erna" not in message
    assert "available  wer, was, column 3, column 4" in message
    assert "--columns text=NAME" in message


@pytest.mark.parametrize("columns", [{"text": "erna@example.org"}, {"texxt": "was"}])
def test_columns_that_cannot_be(tmp_path: Path, columns: dict[str, str]) -> None:
    refusal(write(tmp_path, "wer,was\n1,2\n"), columns=columns)


@pytest.mark.parametrize("text", ["text", "text=", "title=", "=body", "text:body"])
def test_columns_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BadInput):
        parse_columns(text)


@pytest.mark.parametrize("options", [{"shape": "fourcat"}, {"encoding": "utf-9"}])
def test_options_that_do_not_exist(tmp_path: Path, options: dict[str, str]) -> None:
    refusal(write(tmp_path, OURS + GOOD), **options)


def test_a_zip_bomb_ends_early(tmp_path: Path) -> None:
    packed = gzip.compress(b"text\n" + b"a" * 300_000_000, 9)
    path = write(tmp_path, packed, "erna.csv.gz")
    limits = FileLimits(spared=1_000_000)
    tracemalloc.start()
    message = refusal(path, limits=limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "unpacks to far more" in message
    assert peak < 60_000_000


def test_hopeless_files_say_so_early(tmp_path: Path) -> None:
    path = write(tmp_path, "text,date\n" + "hallo,gestern\n" * 5_000)
    message = refusal(path)
    assert "none of its first 1,000 rows" in message
    assert "created: a date that cannot be read" in message


# --- one bad row never takes the others with it -----------------------------------------------

LONG = "x" * 3_000_000


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("7,2026-03-01\n", "2 cells where the header has 4"),
        ("7,2026-03-01,a,b,c\n", "5 cells where the header has 4"),
        ('7,2026-03-01,"never closed,b\n', "quotes that do not fit"),
        ('7,2026-03-01,"a" b,c\n', "quotes that do not fit"),
        ("7,2026-03-01,a\0b,c\n", "a NUL byte"),
        (b"7,2026-03-01,Stra\xdfe,c\n", "bytes that are not in the file's encoding"),
        (f"7,2026-03-01,{LONG},c\n", "longer than 2,000,000 characters"),
        (f'7,2026-03-01,"{LONG}",c\n', "longer than 2,000,000 characters"),
        ("7,someday,a,c\n", "a date that cannot be read"),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("quoted", [False, True])
def test_one_bad_row_of_a_csv(tmp_path: Path, bad: str | bytes, reason: str, quoted: bool) -> None:
    good = GOOD.replace("Der Kurs ist voll", '"Der Kürs, voll"') if quoted else GOOD + "ü,,ü,\n"
    before, after = good * 30, good * 30
    raw = bad.encode() if isinstance(bad, str) else bad
    path = write(tmp_path, OURS.encode() + before.encode() + raw + after.encode())
    lines = before.count("\n")
    found = rejected(path)
    assert len(rows(path)) == 2 * lines
    assert [r.position for r in found] == [lines + 2]
    # an open quote is noticed where the next quote stands, or at the end of the file
    is_open = "never closed" in str(bad)
    assert found[0].reason in ((reason, "a quote that is never closed") if is_open else (reason,))


def test_a_quote_at_the_end_that_is_never_closed(tmp_path: Path) -> None:
    path = write(tmp_path, OURS + GOOD + '8,2026-03-01,"open,b\n' + GOOD * 5)
    assert len(rows(path)) == 6
    assert rejected(path) == [Rejected(3, "line", "a quote that is never closed")]


def test_quotes_that_never_close_do_not_take_forever(tmp_path: Path) -> None:
    path = write(tmp_path, OURS + GOOD + '8,2026-03-01,"open" x,b\n1,2\n' * 100)
    assert len(rejected(path)) == 200


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{oops", "not JSON"),
        ("[1]", "not an object"),
        ("7", "not an object"),
        ('{"text": "a\0"}', "a NUL byte"),
        (b'{"text": "Stra\xdfe"}', "bytes that are not in the file's encoding"),
        ('{"a":' * 100_000, "nested too deep"),
        ('{"text": "' + "x" * 20_000 + '"}', "longer than 10,000 characters"),
        ('{"text": ' + "9" * 5_000 + "}", "not JSON"),
        ('{"text": NaN}', "no text"),
    ],
    ids=range(9),
)
def test_one_bad_line_of_ndjson(tmp_path: Path, bad: str | bytes, reason: str) -> None:
    good = ('{"text": "ünd"}\n' * 20).encode()
    raw = bad.encode() if isinstance(bad, str) else bad
    path = write(tmp_path, good + raw + b"\n" + good, "a.ndjson")
    limits = FileLimits(line=10_000 if "longer" in reason else 10_000_000)
    assert len(rows(path, limits=limits)) == 40
    found = rejected(path, limits=limits)
    assert [(r.position, r.reason) for r in found] == [(21, reason)]


def test_a_parquet_value_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a", "x" * 3_000_000, "b"]}), path)
    assert [r["text"] for r in rows(path)] == ["a", "b"]
    assert [r.position for r in rejected(path)] == [2]


def test_rejections_hold_nothing_of_the_content(tmp_path: Path) -> None:
    secret = "Ernaliebtkuchen"
    lines = [
        f"{secret}", f'1,{secret},"{secret}', f"1,{secret},{secret},x,{secret}", f"1,,,{secret}",
        f"1,{secret},{secret},x",
    ]  # fmt: skip
    path = write(tmp_path, OURS + GOOD + "\n".join(lines) + "\n")
    found = rejected(path)
    assert len(found) == 5
    assert secret not in repr(found)


# --- pages ------------------------------------------------------------------------------------

CELL = st.text(alphabet='ab"\n\r,;é😀 \t', max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), CELL), min_size=1, max_size=30), st.integers(1, 7))
def test_any_page_size_gives_the_same_items(
    tmp_path: Path, made: list[tuple[bool, str]], size: int
) -> None:
    """k bad rows of n: n - k items and k rejected, whatever the pages."""
    bad = sum(not is_good for is_good, _ in made)
    cells = [(c.replace('"', '""'), ok) for ok, c in made]
    body = "".join(f'{i},"t {c}"\n' if ok else f"{i}\n" for i, (c, ok) in enumerate(cells))
    lines = [{"id": i, "text": f"t {c}" if ok else None} for i, (ok, c) in enumerate(made)]
    csv_file = write(tmp_path, "id,text\n" + body, "a.csv")
    ndjson = write(tmp_path, "\n".join(map(json.dumps, lines)), "a.ndjson")
    array = write(tmp_path, json.dumps(lines), "a.json")
    parquet = tmp_path / "a.parquet"
    schema = pa.schema({"id": "int64", "text": "string"})
    pq.write_table(pa.Table.from_pylist(lines, schema), parquet)
    texts = [f"t {c}" for ok, c in made if ok]
    for path in (csv_file, ndjson, array, parquet):
        small = pages(path, limits=FileLimits(page_rows=size))
        assert all(p.fetched <= size for p in small)
        assert sum(p.fetched for p in small) == len(made)
        assert [t for p in small for t in p.items["text"].to_pylist()] == texts
        assert sum(len(p.rejected) for p in small) == bad
        assert rows(path) == [r for p in small for r in p.items.to_pylist()]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    for start in (b"", b"text,id\n", b'{"text": "', b'[{"text": "', b"\x1f\x8b", b"PAR1"):
        with contextlib.suppress(UniteError):
            pages(write(tmp_path, start + content))


def test_a_page_is_bounded_by_its_text(tmp_path: Path) -> None:
    path = write(tmp_path, "text\n" + ("x" * 1000 + "\n") * 100)
    found = pages(path, limits=FileLimits(page_text=10_000))
    assert [p.items.num_rows for p in found] == [10] * 10


def test_memory_stays_flat(tmp_path: Path) -> None:
    line = '{"text": "' + "wort " * 40 + '", "id": %d}\n'
    peaks = []
    for count in (2_000, 20_000):
        path = write(tmp_path, "".join(line % i for i in range(count)), "a.ndjson")
        tracemalloc.start()
        for page in read(path, SOURCE, limits=FileLimits(page_rows=500), latest=NOW):
            assert page.fetched <= 500
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 500_000


def test_reading_goes_on_where_the_cursor_stands(tmp_path: Path) -> None:
    path = write(tmp_path, "text\n" + "".join(f"post {i}\n" for i in range(10)))
    source = Source("drop", "files", "wien", str(path), "personal", "Europe/Vienna")
    window = Window(NOW, NOW)
    (page,) = files.collect(source, window, None, None)  # type: ignore[arg-type]
    assert page.items.num_rows == 10
    assert list(files.collect(source, window, page.cursor, None)) == []  # type: ignore[arg-type]
    assert page.cursor is not None
    halfway = Cursor({**page.cursor.state, "row": "6"})
    (rest,) = files.collect(source, window, halfway, None)  # type: ignore[arg-type]
    assert rest.items["text"].to_pylist() == [f"post {i}" for i in range(5, 10)]
    path.write_text("text\nanew\n")
    (again,) = files.collect(source, window, page.cursor, None)  # type: ignore[arg-type]
    assert again.items["text"].to_pylist() == ["anew"]


def test_a_day_is_the_citys(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"], "date": [date(2025, 7, 1)]}), path)
    assert rows(path)[0]["created"] == datetime(2025, 6, 30, 22, tzinfo=UTC)

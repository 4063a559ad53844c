"""Files without a header: one text a line, or columns called by their place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from shared import SHARED
from test_files import GOOD, OURS, pages, refusal, rejected, rows, write

from base.errors import BadInput
from collectors.files import parse_columns
from collectors.files.opening import FileLimits

pytestmark = pytest.mark.unit

TWEETS = (
    'Heute war ein guter Tag, sagt "Anna" und lacht\n'
    "\n"
    "@user Die Wohnung ist weg, leider, schon wieder\n"
    '"Niemand will das hören\n'
    "   \n"
    "Warum? Darum; und jetzt | genug davon heute\n"
    "ok\n"
)
TEXTS = [t for t in TWEETS.split("\n") if t.strip()]


def texts(path: Path, **options: Any) -> list[str]:
    return [r["text"] for r in rows(path, **options)]


@pytest.mark.parametrize("shape", ["lines", "auto"])
def test_one_text_a_line(tmp_path: Path, shape: str) -> None:
    path = write(tmp_path, TWEETS, "tweets.txt")
    assert texts(path, shape=shape) == TEXTS
    assert [p.fetched for p in pages(path, shape=shape)] == [5]  # blank lines are no rows
    found = rows(path, shape=shape)
    assert {r["created"] for r in found} == {r["native_id"] for r in found} == {None}


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(TWEETS.encode(), mtime=0),
        b"\xef\xbb\xbf" + TWEETS.encode(),
        TWEETS.replace("\n", "\r\n").encode(),
        TWEETS.encode("utf-16"),
        b"\n\n" + TWEETS.encode().rstrip(b"\n"),
    ],
)
def test_lines_in_every_dress(tmp_path: Path, content: bytes) -> None:
    assert texts(write(tmp_path, content, "t.txt")) == TEXTS


@pytest.mark.parametrize(
    "content",
    ["text\na\n", '{"text": "a"}\n', "[USER] hallo\n[USER] du\n", "id,text\n7,a\n", "ja\n"],
)
def test_lines_when_asked_for_are_lines_whatever_stands_in_them(
    tmp_path: Path, content: str
) -> None:
    path = write(tmp_path, content, "t.txt")
    assert texts(path, shape="lines") == content.split("\n")[:-1]
    assert texts(path, shape="lines", columns={"text": "1"}) == content.split("\n")[:-1]


def test_a_line_that_cannot_be_read_takes_no_other_with_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "grüß, öfter\n".encode() + b"M\xfcnchen\nzwei\0\n" + b"x" * 200 + b"\ndrei",
        "t.txt",
    )
    options: dict[str, Any] = {"shape": "lines", "limits": FileLimits(record=100)}
    assert texts(path, **options) == ["grüß, öfter", "drei"]
    assert [(r.position, r.column) for r in rejected(path, **options)] == [
        (2, "line"),
        (3, "line"),
        (4, "line"),
    ]


QUESTION = "What do you think of your neighbourhood and the people who live in it?"


@pytest.mark.parametrize(
    ("content", "has_hint"),
    [
        # headers whose names are not ours, however long: none of it may become a post
        ("body_of_it,label\nHeute war ein guter Tag,1\n", True),
        ("tweet_cleaned\nHeute war ein guter Tag, sagt er\nIch nicht, nein, nie\n", True),
        (f"Timestamp,{QUESTION}\n2026,Ein guter Ort für uns alle hier\n", True),
        (f'{QUESTION},"And, if so, why is that, do you think?"\na,b\nc,"d, e"\n', True),
        (f"{QUESTION};How old are you and where were you born?\nGut, sehr gut;3\n", True),
        (f"nr\t{QUESTION}\n1\tHeute war ein guter Tag, sagt er\n", True),
        # no header, yet cells: which of them is the text, only the user knows
        ("Heute war ein guter Tag,OTHER\nMorgen auch noch einmal bitte,OTHER\n", True),
        ('"Heute, ja, war ein guter Tag",1\n"Morgen, nein, vielleicht doch nicht",0\n', True),
        ("Heute war ein guter Tag\tOTHER\nMorgen\tOTHER\n", True),
        ("Heute war ein guter Tag, ja\nMorgen auch noch einmal, nein\n", True),
        # cells in quotes are a table of one column
        ('"Heute war ein guter Tag, sagt er"\n"Morgen auch, sagt sie dann"\n', True),
    ],
)
def test_what_is_not_plainly_lines_is_refused_with_what_to_say(
    tmp_path: Path, content: str, has_hint: bool
) -> None:
    message = refusal(write(tmp_path, content))
    assert ("--format lines" in message) is has_hint
    assert "--columns text=" in message


def test_a_header_that_names_the_text_is_a_header_whatever_follows(tmp_path: Path) -> None:
    for header in ("text", "Message", '"body"', "id,comment", "title"):
        cells = header.count(",")
        content = f"{header}\n" + "7," * cells + '"Heute war, ja, ein guter Tag"\n'
        assert texts(write(tmp_path, content)) == ["Heute war, ja, ein guter Tag"]


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_columns_by_their_place(tmp_path: Path, delimiter: str) -> None:
    cells = [["Heute guter Tag", "OTHER", "2026-03-01"], ["Morgen auch", "ABUSE", "2026-03-02"]]
    content = "".join(delimiter.join(c) + "\n" for c in cells)
    found = rows(write(tmp_path, content), columns={"text": "1", "created": "3"})
    assert [r["text"] for r in found] == ["Heute guter Tag", "Morgen auch"]
    assert [r["date_given"] for r in found] == ["2026-03-01", "2026-03-02"]
    assert [p.fetched for p in pages(write(tmp_path, content), columns={"text": "1"})] == [2]


def test_twice_the_same_cell_in_a_first_row_is_no_wrong_header(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "Hallo\tOTHER\tOTHER\n", "a.tsv"), columns={"text": "1"}) == [
        "Hallo"
    ]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"text": "4"}, "no column for text"),
        ({"text": "0"}, "no column for text"),
        ({"created": "1"}, "no column that holds the text"),
        ({"colour": "1"}, "colour"),
    ],
)
def test_places_that_are_none(tmp_path: Path, columns: dict[str, str], words: str) -> None:
    message = refusal(write(tmp_path, "a b,c d,e\nf,g,h\n"), columns=columns)
    assert words in message
    assert "a b" not in message  # a first row without header is somebody's text


def test_names_and_places_do_not_go_together() -> None:
    with pytest.raises(BadInput) as caught:
        parse_columns("text=2,created=date")
    assert "names and places" in str(caught.value)
    assert parse_columns("text=2,created=3") == {"text": "2", "created": "3"}


def test_places_are_for_tables_only(tmp_path: Path) -> None:
    line = json.dumps({"text": "a", "body": "b"})
    message = refusal(write(tmp_path, line + "\n"), columns={"text": "2"})
    assert "no column for text" in message
    message = refusal(write(tmp_path, "a,b\nc,d\n"), shape="4cat", columns={"text": "2"})
    assert "4cat" in message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # in a table with tabs quotes stand as they were written, unless they are a cell's own
        ('"Ja sagt er\tOTHER\nund dann"\tABUSE\n', ['"Ja sagt er', 'und dann"']),
        ('"Ja" sagt er\tOTHER\nGut\tABUSE\n', ['"Ja" sagt er', "Gut"]),
        ('"Ja"\tOTHER\n"sagt ""er"""\tABUSE\n', ["Ja", 'sagt "er"']),
        ('"Ja\nsagt er"\tOTHER\nGut\tABUSE\n', ["Ja\nsagt er", "Gut"]),
        ('Gut\tABUSE\n"Ja sagt er\tOTHER', ["Gut", '"Ja sagt er']),
    ],
)
def test_quotes_in_a_table_with_tabs(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert texts(write(tmp_path, content, "a.tsv"), columns={"text": "1"}) == expected
    with_header = write(tmp_path, f"text\tlabel\n{content}", "b.tsv")
    assert texts(with_header) == expected
    assert rejected(with_header) == []


@pytest.mark.shared
@pytest.mark.parametrize(
    "part", sorted((SHARED / "data" / "tone").glob("xlmt_*_text.txt")), ids=lambda p: p.stem
)
def test_open_sets_of_one_post_a_line(part: Path) -> None:
    found = pages(part)
    assert sum(p.items.num_rows for p in found) == sum(map(bool, map(bytes.strip, part.open("rb"))))
    assert [r for p in found for r in p.rejected] == []


@pytest.mark.shared
@pytest.mark.parametrize("part", ["germeval2018_training.tsv", "germeval2018_test.tsv"])
def test_an_open_set_without_header(part: str) -> None:
    path = SHARED / "data" / "hate" / part
    found = pages(path, columns={"text": "1"})
    assert sum(p.items.num_rows for p in found) == path.read_bytes().count(b"\n")
    assert "--columns text=" in refusal(path)


def test_a_field_that_no_column_holds(tmp_path: Path) -> None:
    path = write(tmp_path, OURS + GOOD)
    (row,) = rows(path, columns=parse_columns("native_id=,author="))
    assert (row["native_id"], row["author"], row["text"]) == (None, None, "Der Kurs ist voll")
    (row,) = rows(write(tmp_path, '{"id": 7, "text": "a"}'), columns={"native_id": ""})
    assert (row["native_id"], row["text"]) == (None, "a")
    assert rows(write(tmp_path, "a\tb\n"), columns=parse_columns("text=2,author="))

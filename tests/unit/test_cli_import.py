"""`unite import`: what is good comes in once, what is bad is named, nothing is lost or doubled."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_cli_run import Said, process, unite

from collectors.files.opening import FileLimits
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.looked import looked_at

pytestmark = pytest.mark.unit
TEXT = "Die Wohnungsnot in Wien trifft Flüchtlinge, Nummer {}"
HEADER = "id,text,created,author\n"


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": f"p{n}", "text": TEXT.format(n).replace(",", ";"),
             "created": f"2026-03-{n + 1:02d}T12:00:00", "author": f"a{n}"}
            for n in numbers]  # fmt: skip


def as_csv(*numbers: int) -> str:
    return HEADER + "".join(",".join(r.values()) + "\n" for r in rows(*numbers))


def stored(home: Path) -> list[tuple[str, str, str]]:
    """(text, day, source) of every post, as it lies in the lake."""
    found = Workspace(Settings(home=home)).lake.read("posts", ["text", "day", "source"])
    return sorted((r["text"], str(r["day"]), r["source"]) for r in found.to_pylist())


def count(home: Path) -> int:
    return Workspace(Settings(home=home)).lake.read("posts", ["id"]).num_rows


def bring(home: Path, path: Path, *words: str) -> Said:
    return unite(home, "import", str(path), "--city", "wien", *words)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one post, which every refused file leaves as it is."""
    folder = tmp_path_factory.mktemp("import")
    (folder / "first.csv").write_text(as_csv(0), encoding="utf-8")
    assert "1 new posts" in bring(folder / "home", folder / "first.csv").err
    return folder / "home"


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    table = as_csv(1, 2, 3)
    lines = "".join(json.dumps(r) + "\n" for r in rows(1, 2, 3))
    (folder / "a.csv").write_text(table, encoding="utf-8")
    (folder / "b.csv").write_bytes(table.encode("utf-16"))
    (folder / "c.tsv").write_text(table.replace(",", "\t"), encoding="utf-8")
    (folder / "d.ndjson").write_text(lines, encoding="utf-8")
    (folder / "e.json").write_text(json.dumps(rows(1, 2, 3)), encoding="utf-8")
    (folder / "f.csv.gz").write_bytes(gzip.compress(table.encode()))
    (folder / "g.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "h.csv").write_bytes(b"\xef\xbb\xbf" + table.replace("\n", "\r\n").encode())
    pq.write_table(pa.Table.from_pylist(rows(1, 2, 3)), folder / "i.parquet")
    return {p.name: p for p in sorted(folder.iterdir())}


def test_every_format_brings_the_same_posts_and_none_twice(
    formats: dict[str, Path], tmp_path: Path
) -> None:
    home, *others = tmp_path / "home", *formats.values()
    first = process(home, "import", str(others[0]), "--city", "wien", "--source", "s")
    assert first.code == 0
    assert "3 new posts, 0 known, 3 relevant" in first.err
    before = stored(home)
    assert [day for _, day, _ in before] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    said = unite(home, "import", *map(str, others), "--city", "wien", "--source", "s")
    assert said.code == 0, said.err
    assert f"0 new posts, {3 * len(others)} known" in said.err
    assert stored(home) == before


def test_where_posts_come_from_is_said_without_the_files_name(
    formats: dict[str, Path], tmp_path: Path
) -> None:
    said = bring(tmp_path, formats["a.csv"])
    assert said.code == 0
    sources = {source for _, _, source in stored(tmp_path)}
    assert len(sources) == 1
    (source,) = sources
    assert source.startswith("import-")
    assert len(source) == len("import-") + 8
    assert "a.csv" not in said.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "file 1 (.csv): is empty"),
        ("header.csv", HEADER.encode(), "file 1 (.csv): holds no rows"),
        (
            "cut.csv.gz",
            gzip.compress(as_csv(*range(5)).encode(), mtime=0)[:-20],
            "ends in the middle",
        ),
        ("damaged.csv.gz", b"\x1f\x8b\x08\x00nothing of the kind", "file 1 (.csv.gz)"),
        ("twice.csv", b"id,text,text\n1,a,b\n", "column 3 has the same name"),
        ("latin.csv", ("id,text\n" + "1,ÄÖÜß äöü\n" * 50).encode("cp1252"), "--encoding cp1252"),
        ("wide.csv", as_csv(1).encode("utf-16")[2:], "--encoding utf-16"),
        ("bomb.csv.gz", None, "unpacks to far more"),
        ("column.csv", b"id,body_of_it\n1,a\n", "text"),
        ("cut.parquet", None, "file 1 (.parquet)"),
        ("zip.csv", b"PK\x03\x04rest", "is a ZIP archive or a spreadsheet"),
        ("list.json", b"[1, 2, 3]", "file 1 (.json)"),
        ("half.json", b'[{"id": 1, "text": "a"', "file 1 (.json)"),
        ("noise.csv", bytes(range(256)) * 20, "file 1 (.csv)"),
        ("a_folder", None, "cannot be read"),
        ("missing.csv", None, "file 1 (.csv): is not there"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_changes_nothing(
    home: Path, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if name == "bomb.csv.gz":
        line = b"x" * (1 << 20)
        with gzip.open(path, "wb", compresslevel=1) as packed:
            packed.write(b"id,text\n")
            for _ in range(150):
                packed.write(line)
    elif name == "cut.parquet":
        pq.write_table(pa.Table.from_pylist(rows(1, 2)), path)
        path.write_bytes(path.read_bytes()[:-30])
    elif name == "a_folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    before = stored(home)
    said = bring(home, path)
    assert (said.code, said.out) == (1, "")
    assert words in said.err, said.err
    assert said.err.startswith("unite: ")
    assert path.stem not in said.err.replace("is empty", "").replace("twice.", "") or name in (
        "empty.csv", "twice.csv", "column.csv", "header.csv",
    )  # fmt: skip
    assert stored(home) == before


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_one_line_of_100_mb_does_not_end_the_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"long.{kind}"
    with path.open("wb") as handle:
        good = [json.dumps(r).encode() + b"\n" for r in rows(1, 2)]
        if kind == "csv":
            good = [",".join(r.values()).encode() + b"\n" for r in rows(1, 2)]
            handle.write(HEADER.encode())
        handle.write(good[0])
        handle.write(b'{"id": 7, "text": "' if kind == "ndjson" else b"p7,")
        for _ in range(100):
            handle.write(b"a" * 1_000_000)
        handle.write(b'"}\n' if kind == "ndjson" else b",2026-03-01,a\n")
        handle.write(good[1])
    said = bring(tmp_path / "home", path)
    assert said.code == 0, said.err
    assert "2 new posts" in said.err
    assert "1 in quarantine" in said.err
    assert count(tmp_path / "home") == 2


def test_rows_that_cannot_be_read_are_in_quarantine_and_the_others_in(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(
        as_csv(1, 2).encode()
        + b"p3,ohne lesbares Datum,vorgestern,a\n"
        + b"p4,zu,viele,zellen,hier\n"
        + b"p5,M\xfcnchen,2026-03-01,a\n"
        + b"p6,,2026-03-01,a\n"
        + b"p7,aus der Zukunft,2199-01-01,a\n"
    )
    home = tmp_path / "home"
    said = bring(home, path)
    assert said.code == 0, said.err
    assert "2 new posts" in said.err
    assert "5 in quarantine" in said.err
    for _ in range(2):
        doctor = unite(home, "doctor", "--json")
        says = {r["about"]: r["says"] for r in json.loads(doctor.out)["rows"]}
        assert says["quarantine"].startswith("5 items: ")
        assert "vorgestern" not in says["quarantine"]
        again = bring(home, path)
        assert "0 new posts, 2 known" in again.err
    assert count(home) == 2


def test_a_file_without_one_usable_row_is_in_quarantine(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text(HEADER + "p1,Wohnung,vorgestern,a\np2,Wohnung,gestern,a\n", encoding="utf-8")
    said = bring(tmp_path / "home", path)
    assert "0 new posts" in said.err
    assert "2 in quarantine" in said.err
    doctor = json.loads(unite(tmp_path / "home", "doctor", "--json").out)
    says = {r["about"]: r["says"] for r in doctor["rows"]}
    assert says["quarantine"].startswith("2 items")


def test_one_bad_file_among_good_ones(formats: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"")
    files = [str(tmp_path / "bad.csv"), str(formats["a.csv"]), str(tmp_path / "gone.csv")]
    home = tmp_path / "home"
    said = unite(home, "import", *files, "--city", "wien")
    assert said.code == 1
    assert "3 new posts" in said.err
    assert "file 1 (.csv): is empty" in said.err
    assert "file 3 (.csv): is not there" in said.err
    assert "2 of 3 files could not be imported" in said.err
    assert count(home) == 3
    answer = unite(home, "compare", "wien", "--json")
    assert answer.code == 0  # what came in is indexed


def test_words_that_are_no_choice(home: Path, formats: dict[str, Path]) -> None:
    path = formats["a.csv"]
    for words, shown in (
        (("--city", "wein"), "did you mean 'wien'"),
        (("--city", "wien", "--platform", "twiter"), "unknown platform 'twiter'"),
        (("--city", "wien", "--voice", "loud"), "unknown voice 'loud'"),
        (("--city", "wien", "--authors", "none"), "unknown rule 'none'"),
        (("--city", "wien", "--format", "xls"), "xls"),
        (("--city", "wien", "--columns", "text"), "text=body,created=date"),
        (("--city", "wien", "--columns", "text=nowhere"), "no column for text"),
        (("--city", "wien", "--columns", "colour=text"), "colour"),
        (("--city", "wien", "--encoding", "klingon"), "unknown encoding"),
    ):
        said = unite(home, "import", str(path), *words)
        assert (said.code, said.out) == (1, ""), words
        assert shown in said.err, said.err
    assert count(home) == 1


def test_columns_platform_voice_and_authors_are_as_said(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("nr;body;when\n1;Wohnungsnot in Wien;10.3.2026 12:00\n", encoding="utf-8")
    home = tmp_path / "home"
    words = "--columns native_id=nr,text=body --platform mastodon --voice political"
    said = bring(home, path, *words.split(), "--authors", "one-per-post", "--source", "survey")
    assert said.code == 0, said.err
    lake = Workspace(Settings(home=home)).lake
    (post,) = lake.read("posts").to_pylist()
    assert (post["platform"], post["voice"], post["source"]) == ("mastodon", "political", "survey")
    assert post["author"] is not None
    (window,) = lake.read("windows").to_pylist()
    assert window["author_rule"] == "one-per-post"


@pytest.mark.parametrize("kind", ["csv.gz", "json"])
def test_a_long_file_that_breaks_off_is_told_and_can_be_mended(tmp_path: Path, kind: str) -> None:
    words = "und wieder " * 500  # longer than what is unpacked at once
    lines = "".join(f"{n},Wohnung {n} {words},2026-03-{1 + n // 5:02d}\n" for n in range(100))
    good, bad = tmp_path / f"good.{kind}", tmp_path / f"bad.{kind}"
    if kind == "csv.gz":
        good.write_bytes(gzip.compress(f"id,text,created\n{lines}".encode(), 0, mtime=0))
        bad.write_bytes(good.read_bytes()[:-20_000])
    else:
        names = ("id", "text", "created")
        array = [dict(zip(names, line.split(","), strict=True)) for line in lines.split("\n")[:-1]]
        good.write_text(json.dumps(array), "utf-8")
        bad.write_text(json.dumps(array)[:-20_000], "utf-8")
    home, clean = tmp_path / "home", tmp_path / "clean"
    with patch("collectors.files.FileLimits", lambda: FileLimits(page_rows=20)):
        said = bring(home, bad, "--source", "s")
        assert said.code == 1
        assert "80 new posts" in said.err  # whole pages
        assert "ends in the middle" in said.err or "breaks off" in said.err
        assert unite(home, "compare", "wien", "--json").code == 0  # what came in is indexed
        assert bring(home, good, "--source", "s").code == 0
        assert bring(clean, good, "--source", "s").code == 0
    assert stored(home) == stored(clean)
    tables = []
    for place in (home, clean):
        lake = Workspace(Settings(home=place)).lake
        looked = looked_at(lake.read("windows"), date(2026, 3, 1), date(2026, 4, 1))
        coverage = lake.read("coverage").drop_columns(["seen_folds"]).to_pylist()  # by own keys
        tables.append((sorted(map(str, coverage)), looked))
    assert tables[0] == tables[1]


def test_lines_and_columns_by_place(tmp_path: Path) -> None:
    lines, table = tmp_path / "a.txt", tmp_path / "b.tsv"
    texts = [f"Die Wohnungsnot in Wien trifft Flüchtlinge zum {n}. Mal" for n in range(3)]
    lines.write_text(
        "\n".join(f'{t}{", ja" * n}, "gut", sagt sie' for n, t in enumerate(texts)), "utf-8"
    )
    table.write_text("".join(f"{t}\tX\tX\n" for t in texts), "utf-8")
    said = bring(tmp_path / "home", lines)
    assert "3 new posts" in said.err
    assert "quarantine" not in said.err
    assert "3 new posts" in bring(tmp_path / "home", table, "--columns", "text=1").err
    said = bring(tmp_path / "home", table)
    assert said.code == 1
    assert "--columns text=2" in said.err
    assert "names and places" in bring(tmp_path / "home", table, "--columns", "text=1,id=x").err


def test_a_file_whose_ids_are_row_numbers_is_told_what_it_replaced(tmp_path: Path) -> None:
    for name, word in (("a", "haus"), ("b", "baum")):
        lines = [f"{n},ein {word} mit {n} fenstern" for n in range(20)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,text", *lines]) + "\n")
    bring(tmp_path / "home", tmp_path / "a.csv")
    said = bring(tmp_path / "home", tmp_path / "b.csv")
    assert "20 took the place of a post with the same id and another text" in said.err
    again = bring(tmp_path / "home", tmp_path / "b.csv")
    assert "another text" not in again.err

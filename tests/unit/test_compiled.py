"""Lists that are kept compiled: the same as read anew, and never in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from base.errors import BadInput
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.recognisers.name_lists import read_names
from taxonomy import compiled, taxonomy
from taxonomy.taxonomy import SHIPPED, Taxonomy

pytestmark = pytest.mark.unit
NAMES = Path(__file__).parents[2] / "data" / "names"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped codes and two languages."""
    there = tmp_path / "taxonomy"
    there.mkdir()
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, there)
    for language in ("nl", "sv"):
        shutil.copytree(SHIPPED / language, there / language)
    return there


def same(one: Taxonomy, other: Taxonomy) -> bool:
    fields = ("areas", "dimensions", "groups", "rights", "languages", "endings", "dates",
              "beginnings", "digest", "left_out")  # fmt: skip
    return list(one.entries) == list(other.entries) and all(
        getattr(one, name) == getattr(other, name) for name in fields
    )


def test_what_was_kept_equals_what_was_read(folder: Path, tmp_path: Path) -> None:
    read = taxonomy.load(folder)
    first = compiled.load(folder, tmp_path / "cache")
    again = compiled.load(folder, tmp_path / "cache")
    assert again is not first
    assert same(read, first)
    assert same(read, again)
    assert [e.meaning for e in again.of("slang", "sv")] == [
        e.meaning for e in read.of("slang", "sv")
    ]


def test_a_changed_list_is_read_anew_and_the_least_used_file_goes(
    folder: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    compiled.load(folder, cache)
    (shipped,) = cache.iterdir()
    for n in range(compiled.VERSIONS + 1):
        with (folder / "sv" / "rights.csv").open("a") as file:
            file.write(f"påhittad rätt {n},art-1,exact,,,\n")
        found = compiled.load(folder, cache)
        assert found.of("rights", "sv")[-1].term == f"påhittad rätt {n}"
        shipped.touch()  # as another process that uses it does
    assert shipped.exists()
    assert len(list(cache.iterdir())) == compiled.VERSIONS


def test_what_is_used_is_used_last(folder: Path, tmp_path: Path) -> None:
    compiled.load(folder, tmp_path)
    (kept,) = tmp_path.glob("*.arrow")
    os.utime(kept, (0, 0))
    compiled.load(folder, tmp_path)
    assert kept.stat().st_mtime > 0


def test_what_was_kept_without_some_rows_is_used_only_where_told_to(
    folder: Path, tmp_path: Path
) -> None:
    with (folder / "sv" / "rights.csv").open("a") as file:
        file.write("påhittad rätt,art-99,exact,,,\n")
    first = compiled.load(folder, tmp_path / "cache", lenient=True)
    assert same(first, compiled.load(folder, tmp_path / "cache", lenient=True))
    assert len(first.left_out) == 1
    with pytest.raises(BadInput, match="unknown right 'art-99'"):
        compiled.load(folder, tmp_path / "cache")


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, b"\x10\0\0\0\0\0\0\0nothing"])
def test_a_damaged_file_costs_time_only(folder: Path, tmp_path: Path, damage: bytes) -> None:
    read = compiled.load(folder, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(damage)
    assert same(read, compiled.load(folder, tmp_path / "cache"))


def test_a_place_that_cannot_be_written_costs_time_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert compiled.load(folder, tmp_path / "file").entries


def test_kept_patterns_find_the_same(folder: Path, tmp_path: Path) -> None:
    lists = taxonomy.load(folder)
    texts = [e.term for e in lists.entries]
    batch = pa.RecordBatch.from_pydict({"text": texts, "lang": ["nl"] * len(texts)})
    found = [
        Match(Patterns(lists, cache=cache))(batch).column("matches").to_pylist()
        for cache in (None, tmp_path / "cache", tmp_path / "cache")
    ]
    assert found[0] == found[1] == found[2]
    assert sum(map(len, found[0])) > 500


def test_kept_names_equal_those_of_the_lists(tmp_path: Path) -> None:
    read = read_names(NAMES)
    assert read_names(NAMES, tmp_path) == read
    assert read_names(NAMES, tmp_path) == read

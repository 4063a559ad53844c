"""Files written anew take the place of the old ones whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import lakes
import pyarrow as pa
import pytest

from store import rewriting, upkeep
from store.lake import Lake
from store.rewriting import Piece
from store.tables import statistics_of

pytestmark = pytest.mark.unit


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake(tmp_path / "lake")
    found.create()
    lakes.merge(found, [lakes.row(n, hours=n) for n in range(6)])
    lakes.merge(found, [lakes.row(n, home="graz", hours=n) for n in range(4)])
    return found


def anew(lake: Lake, home: str, *, tagger: str = "new", rows: slice = slice(None)) -> Piece:
    """The one file of a home, or some of its rows, with another tagger."""
    ((key, (file,)),) = [(k, v) for k, v in lake.files("posts").items() if k[0] == home]
    posts = lake.read("posts", None, None, [key]).slice(rows.start or 0, rows.stop)
    column = pa.array([tagger] * posts.num_rows)
    index = posts.schema.get_field_index("tagger")
    return rewriting.write(lake.root / "posts", file, posts.set_column(index, "tagger", column))


def place(lake: Lake, *pieces: Piece) -> set[str]:
    with lake.writing():
        return rewriting.put_in_place(lake, pieces)


def taggers(lake: Lake) -> dict[str, str]:
    rows = lake.read("posts", ["id", "home", "tagger"]).to_pylist()
    return {f"{r['home']} {r['id']}": r["tagger"] for r in rows}


def test_rows_are_the_same_but_for_what_was_changed(lake: Lake) -> None:
    was = sorted(lake.read("posts").to_pylist(), key=repr)
    piece = anew(lake, "wien")
    assert sorted(lake.read("posts").to_pylist(), key=repr) == was, "nobody sees it yet"
    assert place(lake, piece) == {piece.instead_of}
    found = sorted(lake.read("posts").to_pylist(), key=repr)
    assert [{**r, "tagger": "t"} for r in found] == was
    assert sorted(r["tagger"] for r in found) == ["new"] * 6 + ["t"] * 4


def test_one_file_may_come_in_pieces_but_only_whole(lake: Lake) -> None:
    pieces = [anew(lake, "wien", rows=slice(0, 2)), anew(lake, "wien", rows=slice(2, None))]
    assert place(lake, pieces[0]) == set()
    assert set(taggers(lake).values()) == {"t"}
    assert not (lake.root / "posts" / pieces[0].path).exists()
    again = anew(lake, "wien", rows=slice(0, 2))
    assert place(lake, again, pieces[1]) == {again.instead_of}
    assert lake.read("posts").num_rows == 10


def test_what_was_merged_meanwhile_is_not_overwritten(lake: Lake) -> None:
    wien, graz = anew(lake, "wien"), anew(lake, "graz")
    lakes.merge(lake, [lakes.row(3, hours=3, text="another text")])
    assert place(lake, wien, graz) == {graz.instead_of}
    texts = lake.read("posts", ["text"])["text"].to_pylist()
    assert "another text" in texts
    assert not (lake.root / "posts" / wien.path).exists()


def test_new_posts_beside_the_file_stay(lake: Lake) -> None:
    piece = anew(lake, "wien")
    lakes.merge(lake, [lakes.row("late", hours=1)])
    assert place(lake, piece) == {piece.instead_of}
    assert lake.read("posts").num_rows == 11


def test_the_log_knows_minima_and_maxima_of_the_same_columns_only(lake: Lake) -> None:
    stats = json.loads(anew(lake, "wien").stats)
    assert set(stats["minValues"]) == set(stats["maxValues"]) == set(statistics_of("posts"))
    assert stats["numRecords"] == 6


def test_merging_and_forgetting_go_on_as_before(lake: Lake) -> None:
    place(lake, anew(lake, "wien"), anew(lake, "graz"))
    lakes.merge(lake, [lakes.row(2, hours=2, text="edited", tagger="new")])
    upkeep.forget(lake, ids=[lakes.post_id(0)], at=lakes.START)
    texts = lake.read("posts", ["text"])["text"].to_pylist()
    assert len(texts) == 8  # post 0 went from both homes
    assert "edited" in texts


def test_a_file_that_nobody_named_goes_with_the_next_vacuum(lake: Lake) -> None:
    piece = anew(lake, "wien")
    upkeep.replay(lake, lakes.START)
    assert not (lake.root / "posts" / piece.path).exists()

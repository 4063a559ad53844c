"""An installation's own changes to the lists: when a row counts, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_taxonomy import folder, write

from base.errors import BadInput
from taxonomy import compiled
from taxonomy.overlay import COLUMNS, Overlay, read
from taxonomy.taxonomy import Entry, Slang, Taxonomy, load

__all__ = ["folder"]
pytestmark = pytest.mark.unit
FILL = {
    "author": "Ada", "date": "2026-03-01", "reason": "asked for", "list": "terms",
    "language": "en", "match": "forms", "accepted_by": "Bo", "accepted": "2026-03-02",
}  # fmt: skip


@pytest.fixture
def lists(folder: Path) -> Path:
    """English with two terms and a slang word."""
    write(folder, "en", "contexts", "flat,apartment")
    rows = ("rent,housing,forms,flat|room,,u,the rent,", "MA,housing,case,,,,,",
            "ma,housing,exact,mother,,,,")  # fmt: skip
    write(folder, "en", "terms", *rows)
    write(folder, "en", "slang", "bogus,roma,insult,3,exact,,,no,yes,1990,a word,usage,")
    return folder


def overlay(folder: Path, *rows: dict[str, str], reviewers: int = 2) -> Overlay:
    """The overlay of a file with these rows, in which what a row does not say is filled in."""
    lines = [",".join(COLUMNS)]
    for number, row in enumerate(rows, start=1):
        cells = {"id": str(number), **FILL, **row}
        lines.append(",".join(cells.get(name, "") for name in COLUMNS))
    path = folder.parent / "taxonomy" / "overlay.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read(path, reviewers)


def loaded(folder: Path, *rows: dict[str, str], reviewers: int = 2) -> Taxonomy:
    return load(folder, overlay=overlay(folder, *rows, reviewers=reviewers))


def terms(of: Taxonomy) -> list[tuple[str, str]]:
    return [(e.term, e.code) for e in of.of("terms")]


ADD = {"action": "add", "term": "tenancy", "code": "housing"}
WAITS = {"accepted_by": "", "accepted": ""}
UNDONE = {"undone_by": "Cem", "undone": "2026-03-03"}


def test_no_file_changes_nothing(lists: Path, tmp_path: Path) -> None:
    none = read(tmp_path / "nowhere.csv")
    assert load(lists, overlay=none).digest == load(lists).digest


@pytest.mark.parametrize(
    ("row", "reviewers", "counts"),
    [
        (ADD, 2, True),
        ({**ADD, **WAITS}, 2, False),  # nobody else has looked at it
        ({**ADD, **WAITS}, 1, True),
        ({**ADD, **UNDONE}, 2, False),
        ({**ADD, **WAITS, **UNDONE}, 1, False),
    ],
)
def test_a_row_counts_when_it_was_accepted_and_not_undone(
    lists: Path, row: dict[str, str], reviewers: int, counts: bool
) -> None:
    found = loaded(lists, row, reviewers=reviewers)
    assert (("tenancy", "housing") in terms(found)) == counts
    assert (found.digest != load(lists).digest) == counts  # what waits makes no post old


def test_who_said_it_and_when_does_not_change_the_digest(lists: Path) -> None:
    one, other = (loaded(lists, {**ADD, "author": who, "reason": who}) for who in ("Ada", "Dee"))
    assert one.digest == other.digest
    assert loaded(lists, {**ADD, "match": "exact"}).digest != one.digest


def test_an_added_term_is_an_entry_with_its_file_and_line(lists: Path) -> None:
    more = {"with": "*flat|landlord", "without": "car", "example": "a tenancy"}
    found = loaded(lists, {**ADD, **more})
    assert found.of("terms")[-1] == Entry(
        "terms", "en", "housing", "tenancy", "forms", ("apartment", "landlord"), ("car",),
        "taxonomy/overlay.csv:2", "a tenancy",
    )  # fmt: skip


def test_a_slang_word_can_be_added(lists: Path) -> None:
    row = {"action": "add", "list": "slang", "term": "bogey", "code": "roma", "kind": "insult",
           "strength": "2", "literal": "yes"}  # fmt: skip
    word = loaded(lists, row).of("slang")[-1]
    assert isinstance(word, Slang)
    assert (word.term, word.kind, word.strength, word.literal) == ("bogey", "insult", 2, True)


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ({"term": "Rent", "match": ""}, ["MA", "ma"]),
        ({"term": "MA", "match": ""}, ["rent", "ma"]),  # the other is another term
        ({"term": "ma", "match": "exact"}, ["rent", "MA"]),
    ],
)
def test_a_removed_term_is_gone(lists: Path, row: dict[str, str], left: list[str]) -> None:
    found = loaded(lists, {"action": "remove", "code": "housing", **row})
    assert [term for term, _ in terms(found)] == left


def test_a_change_keeps_what_it_does_not_say_and_a_dash_empties(lists: Path) -> None:
    row = {"action": "change", "term": "rent", "code": "housing", "match": ""}
    (kept,) = [e for e in loaded(lists, {**row, "without": "car"}).of("terms") if e.term == "rent"]
    assert (kept.match, kept.with_words, kept.without) == ("forms", ("flat", "room"), ("car",))
    assert kept.example == "the rent"
    (bare,) = [e for e in loaded(lists, {**row, "with": "-"}).of("terms") if e.term == "rent"]
    assert bare.with_words == ()


def test_a_changed_slang_word_keeps_its_meaning(lists: Path) -> None:
    row = {"action": "change", "list": "slang", "term": "bogus", "code": "roma", "match": "",
           "strength": "1"}  # fmt: skip
    (word,) = loaded(lists, row).of("slang")
    assert isinstance(word, Slang)
    assert (word.strength, word.kind, word.literal, word.since, word.meaning) == (
        1, "insult", True, "1990", "a word",
    )  # fmt: skip


def test_later_rows_see_what_earlier_ones_did(lists: Path) -> None:
    removed = {"action": "remove", "term": "rent", "code": "housing", "match": ""}
    back = {"action": "add", "term": "rent", "code": "housing", "match": "exact"}
    found = loaded(lists, removed, back)
    assert [(e.term, e.match) for e in found.of("terms")][-1] == ("rent", "exact")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**ADD, "code": "hosing"}, "unknown area 'hosing'"),
        ({**ADD, "match": "form"}, "unknown match 'form'"),
        ({**ADD, "language": "xx"}, "unknown language 'xx'"),
        ({**ADD, "with": "*weather"}, "unknown context '*weather'"),
        ({**ADD, "term": "Rent"}, "'Rent' stands twice"),
        ({**ADD, "term": "!!!"}, "no word in '!!!'"),
        ({**ADD, "list": "words"}, "unknown list 'words'"),
        ({**ADD, "action": "delete"}, "unknown action 'delete'"),
        ({**ADD, "id": "one"}, "the id 'one' is no number"),
        ({**ADD, "author": ""}, "author and date do not stand together"),
        ({**ADD, "date": "1 March"}, "date: '1 March' is not a day"),
        ({**ADD, "accepted_by": "ada "}, "accepted by its own author"),
        ({**ADD, "undone_by": "Cem"}, "undone_by and undone do not stand together"),
        ({"action": "remove", "term": "tenancy", "code": "housing"}, "there is nothing to remove"),
        ({"action": "remove", "term": "rent", "code": "poverty"}, "there is nothing to remove"),
        ({"action": "remove", "term": "rent", "code": "housing", "match": "exact"},
         "there is nothing to remove"),
        ({"action": "change", "term": "ma", "code": "housing", "match": "forme"},
         "unknown match 'forme'"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_line(lists: Path, row: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput) as raised:
        loaded(lists, {**ADD, "term": "lodger"}, row)
    assert said in raised.value.what
    assert raised.value.where == "taxonomy/overlay.csv:3"


def test_an_id_stands_once(lists: Path) -> None:
    with pytest.raises(BadInput, match="the id 1 stands twice"):
        loaded(lists, ADD, {**ADD, "term": "lodger", "id": "1"})


def test_the_rest_of_an_overlay_loads_where_told_to(lists: Path) -> None:
    changes = overlay(lists, ADD, {**ADD, "term": "lodger", "code": "hosing"})
    found = load(lists, overlay=changes, lenient=True)
    assert [term for term, _ in terms(found)] == ["rent", "MA", "ma", "tenancy"]
    assert len(found.left_out) == 1


def test_the_file_is_written_as_it_was_read(lists: Path) -> None:
    first = overlay(lists, {**ADD, "reason": '"because, of this"'})
    path = lists.parent / "taxonomy" / "overlay.csv"
    assert first.changes[0]["reason"] == "because, of this"
    path.write_text(first.to_csv(), encoding="utf-8")
    assert read(path) == first


def test_what_was_kept_of_the_lists_follows_the_overlay(lists: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    plain = compiled.load(lists, cache)
    for changes in (overlay(lists, ADD), overlay(lists, ADD)):
        found = compiled.load(lists, cache, overlay=changes)
        assert terms(found) == [*terms(plain), ("tenancy", "housing")]
        assert found.digest == load(lists, overlay=changes).digest
    assert compiled.load(lists, cache).digest == plain.digest

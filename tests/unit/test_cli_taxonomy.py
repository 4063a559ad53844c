"""The word lists on the command line: changed by people who are no programmers, safely."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from test_cli_run import Said, purpose, unite

from monitor.settings import load
from monitor.terms import editing

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
WORD = "Quetzelwohnung"  # in no list


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def propose(home: Path, term: str = WORD, *more: str, action: str = "add",
            author: str = "Ada", area: str = "housing", env: dict[str, str] | None = None,
            ) -> Said:  # fmt: skip
    return unite(home, "taxonomy", action, term, "--area", area, "--language", "de",
                 "--author", author, "--reason", "people say it", *more, env=env or {})  # fmt: skip


def accept(home: Path, number: int = 1, author: str = "Bo") -> Said:
    return unite(home, "taxonomy", "accept", str(number), "--author", author)


def log(home: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(unite(home, "taxonomy", "log", "--json").out)["rows"]
    return rows


def areas(home: Path, text: str = f"Die {WORD} ist weg") -> list[str]:
    """The areas that one of the two terms has in a text, by the lists of this home."""
    line = json.dumps({"id": 1, "text": text, "lang": "de"}).encode()
    said = unite(home, "tag", given=line)
    assert said.code == 0, said.text
    matches = json.loads(said.out)["matches"]
    return sorted({m["code"] for m in matches if m["term"] in (WORD, "Sozialwohnung")})


def file(home: Path) -> Path:
    return home / "taxonomy" / "overlay.csv"


def test_a_term_counts_after_a_second_person_and_until_it_is_undone(home: Path) -> None:
    assert areas(home) == []
    said = propose(home)
    assert (said.code, said.out) == (0, "")
    assert "unite taxonomy accept 1 --author NAME" in said.err
    assert areas(home) == []
    assert "counts" in accept(home).err
    assert areas(home) == ["housing"]
    undone = unite(home, "taxonomy", "undo", "1", "--author", "Cem")
    assert "is undone" in undone.err
    assert areas(home) == []
    (row,) = log(home)
    assert (row["state"], row["author"], row["accepted_by"], row["undone_by"]) == (
        "undone", "Ada", "Bo", "Cem",
    )  # fmt: skip
    assert row["date"] == row["accepted"] == row["undone"]
    assert row["reason"] == "people say it"


def test_where_one_person_suffices_a_term_counts_at_once(home: Path) -> None:
    one = {"UNITE_TAXONOMY_REVIEWERS": "1"}
    assert "counts" in propose(home, env=one).err
    said = unite(home, "taxonomy", "log", "--json", env=one)
    assert json.loads(said.out)["rows"][0]["state"] == "counts"
    assert log(home)[0]["state"] == "waits"


def test_a_shipped_term_is_removed_and_changed(home: Path) -> None:
    text = "Die Sozialwohnung wirkt"
    assert areas(home, text) == ["housing"]
    assert propose(home, "Sozialwohnung", action="remove").code == 0
    accept(home)
    assert areas(home, text) == []
    unite(home, "taxonomy", "undo", "1", "--author", "Ada")
    more = ("--with", "Quetzel", "--example", "-")
    assert propose(home, "Sozialwohnung", *more, action="change").code == 0
    accept(home, 2)
    assert areas(home, text) == []
    assert areas(home, f"{text} im Quetzel") == ["housing"]


@pytest.mark.parametrize(
    ("term", "more", "area", "said"),
    [
        ("Sozialwohnung", (), "housing", "stands twice"),
        (WORD, (), "hosing", "unknown area 'hosing'"),
        (WORD, ("--match", "form"), "housing", "unknown match 'form'"),
        (WORD, ("--with", "*weather"), "housing", "unknown context '*weather'"),
        ("!!!", (), "housing", "no word in '!!!'"),
        ("=1+1", (), "housing", "a spreadsheet would take it for a formula"),
        (WORD, ("--code", "poverty"), "housing", "--list LIST --code CODE"),
        (WORD, ("--author", " "), "housing", "a name behind it"),
        (WORD, ("--reason", ""), "housing", "without a reason"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    home: Path, term: str, more: tuple[str, ...], area: str, said: str
) -> None:
    refused = propose(home, term, *more, "--yes", area=area)
    assert (refused.code, refused.out) == (1, "")
    assert said in refused.err
    assert not file(home).exists()


@pytest.mark.parametrize(
    ("term", "more", "area", "said"),
    [
        ("Sozialwohnung", (), "poverty", "clash with de/terms.csv:"),
        ("Sozialwohnung", ("--match", "exact"), "housing", "repeated with de/terms.csv:"),
        ("qz", (), "housing", "dangerous"),
        (f"{WORD} Sozialwohnung", (), "housing", "shadowed with de/terms.csv:"),
        (WORD, ("--example", "ein Satz ohne das Wort"), "housing", "example"),
        (WORD, ("--with", WORD), "housing", "itself"),
    ],
)
def test_what_should_be_looked_at_needs_a_yes(
    home: Path, term: str, more: tuple[str, ...], area: str, said: str
) -> None:
    told = propose(home, term, *more, area=area)
    assert told.code == 1
    assert said in told.err
    assert "--yes" in told.err
    assert not file(home).exists()
    assert propose(home, term, *more, "--yes", area=area).code == 0
    assert len(log(home)) == 1


def test_what_waits_is_looked_at_too(home: Path) -> None:
    propose(home)
    assert "stands twice" in propose(home).err
    assert "clash with taxonomy/overlay.csv:2" in propose(home, area="poverty").err


@pytest.mark.parametrize(
    ("number", "author", "said"),
    [
        (1, "Ada", "somebody else accepts it"),
        (1, " àda", "somebody else accepts it"),  # the same person, written otherwise
        (7, "Bo", "unknown change '7'"),
        (1, "", "a name behind it"),
    ],
)
def test_nobody_accepts_what_is_not_there_or_their_own(
    home: Path, number: int, author: str, said: str
) -> None:
    propose(home)
    before = file(home).read_bytes()
    refused = accept(home, number, author)
    assert refused.code == 1
    assert said in refused.err
    assert file(home).read_bytes() == before


def test_a_change_is_accepted_and_undone_once(home: Path) -> None:
    propose(home)
    accept(home)
    assert "was accepted by Bo" in accept(home, author="Cem").err
    unite(home, "taxonomy", "undo", "1", "--author", "Ada")
    assert "was undone by Ada" in unite(home, "taxonomy", "undo", "1", "--author", "Bo").err
    assert "was undone by Ada" in accept(home, author="Cem").err


def test_what_another_change_rests_on_is_not_undone(home: Path) -> None:
    propose(home)
    accept(home)
    propose(home, WORD, "--with", "Quetzel", action="change")
    accept(home, 2)
    refused = unite(home, "taxonomy", "undo", "1", "--author", "Ada")
    assert refused.code == 1
    assert "undo that first" in refused.err
    assert unite(home, "taxonomy", "undo", "2", "--author", "Ada").code == 0
    assert unite(home, "taxonomy", "undo", "1", "--author", "Ada").code == 0


def test_two_who_write_at_once_lose_nothing(home: Path) -> None:
    settings = load(home=home)
    cells = {"action": "add", "list": "terms", "code": "housing", "language": "mt",
             "match": "forms", "author": "Ada", "reason": "r"}  # fmt: skip

    def write(number: int) -> None:
        editing.propose(settings, {**cells, "term": f"quetzel{number}zz"}, keep=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    rows = log(home)
    assert [r["id"] for r in rows] == [str(n) for n in range(1, 9)]
    assert len({r["term"] for r in rows}) == 8


def test_groups_and_slang_can_be_added(home: Path) -> None:
    common = ("--language", "de", "--author", "Ada", "--reason", "r", "--list")
    for words in (("groups", "--code", "roma"),
                  ("slang", "--code", "roma", "--kind", "insult", "--strength", "2")):  # fmt: skip
        said = unite(home, "taxonomy", "add", WORD, *common, *words)
        assert said.code == 0, said.err
    assert [r["list"] for r in log(home)] == ["groups", "slang"]


# --- a file that somebody edited by hand ----------------------------------------------------


def edited(home: Path, **cells: str) -> None:
    """The proposed row as somebody left it who opened the file in a spreadsheet."""
    propose(home)
    accept(home)
    with file(home).open(encoding="utf-8", newline="") as read:
        (row,) = csv.DictReader(read)
    with file(home).open("w", encoding="utf-8", newline="") as to:
        writer = csv.DictWriter(to, row)
        writer.writeheader()
        writer.writerow({**row, **cells})


def test_a_broken_row_stops_who_tags_unless_told_otherwise(home: Path) -> None:
    edited(home, code="hosing")
    line = json.dumps({"text": "Die Sozialwohnung wirkt", "lang": "de"}).encode()
    refused = unite(home, "tag", given=line)
    assert (refused.code, refused.out) == (1, "")
    assert "taxonomy/overlay.csv:2: unknown area 'hosing'" in refused.err
    assert "housing" in refused.err
    for _ in range(2):  # also when the lists come from what was kept
        said = unite(home, "tag", given=line, env={"UNITE_TAXONOMY_LENIENT": "yes"})
        assert json.loads(said.out)["areas"] == ["housing"]


def test_check_lists_every_problem_and_goes_on_where_told_to(home: Path) -> None:
    edited(home, code="hosing")
    said = unite(home, "taxonomy", "check", "--language", "de")
    assert (said.code, said.out) == (1, "")
    assert "taxonomy/overlay.csv:2: unknown area 'hosing'" in said.err
    assert "--lenient" in said.err
    said = unite(home, "taxonomy", "check", "--language", "de", "--kind", "clash", "--lenient")
    assert said.code == 0
    assert "unknown area 'hosing'" in said.err
    assert unite(home, "doctor").code == 1


def test_a_broken_row_can_be_undone(home: Path) -> None:
    edited(home, code="hosing")
    assert unite(home, "taxonomy", "undo", "1", "--author", "Bo").code == 0
    assert unite(home, "taxonomy", "check", "--language", "de", "--kind", "clash").code == 0


def test_a_file_saved_with_semicolons_is_told_and_not_written_over(home: Path) -> None:
    propose(home)
    broken = file(home).read_bytes().replace(b",", b";")
    file(home).write_bytes(broken)
    for said in (propose(home, "Quetzelhaus"), accept(home),
                 unite(home, "taxonomy", "check", "--language", "de")):  # fmt: skip
        assert said.code == 1
        assert "taxonomy/overlay.csv:1: semicolons stand between" in said.err
        assert "CSV with commas, in UTF-8" in said.err
    assert file(home).read_bytes() == broken


def test_doctor_says_how_many_changes_there_are(home: Path) -> None:
    propose(home)
    assert "1 changes: waits" in unite(home, "doctor").out


# --- dead terms -----------------------------------------------------------------------------


def dead(home: Path, *more: str) -> dict[str, str]:
    """term → where, of what `check` calls dead."""
    said = unite(home, "taxonomy", "check", "--language", "de", "--kind", "dead", "--json", *more)
    assert said.code == 0, said.text
    return {r["term"]: r["where"] for r in json.loads(said.out)["rows"]}


def test_terms_that_stand_in_no_text_are_listed_with_their_line(home: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.csv"
    texts.write_text(
        "text,lang\nDie Sozialwohnungen sind weg,de\n"
        "They wrote of the Wohnungsnot and nobody here understood what that means,en\n"
        "Wir warten seit Jahren und die Wohnungssuche nimmt einfach kein Ende,\n"
    )
    found = dead(home, "--texts", str(texts))
    assert "Sozialwohnung" not in found
    assert "Wohnungssuche" not in found  # its language is found
    assert found["Wohnungsnot"].startswith("de/terms.csv:")
    more = tmp_path / "more.ndjson"
    more.write_text('{"text": "Die Wohnungsnot", "lang": "de"}\n')
    assert "Wohnungsnot" not in dead(home, "--texts", str(texts), "--texts", str(more))


def test_the_lake_is_looked_through_for_who_has_a_purpose(home: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("text,created\n" + "".join(
        f"Die Sozialwohnung in Wien ist weg sagt Nummer {i},2026-03-01T12:00:00\n"
        for i in range(3)))  # fmt: skip
    assert unite(home, "import", str(posts), "--city", "wien").code == 0
    refused = unite(home, "taxonomy", "check", "--language", "de", "--lake")
    assert (refused.code, refused.out) == (1, "")
    assert "needs a purpose" in refused.err
    assert purpose(home).code == 0
    found = dead(home, "--lake", "--purpose", "study")
    assert "Sozialwohnung" not in found
    assert "Wohnungsnot" in found


def test_dead_terms_need_texts(home: Path) -> None:
    said = unite(home, "taxonomy", "check", "--kind", "dead")
    assert said.code == 1
    assert "--texts FILE" in said.err


def test_the_page_of_dead_terms_reads_no_row_for_tests_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dead_terms

    (tmp_path / "sets.csv").write_text(
        "file,text,language,left_out\na.csv.gz,text,*,test\nb.tsv,1,da,\n"
    )
    monkeypatch.setattr(dead_terms, "SETS", tmp_path / "sets.csv")
    rows = "text,language,split\nMiete,de,train\nLohn,de,test\nrent,en,dev\n"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(rows.encode()))
    (tmp_path / "b.tsv").write_text('en "husleje\tx\n')
    assert list(dead_terms.texts(tmp_path)) == [
        ("Miete", "de"), ("rent", "en"), ('en "husleje', "da"),
    ]  # fmt: skip
    assert not [r["file"] for r in listed(ROOT / "scripts" / "dead_terms.csv")
                if "test" in r["file"] or "hatecheck" in r["file"]]  # fmt: skip


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))

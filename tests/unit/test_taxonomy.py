"""The taxonomy's files: what is read, what is refused, and with which words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from base.errors import BadInput
from taxonomy.codes import LANGUAGE_COLUMNS
from taxonomy.reader import COLUMNS
from taxonomy.taxonomy import SHIPPED, Slang, check, load
from taxonomy.vocabulary import COLUMNS as VOCABULARY

HEADERS = {
    "terms": "term,area,match,with,without,source,example,note",
    "slang": "term,group,kind,strength,match,with,without,reclaimed,literal,since,meaning,"
    "source,note",
    "groups": "term,group,match,with,without,note",
    "rights": "term,right,match,with,without,note",
    "cues": "cue,kind,match,note",
    "endings": "ending,becomes",
    "beginnings": "beginning,becomes",
    "dates": "word,kind",
    "contexts": "name,word",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A taxonomy with the shipped codes and no language."""
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def write(folder: Path, language: str, name: str, *rows: str) -> None:
    (folder / language).mkdir(exist_ok=True)
    text = "\n".join((HEADERS[name], *rows)) + "\n"
    (folder / language / f"{name}.csv").write_text(text, encoding="utf-8")


def test_the_shipped_taxonomy_has_nothing_wrong() -> None:
    assert [str(problem) for problem in check()] == []


def test_the_shipped_codes_are_complete() -> None:
    taxonomy = load(languages=())
    assert (len(taxonomy.areas), len(taxonomy.groups), len(taxonomy.rights)) == (29, 12, 50)
    assert len(taxonomy.languages) == 28
    assert {area.dimension for area in taxonomy.areas.values()} == set(taxonomy.dimensions)


def test_entries_know_list_language_code_and_line(folder: Path) -> None:
    write(folder, "en", "terms", "tenancy,housing,forms,flat|rent,loan,,,")
    write(folder, "en", "slang", "bogus,roma,insult,3,exact,,,no,yes,1990,a word,usage,")
    taxonomy = load(folder)
    term, slang = taxonomy.entries
    assert (term.list, term.language, term.code, term.term) == ("terms", "en", "housing", "tenancy")
    assert (term.with_words, term.without) == (("flat", "rent"), ("loan",))
    assert term.where == "en/terms.csv:2"
    assert isinstance(slang, Slang)
    assert (slang.kind, slang.strength, slang.reclaimed, slang.literal) == (
        "insult",
        3,
        False,
        True,
    )
    assert taxonomy.of("slang", "en") == (slang,)
    assert taxonomy.listed("terms") == {"en"}


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("terms", "rent,hosing,forms,,,,,", "unknown area 'hosing'"),
        ("terms", "rent,housing,forme,,,,,", "unknown match 'forme'"),
        ("terms", ",housing,forms,,,,,", "a term is missing"),
        ("terms", "!!!,housing,forms,,,,,", "no word in '!!!'"),
        ("terms", "rent,housing,prefix,,,,,", "prefix 'rent' is too short"),
        ("terms", "rent,housing,forms,…,,,,", "no word in '…' (with)"),
        ("terms", "rent,housing,forms", "3 cells"),
        ("terms", "rent,housing,forms,*weather,,,,", "unknown context '*weather'"),
        ("groups", "guest,guests,forms,,,", "unknown group 'guests'"),
        ("rights", "guest,art-99,forms,,,", "unknown right 'art-99'"),
        ("cues", "so,glee,exact,", "unknown kind of cue 'glee'"),
        ("slang", "x1,roma,joke,1,exact,,,,,,,,", "unknown kind of slang 'joke'"),
        ("slang", "x1,roma,insult,9,exact,,,,,,,,", "strength '9'"),
        ("slang", "x1,roma,insult,1,exact,,,maybe,,,,,", "unknown reclaimed 'maybe'"),
        ("dates", "May,mouth", "unknown kind 'mouth'"),
    ],
)
def test_a_wrong_row_is_named(folder: Path, name: str, row: str, said: str) -> None:
    write(folder, "en", name, row)
    with pytest.raises(BadInput) as raised:
        load(folder)
    assert said in raised.value.what
    assert raised.value.where == f"en/{name}.csv:2"


def test_an_unknown_code_comes_with_the_known_ones(folder: Path) -> None:
    write(folder, "en", "terms", "rent,hosing,forms,,,,,")
    (problem,) = check(folder)
    assert "housing" in problem.available
    assert problem.hint == "did you mean 'housing'?"


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (("Miete,housing,forms,,,,,", "miete,housing,forms,,,,,"), 1),  # folded they are one
        (("Miete,housing,forms,,,,,", "Miete,poverty,forms,,,,,"), 0),  # two areas
        (("MA,housing,case,,,,,", "ma,housing,case,,,,,"), 0),  # case tells them apart
    ],
)
def test_a_term_stands_once_in_a_code(folder: Path, rows: tuple[str, ...], wrong: int) -> None:
    write(folder, "de", "terms", *rows)
    assert len(check(folder)) == wrong


def test_check_finds_all_and_load_says_how_many_more(folder: Path) -> None:
    write(folder, "de", "terms", ",housing,forms,,,,,", "Miete,hous,forms,,,,,")
    write(folder, "en", "cues", "so,glee,exact,", "ok,positive,exact,")
    assert [p.where for p in check(folder)] == ["de/terms.csv:2", "de/terms.csv:3", "en/cues.csv:2"]
    with pytest.raises(BadInput, match="a term is missing") as raised:
        load(folder)
    assert raised.value.hint is not None
    assert "2 more" in raised.value.hint


def test_the_rest_loads_only_where_told_to_and_says_what_is_left_out(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,", "Haus,hosing,forms,,,,,")
    with pytest.raises(BadInput, match="unknown area 'hosing'"):
        load(folder)
    found = load(folder, lenient=True)
    assert [e.term for e in found.entries] == ["Miete"]
    (said,) = found.left_out
    assert said.startswith("de/terms.csv:3: unknown area 'hosing'")
    write(folder, "de", "terms", "Miete,housing,forms,,,,,")
    assert load(folder, lenient=True).left_out == ()
    assert load(folder, lenient=True).digest == load(folder).digest != found.digest


def test_a_spreadsheet_that_saved_with_semicolons_is_told_once(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,", "Haus,housing,forms,,,,,")
    path = folder / "de" / "terms.csv"
    path.write_bytes(path.read_bytes().replace(b",", b";"))
    (problem,) = check(folder)
    assert "semicolons" in problem.what
    assert problem.where == "de/terms.csv:1"


def test_broken_lists_of_codes_are_told_once_and_never_passed_over(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,", "Haus,housing,forms,,,,,")
    path = folder / "areas.csv"
    path.write_bytes(path.read_bytes().replace(b",", b";"))
    (problem,) = check(folder)
    assert "semicolons" in problem.what
    with pytest.raises(BadInput, match="semicolons"):
        load(folder, lenient=True)


def test_a_folder_that_is_no_language_is_named(folder: Path) -> None:
    write(folder, "xx", "terms", "rent,housing,forms,,,,,")
    (problem,) = check(folder)
    assert problem.what == "unknown language 'xx'"


def test_a_language_without_lists_is_named(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,")
    with pytest.raises(BadInput, match="no lists in language 'pl'") as raised:
        load(folder, ("pl",))
    assert raised.value.available == ("de",)


def test_the_digest_follows_the_content_and_not_how_it_was_saved(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,")
    first = load(folder).digest
    path = folder / "de" / "terms.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(folder).digest == first
    write(folder, "de", "terms", "Miete,housing,exact,,,,,")
    assert load(folder).digest != first


def test_a_named_context_stands_for_its_words(folder: Path) -> None:
    write(folder, "en", "contexts", "migration,migrant", "migration,newcomer")
    write(folder, "en", "terms", "rent,housing,forms,*migration|landlord,*migration,,,")
    (term,) = load(folder).entries
    assert term.with_words == ("migrant", "newcomer", "landlord")
    assert term.without == ("migrant", "newcomer")


def test_endings_are_folded_and_a_dash_is_nothing(folder: Path) -> None:
    write(folder, "de", "terms", "Miete,housing,forms,,,,,")
    write(folder, "de", "endings", "-tät,-täten", "-n,-")
    assert load(folder).endings["de"] == {"tat": ("taten",), "n": ("",)}


def test_the_guide_to_the_lists_names_every_file_and_column() -> None:
    guide = (SHIPPED / "README.md").read_text(encoding="utf-8")
    files = {name: columns for name, columns in COLUMNS.items() if name != "places"} | {
        "vocabulary": ",".join(VOCABULARY),
        "languages": ",".join(LANGUAGE_COLUMNS),
    }
    for name, columns in files.items():
        assert f"`{name}.csv`" in guide
        for column in columns.split(","):
            assert f"`{column}`" in guide, f"{column} of {name}.csv"

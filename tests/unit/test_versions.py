"""Posts that other word lists tagged: an answer that rests on them says so, everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli_run import Said, purpose, unite
from test_dashboard import texts

from dashboard.components import card
from dashboard.site import Site
from monitor.settings import load
from monitor.versions import Versions
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
MARCH = ("--since", "2026-03-01", "--until", "2026-04-01")


@pytest.mark.parametrize(
    ("current", "taggers", "said"),
    [
        ("new", (), None),
        ("new", ("new",), None),
        ("new", ("old",), "30 of 100 posts were tagged by other word lists or rules, and this"
                          " answer rests on such posts (old)"),
        ("new", ("new", "old"), "rests in part on such posts (old)"),
        ("new", ("a", "b", "c", "d"), "(a, b, c …)"),
        (None, ("old",), "the present word lists cannot be read: unite taxonomy check"),
        (None, ("new", "old"), "(2 versions in this answer)"),
    ],
)  # fmt: skip
def test_an_answer_is_marked_where_other_lists_tagged_its_posts(
    current: str | None, taggers: tuple[str, ...], said: str | None
) -> None:
    note = Versions(current, {"new": 70, "old": 30}).note(taggers)
    assert said in note if said and note else note == said


def posts(folder: Path, name: str, count: int) -> str:
    lines = [
        f"{name}{i},Familien spüren die Wohnungsnot in Wien Nummer {name}{i},"
        f"2026-03-{1 + i % 28:02d}T12:00:00,https://forum.example/{name}{i},a{i}\n"
        for i in range(count)
    ]
    path = folder / f"{name}.csv"
    path.write_text("id,text,created,url,author\n" + "".join(lines), encoding="utf-8")
    return str(path)


def test_a_changed_list_marks_answers_until_a_retag(tmp_path: Path) -> None:
    home = tmp_path / "home"
    env = {"UNITE_TAXONOMY_REVIEWERS": "1"}

    def say(*words: str) -> Said:
        said = unite(home, *words, env=env)
        assert said.code == 0, said.text
        return said

    def compared() -> tuple[str, list[str]]:
        """What compare says beside its answer, coverage apart, and the taggers in the answer."""
        said = say("compare", "wien", *MARCH, "--json")
        about = [line for line in said.err.splitlines() if "incomplete" not in line]
        return "\n".join(about), json.loads(said.out)["tagger"]

    def page() -> str:
        site = Site(Workspace(load(home=home, taxonomy_reviewers=1)))
        return texts(card.foot_of(card.Foot("of 30 posts", [1.0], ["s"], (), tagged=site.tagged())))

    say("import", posts(tmp_path, "first", 30), "--city", "wien")
    assert purpose(home).code == 0
    said, (first,) = compared()
    assert said == ""
    assert "tagged by other" not in page()

    say("taxonomy", "add", "Quetzelwohnung", "--area", "housing", "--language", "de",
        "--author", "Ada", "--reason", "r")  # fmt: skip
    said, taggers = compared()
    assert taggers == [first]  # the answer is what it was; the mark stands beside it
    assert "30 of 30 posts" in said
    assert first in said
    assert "unite retag" in said
    assert "100\u202f% of all posts were tagged by other word lists" in page()

    say("import", posts(tmp_path, "second", 10), "--city", "wien")
    said, taggers = compared()
    assert len(taggers) == 2
    assert "30 of 40 posts" in said
    assert "in part" in said
    assert "in part" in say("query", "wien", "--purpose", "study", "--limit", "40").err
    newest = say("query", "wien", "--text", "second3", "--purpose", "study", "--json")
    assert newest.err == ""  # its own posts are all of the present lists
    assert "30 of 40 posts were tagged by other" in unite(home, "doctor", env=env).out

    assert "30 tagged again" in say("retag").err
    said, taggers = compared()
    assert said == ""
    assert len(taggers) == 1
    assert "tagged by other" not in page()


def test_lists_that_cannot_be_read_do_not_stop_an_answer(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert unite(home, "import", posts(tmp_path, "first", 20), "--city", "wien").code == 0
    (home / "taxonomy").mkdir()
    (home / "taxonomy" / "overlay.csv").write_text("id;action\n")
    said = unite(home, "compare", "wien", *MARCH)
    assert said.code == 0
    assert "unite taxonomy check" in said.err
    assert "tagged by other" not in Site(Workspace(load(home=home))).tagged()

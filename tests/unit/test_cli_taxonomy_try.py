"""A term tried on the posts at hand before it is saved: what is told to whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from test_cli_run import Said, purpose, unite

from monitor.settings import Settings
from monitor.terms.drafting import draft
from monitor.terms.judging import Hit, precision, sample, window
from monitor.terms.trying import people
from nlp.match import Match

pytestmark = pytest.mark.unit
WORD = "Quetzelkram"  # in no list
OTHER = "Mietwucher"  # in the lists, housing; no word of the vocabulary


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 posts with the word, 15 of them with a listed term too; few of others; a purpose."""
    folder = tmp_path_factory.mktemp("try")
    texts = [
        (f"Eins zwei drei vier fünf sechs eine {WORD} sieben acht neun zehn elf zwölf"
         + (f" {OTHER} Nummer {i}" if i % 2 else f" Nummer {i}"), f"a{i}")
        for i in range(30)
    ]  # fmt: skip
    texts += [(f"Das Quetzelhaus steht leer, Nummer {i}", f"b{i}") for i in range(4)]
    texts += [(f"Der Quetzelbau wird teuer, Nummer {i}", "one") for i in range(20)]
    texts += [(f"Seine Quetzelzahlungen kamen spät, Nummer {i}", f"c{i}") for i in range(12)]
    texts += [(f"Wien spürt eine {OTHER} am Gürtel, Nummer {i}", f"d{i}") for i in range(12)]
    lines = [
        f'{i},"{text}",2026-03-{1 + i % 28:02d}T12:00:00,https://forum.example/{i},{author}\n'
        for i, (text, author) in enumerate(texts)
    ]
    path = folder / "posts.csv"
    path.write_text("id,text,created,url,author\n" + "".join(lines), encoding="utf-8")
    found = folder / "home"
    words = ("--city", "wien", "--columns", "lang=")
    assert unite(found, "import", str(path), *words).code == 0
    assert purpose(found).code == 0
    assert purpose(found, "berlin", "berlin").code == 0
    return found


def tried(home: Path, term: str = WORD, *more: str, area: str = "housing",
          given: bytes = b"") -> Said:  # fmt: skip
    return unite(home, "taxonomy", "test", term, "--area", area, "--language", "de", *more,
                 given=given)  # fmt: skip


def row(home: Path, term: str = WORD, *more: str) -> dict[str, Any]:
    said = tried(home, term, *more, "--json")
    assert said.code == 0, said.text
    found = json.loads(said.out)
    assert list(found) == ["command", "view", "tier", "generation", "tagger", "rows"]
    assert found["tier"] == ("posts" if "--purpose" in more else "counts")
    (only,) = found["rows"]
    return dict(only)


def test_without_posts_the_lists_alone_are_looked_at(tmp_path: Path) -> None:
    said = tried(tmp_path / "home", "qz")
    assert said.code == 0
    assert "no posts here yet" in said.out
    assert "dangerous" in said.out
    assert not (tmp_path / "home").exists()
    assert row(tmp_path / "home")["state"] == "no_lake"


def test_with_a_purpose_the_figures_are_exact(home: Path) -> None:
    found = row(home, WORD, "--purpose", "study")
    assert (found["state"], found["posts"], found["days"], found["is_listed"]) == (
        "ok", 30, 28, False,
    )  # fmt: skip
    assert found["adds"] == 15  # the others have housing through the listed term
    assert found["overlaps"] == []
    assert found["is_ordinary"] is True  # 30 of 78 posts: no one subject has so many
    assert found["microseconds"] > 0


def test_forms_and_contexts_decide_as_in_tagging(home: Path) -> None:
    study = ("--purpose", "study")
    assert row(home, "Quetzelzahlung", *study)["posts"] == 12
    assert row(home, "Quetzelzahlung", "--match", "exact", *study)["posts"] == 0
    assert row(home, "Quetzel", "--match", "prefix", *study)["posts"] == 66
    assert row(home, WORD, "--with", OTHER, *study)["posts"] == 15
    assert row(home, WORD, "--without", OTHER, *study)["posts"] == 15
    assert row(home, WORD, "--city", "berlin", *study)["posts"] == 0


def test_a_term_is_tried_alone(tmp_path: Path) -> None:
    cells = {"list": "terms", "language": "de", "code": "housing", "term": WORD, "match": "forms"}
    alone = Match(draft(Settings(home=tmp_path), cells, lenient=False).alone())
    posts = pa.RecordBatch.from_pydict(
        {"text": [f"Mein {WORD}", "Der Vermieter kündigt den Mietvertrag, neue Wohnung gesucht"],
         "lang": ["de", "de"]}
    )  # fmt: skip
    found = alone(posts).column("matches").to_pylist()
    assert [[m["term"] for m in of_post] for of_post in found] == [[WORD], []]


def test_what_stands_at_the_same_place_is_named(home: Path) -> None:
    found = row(home, f"spürt eine {OTHER}", "--purpose", "study")
    assert found["overlaps"] == [{"term": OTHER, "code": "housing", "posts": 12}]
    assert found["adds"] == 0
    assert any(f.startswith("shadowed with de/terms.csv:") for f in found["findings"])


def test_a_listed_term_is_tried_as_it_stands(home: Path) -> None:
    found = row(home, OTHER, "--purpose", "study")
    assert (found["is_listed"], found["posts"], found["adds"]) == (True, 27, 27)


def test_without_a_purpose_it_is_told_in_words(home: Path) -> None:
    found = row(home)
    assert (found["state"], found["at_least"], found["adds_part"]) == ("ok", 10, "half or more")
    assert [found[n] for n in ("posts", "cities", "days", "adds", "looked")] == [None] * 5
    said = tried(home)
    assert "10 posts or more (exact figures: --purpose NAME)" in said.out
    assert "30" not in said.out.partition("A sample to judge")[0]


@pytest.mark.parametrize("term", ["Quetzelhaus", "Quetzelbau", "Quetzelnichts"])
def test_few_posts_or_few_people_show_nothing(home: Path, term: str) -> None:
    found = row(home, term)
    assert (found["state"], found["sample"], found["at_least"], found["overlaps"]) == (
        "few", [], None, [],
    )  # fmt: skip
    said = tried(home, term)
    assert "fewer than 10 posts or 5 people, perhaps none" in said.out
    assert term not in said.out.partition("\n")[2]


def test_the_purpose_must_cover_the_cities(home: Path) -> None:
    said = tried(home, WORD, "--purpose", "berlin")
    assert (said.code, said.out) == (1, "")
    assert "does not cover all cities" in said.err


def test_the_sample_is_windows_of_five_words_and_the_same_again(home: Path) -> None:
    first = row(home, WORD, "--sample", "5")["sample"]
    assert [s["number"] for s in first] == [1, 2, 3, 4, 5]
    assert {s["text"] for s in first} == {
        f"… drei vier fünf sechs eine [{WORD}] sieben acht neun zehn elf …"
    }
    assert first == row(home, WORD, "--sample", "5")["sample"]


def test_a_judged_sample_gives_precision_with_its_interval(home: Path) -> None:
    found = row(home, WORD, "--sample", "10", "--judged", "1,3, 5,7,8,9")
    assert (found["judged"], found["right"], found["precision"]) == (10, 6, 0.6)
    # Wilson's interval of 6 in 10, as in any table of it
    assert found["low"] == pytest.approx(0.3127, abs=1e-4)
    assert found["high"] == pytest.approx(0.8318, abs=1e-4)
    said = tried(home, WORD, "--sample", "10", "--judged", "1,3,5,7,8,9")
    assert "Precision: 6 of 10 right: 60% (95 % interval 31% to 83%)." in said.err
    assert row(home, WORD, "--sample", "4", "--judged", "0")["precision"] == 0
    assert row(home)["precision"] is None


def test_somebody_can_be_asked_post_by_post(home: Path) -> None:
    said = tried(home, WORD, "--sample", "4", "--judge", given=b"y\nperhaps\nn\ns\ny\n")
    assert said.code == 0, said.text
    assert "Precision: 2 of 3 right" in said.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--judged", "1,x"), "'x' is no number of the sample"),
        (("--judged", "21"), "numbers from 1 to 20"),
        (("--judged", "1", "--judge"), "judged twice"),
        (("--match", "form"), "unknown match 'form'"),
        (("--city", "wein"), "unknown city 'wein'"),
        (("--purpose", "nobody"), "unknown purpose 'nobody'"),
    ],
)
def test_what_cannot_be_is_said(home: Path, more: tuple[str, ...], said: str) -> None:
    refused = tried(home, WORD, *more)
    assert (refused.code, refused.out) == (1, "")
    assert said in refused.err


def test_nothing_is_saved_by_trying(home: Path) -> None:
    tried(home)
    assert not (home / "taxonomy" / "overlay.csv").exists()


def test_a_look_at_posts_is_logged(home: Path) -> None:
    tried(home, WORD, "--purpose", "study")
    from monitor.settings import load
    from monitor.workspace import Workspace

    newest = Workspace(load(home=home)).database.access_log(1)[0]
    assert (newest["action"], newest["purpose"]) == ("taxonomy test", "study")


def test_people_are_the_most_authors_of_a_month() -> None:
    def post(author: str | None, voice: str = "personal", source: str = "s") -> dict[str, Any]:
        return {"author": author, "voice": voice, "source": source}

    assert people([post("202601:a"), post("202601:b"), post("202602:a")]) == 2
    assert people([post(None), post(None), post(None, source="t")]) == 2
    assert people([post("202601:a", "media"), post("202601:a", "media")]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("das Wort", "das [Wort]"),
        ("Wort", "[Wort]"),
        ("a b c d e f Wort, g!", "… b c d e f [Wort], g"),
        ("<PERSON> b c d e Wort <PLACE>", "<PERSON> b c d e [Wort] <PLACE>"),
        ("eins\n\nzwei Wort", "eins zwei [Wort]"),
    ],
)
def test_a_window_holds_five_words_on_each_side(text: str, said: str) -> None:
    start = text.index("Wort")
    assert window(Hit("i", None, "d", text, start, start + 4, False)) == said


def test_protected_posts_are_in_no_sample() -> None:
    hits = [Hit(str(i), None, "d", "Wort", 0, 4, i % 2 == 0) for i in range(10)]
    assert {h.id for h in sample(hits, "Wort", 20)} == {"1", "3", "5", "7", "9"}


def test_nothing_judged_is_no_precision() -> None:
    assert precision(0, 0) is None

"""Articles as excerpts: what is shown, what leaves, what stays after the recheck window."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import merge, row
from test_cli_run import purpose, unite

from base.time import now
from monitor import excerpts, pipeline, retagging
from monitor.excerpts import LONGEST_TITLE, MOST, excerpt
from monitor.retention import retaining, shortening
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
TITLE = "Neue Häuser am Stadtrand"
BODY = " ".join(f"Wort{n}" for n in range(400))
ARTICLE = f"{TITLE}\n{BODY}"
CANARY = "Wort399"


def match(word: str, text: str = ARTICLE) -> dict[str, Any]:
    start = text.index(word)
    return {"list": "terms", "code": "housing", "term": word, "start": start,
            "end": start + len(word)}  # fmt: skip


def words_of(text: str, matches: list[dict[str, Any]]) -> list[str]:
    return [text[m["start"] : m["end"]] for m in matches]


def test_the_beginning_where_the_evidence_stands_there() -> None:
    text, matches = excerpt(ARTICLE, [match("Häuser"), match("Wort3"), match(CANARY)])
    assert text.startswith(f"{TITLE}\nWort0 Wort1 ")
    assert text.endswith(" …")
    assert text.removesuffix(" …").split()[-1] in BODY.split()  # no word is cut
    assert words_of(text, matches) == ["Häuser", "Wort3"]


def test_a_window_around_the_evidence_where_the_beginning_holds_none() -> None:
    text, matches = excerpt(ARTICLE, [match("Wort200"), match("Wort205"), match(CANARY)])
    assert text.startswith(f"{TITLE}\n… Wort")
    assert words_of(text, matches) == ["Wort200", "Wort205"]
    end, (found,) = excerpt(ARTICLE, [match(CANARY)])
    assert end.endswith(CANARY)
    assert words_of(end, [found]) == [CANARY]


@pytest.mark.parametrize(
    "text", ["", "kurz", f"{TITLE}\n{'x' * MOST}", "x" * MOST, f"{'t' * LONGEST_TITLE}\nkurz"]
)
def test_what_is_short_stays_as_it_is(text: str) -> None:
    assert excerpt(text, None) == (text, [])


def test_a_first_line_that_is_no_title_is_cut_like_the_rest() -> None:
    text, _ = excerpt("y" * 400 + "\n" + BODY, None)
    assert len(text) <= MOST + 2


def test_a_placeholder_stays_whole() -> None:
    text, _ = excerpt("x" * (MOST - 4) + "<PERSON> und mehr", None)
    assert text == "x" * (MOST - 4) + " …"


@given(
    st.text(st.sampled_from("ab \n<>ü🙂"), max_size=900),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), max_size=4),
)
def test_never_more_than_title_and_most_and_evidence_stays_where_it_says(
    text: str, spans: list[tuple[int, int]]
) -> None:
    matches = [{"start": s, "end": s + n} for s, n in spans if s + n <= len(text)]
    shown, kept = excerpt(text, matches)
    assert len(shown) <= LONGEST_TITLE + 1 + MOST + 4
    given_words = [text[m["start"] : m["end"]] for m in matches]
    assert all(word in given_words for word in words_of(shown, kept))
    assert shown == text or len(text) > MOST
    # what was cut once is not cut again
    if shown != text and "\n" not in text:
        again, _ = excerpt(shown.removesuffix(" …").removeprefix("… "), None)
        assert len(again) <= MOST + 2


def test_only_articles_are_cut() -> None:
    post = {"kind": "post", "text": ARTICLE, "matches": []}
    assert excerpts.shown(post) == post
    assert CANARY not in excerpts.shown({**post, "kind": "article"})["text"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An old article and a new one of a feed, an old one of the user's own, an old post."""
    found = Workspace(Settings(home=tmp_path / "home"))
    old, new = now() - timedelta(days=40), now() - timedelta(days=3)
    article = {"kind": "article", "platform": "feeds", "terms_class": "ids-only", "text": ARTICLE,
               "matches": [match("Häuser"), match(CANARY)], "voice": "media"}  # fmt: skip
    merge(found.lake, [
        row("old", collected=old, **article),
        row("irrelevant", hours=1, collected=new, **{**article, "relevant": False, "matches": []}),
        row("new", hours=2, collected=new, **article),
        row("own", hours=3, collected=old,
            **{**article, "platform": "files", "terms_class": "own"}),
        row("post", hours=4, collected=old, **{**article, "kind": "post"}),
    ])  # fmt: skip
    pipeline.refresh(found)
    return found


def texts(workspace: Workspace) -> dict[float, dict[str, Any]]:
    """Rows by the hours after the start at which they were created."""
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rows = workspace.lake.read("posts").to_pylist()
    return {(r["created"] - start).total_seconds() / 3600: r for r in rows}


def test_people_see_an_excerpt_and_the_tagger_keeps_the_whole(workspace: Workspace) -> None:
    assert purpose(workspace.home).code == 0
    rows = json.loads(unite(workspace.home, "query", "--purpose", "study", "--json").out)["rows"]
    assert len(rows) == 4
    assert [CANARY in r["text"] for r in rows if r["kind"] == "article"] == [False] * 3
    assert all(CANARY in r["text"] for r in texts(workspace).values())


def test_an_export_gives_articles_whole_only_to_whom_they_belong(
    workspace: Workspace, tmp_path: Path
) -> None:
    assert purpose(workspace.home).code == 0
    out = tmp_path / "x.ndjson"
    assert unite(workspace.home, "export", "--purpose", "study", "--out", str(out)).code == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    whole = [r["text"] and CANARY in r["text"] for r in rows]
    assert [(r["kind"], r["terms_class"]) for r, w in zip(rows, whole, strict=True) if w] == [
        ("article", "own")
    ]


def test_after_the_recheck_window_an_excerpt_is_what_stays(workspace: Workspace) -> None:
    before = {name: r["tagger"] for name, r in texts(workspace).items()}
    assert retaining.forecast(workspace).shortened == 1
    assert retaining.retain(workspace, limit=0).shortened == 1
    found = texts(workspace)
    assert {name for name, r in found.items() if CANARY not in r["text"]} == {0}
    assert found[0]["text"] == excerpt(ARTICLE, None)[0]
    assert words_of(found[0]["text"], found[0]["matches"]) == ["Häuser"]
    (cut,) = found[0]["redactions"]
    assert (cut["type"], cut["count"]) == ("REST", len(ARTICLE) - len(found[0]["text"]))
    # a second run finds nothing to do, and a retag does not touch what is left
    assert shortening.shorten(workspace, now(), {("wien", "s"): now() - timedelta(days=30)}) == 0
    assert retagging.retag(workspace).tagged == 4
    after = texts(workspace)
    assert after[0]["tagger"] == before[0] != after[2]["tagger"]
    assert after[0]["areas"] == ["housing"]
    assert sum(workspace.index.taggers().values()) == 4


def test_a_sources_own_window_holds_for_its_articles(workspace: Workspace) -> None:
    long_ago, today = now() - timedelta(days=900), now()
    assert shortening.due(workspace, long_ago, {}) == 0
    assert shortening.due(workspace, long_ago, {("wien", "s"): today}) == 2
    assert shortening.due(workspace, today, {("wien", "s"): long_ago}) == 0

"""What platforms' terms allow: who may use which platform, what is kept, what leaves."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakes import merge, row
from test_cli_run import purpose, unite

from base.errors import NotAllowed
from base.time import now
from collectors.collector import Page, Source, Window
from collectors.items import page_items
from monitor import cities, permits, pipeline, reading, retagging
from monitor.exporting import export
from monitor.permits import Pass
from monitor.pipeline import Look
from monitor.platforms import Platform
from monitor.purposes import Purpose
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema
from store.query import Query

pytestmark = pytest.mark.unit
REGISTRY = cities.load()
PLATFORMS = REGISTRY.platforms
SHEET = Purpose("study", "w", "t", "l", "q", ("*",), "r", date(2099, 1, 1))
TEXT = "Neue Wohnungen für Geflüchtete in Wien, in Favoriten entsteht ein Haus für alle."


def sheet(body: str, *agreements: str) -> Purpose:
    return replace(SHEET, body=body, agreements=agreements)


def with_terms(code: str, **terms: Any) -> dict[str, Platform]:
    """The shipped platforms, one with other terms."""
    platform = PLATFORMS[code]
    return {**PLATFORMS, code: replace(platform, terms=replace(platform.terms, **terms))}


def workspace_of(home: Path, platforms: dict[str, Platform]) -> Workspace:
    found = Workspace(Settings(home=home))
    found.__dict__["registry"] = replace(REGISTRY, platforms=platforms)
    return found


@pytest.mark.parametrize(
    ("code", "body", "term"),
    [
        ("mastodon", "public-body", None),
        ("files", "other", None),
        ("sample", "", None),
        ("x", "public-body", 'public_body_allowed = "agreement"'),
        ("x", "ngo", None),
        ("x", "research", None),
        ("x", "", 'public_body_allowed = "agreement"'),  # a sheet that does not say: the strictest
        ("youtube", "public-body", 'public_body_allowed = "agreement"'),
        ("reddit", "ngo", "research_only = true"),
        ("reddit", "other", "research_only = true"),
        ("reddit", "research", None),
        ("tiktok", "public-body", 'public_body_allowed = "no"'),
        ("tiktok", "research", None),
    ],
)
def test_who_may_use_a_platform(code: str, body: str, term: str | None) -> None:
    error = permits.refusal(PLATFORMS[code], sheet(body))
    assert (error is None) == (term is None)
    # an agreement that the sheet states goes before the terms, one with another platform does not
    assert permits.refusal(PLATFORMS[code], sheet(body, code)) is None
    assert (permits.refusal(PLATFORMS[code], sheet(body, "lemmy")) is None) == (term is None)
    if error is not None and term is not None:
        said = str(error)
        assert term in said
        assert PLATFORMS[code].name in said
        assert f'agreements = ["{code}"] in purposes/study.toml' in said
        assert "agreement" in str(error.expected)
        assert ("body = …" in said) == (body == "")


def test_a_platform_that_nobody_lists_came_with_somebodys_own_file() -> None:
    query, refused = permits.narrowed(PLATFORMS, sheet("ngo"), Query(), ["9gag", "reddit"])
    assert (query.platforms, list(refused)) == (("9gag",), ["reddit"])
    assert permits.passing(None, "own") == Pass(text=True, ids=True, whole=True)


def test_a_query_loses_what_is_refused_and_no_more() -> None:
    given = Query(cities=("wien",))
    same, refused = permits.narrowed(PLATFORMS, sheet("ngo"), given, ["mastodon", "x"])
    assert (same, refused) == (given, {})
    named = given.replace(platforms=("mastodon", "reddit"))
    with pytest.raises(NotAllowed, match="Reddit"):
        permits.narrowed(PLATFORMS, sheet("ngo"), named, ["mastodon"])
    with pytest.raises(NotAllowed, match="Reddit"):  # nothing would be left
        permits.narrowed(PLATFORMS, sheet("ngo"), given, ["reddit"])
    assert permits.narrowed(PLATFORMS, sheet("ngo"), given, []) == (given, {})


@pytest.mark.parametrize(
    ("terms", "terms_class", "may"),
    [
        ({}, "research", Pass(True, True, False)),
        ({}, "ids-only", Pass(False, True, False)),  # as it was when the post came
        ({"may_export_text": False}, "research", Pass(False, True, False)),  # as it is today
        ({"may_export_ids": False}, "open", Pass(True, False, True)),
    ],
)
def test_the_stricter_of_todays_terms_and_the_posts_class_holds(
    terms: dict[str, bool], terms_class: str, may: Pass
) -> None:
    assert permits.passing(with_terms("mastodon", **terms)["mastodon"], terms_class) == may


# --- as commands ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts of Reddit, Mastodon and a file, and sheets of a town hall and a university."""
    folder = tmp_path_factory.mktemp("permits")
    for platform in ("reddit", "mastodon", None):
        name = platform or "file"
        path = folder / f"{name}.csv"
        lines = [f'{name}{n},"{TEXT}",2026-03-0{n}T12:00:00\n' for n in range(1, 4)]
        path.write_text("id,text,created\n" + "".join(lines), encoding="utf-8")
        words = ("--platform", platform) if platform else ()
        assert unite(folder / "home", "import", str(path), "--city", "wien", *words).code == 0
    found = folder / "home"
    assert purpose(found).code == 0
    said = unite(found, "purpose", "add", "town", "--who", "A", "--task", "t", "--legal-basis", "l",
                 "--question", "q", "--recipients", "r", "--end", "2099-01-01", "--city", "*",
                 "--body", "public-body")  # fmt: skip
    assert said.code == 0, said.err
    return found


def test_a_post_carries_the_class_of_its_platform_and_a_files_own(home: Path) -> None:
    rows = json.loads(unite(home, "query", "--purpose", "study", "--json").out)["rows"]
    assert {(r["platform"], r["terms_class"]) for r in rows} == {
        ("reddit", "ids-only"), ("mastodon", "research"), ("files", "own"),
    }  # fmt: skip
    assert "ids-only" in unite(home, "query", "--purpose", "study").out


def test_query_and_export_leave_out_what_the_purpose_may_not_use(
    home: Path, tmp_path: Path
) -> None:
    said = unite(home, "query", "--purpose", "town", "--json")
    answer = json.loads(said.out)
    assert {r["platform"] for r in answer["rows"]} == {"mastodon", "files"}
    assert "reddit" not in json.dumps(answer["view"])
    assert "posts of reddit are left out" in said.err
    out = tmp_path / "posts.csv"
    said = unite(home, "export", "--purpose", "town", "--out", str(out))
    assert (said.code, "posts of reddit are left out" in said.err) == (0, True)
    assert b"reddit" not in out.read_bytes()
    for words in (("query",), ("export", "--out", str(tmp_path / "no.csv"))):
        said = unite(home, *words, "--platform", "reddit", "--purpose", "town")
        assert (said.code, said.out) == (1, "")
        assert 'agreements = ["reddit"] in purposes/town.toml' in said.err
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("no")] == []


def test_collect_does_not_ask_a_platform_that_is_refused(home: Path) -> None:
    city, source = next(
        (s.home, s.code) for c in REGISTRY.cities.values() for s in c.sources
        if s.platform == "reddit"
    )  # fmt: skip
    said = unite(home, "collect", city, "--source", source, "--purpose", "town")
    assert said.code == 1
    assert "the terms of Reddit do not allow public-body" in said.err
    assert "do         agreements" in said.err


def test_an_agreement_with_nobody_is_a_mistake(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    assert purpose(folder).code == 0
    path = folder / "purposes" / "study.toml"
    path.write_text(path.read_text().replace("agreements = []", 'agreements = ["redit"]'))
    said = unite(folder, "query", "--purpose", "study")
    assert (said.code, "did you mean 'reddit'" in said.err) == (1, True)


# --- what leaves and what is kept -------------------------------------------------------------


def test_where_ids_may_not_be_passed_on_none_leaves(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "home", with_terms("mastodon", may_export_ids=False))
    rows = [row("a", platform="mastodon", terms_class="research", thread="t" * 32), row("b")]
    merge(workspace.lake, rows)
    pipeline.refresh(workspace)
    out = tmp_path / "posts.csv"
    export(workspace, Query(), SHEET, out)
    with out.open(encoding="utf-8", newline="") as handle:
        by_platform = {r["platform"]: r for r in csv.DictReader(handle)}
    assert (by_platform["mastodon"]["id"], by_platform["mastodon"]["thread"]) == ("", "")
    assert by_platform["mastodon"]["text"] == "text of a"
    assert by_platform["files"]["id"] == rows[1]["id"]
    told = json.loads(out.with_name("posts.csv.manifest.json").read_text())["platforms"]
    empty = {p["platform"]: p["empty_columns"] for p in told}
    assert empty == {"mastodon": ["id", "thread"], "files": []}
    assert {p["platform"]: p["articles"] for p in told}["mastodon"] == "excerpts"


def test_a_text_that_may_not_be_stored_is_tagged_and_never_written(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "home", with_terms("x", may_store_text=False))
    source = Source("s", "x", "wien", "", "personal", "Europe/Vienna")
    item = {"native_id": "1", "created": now(), "kind": "post", "text": TEXT}
    rows = [tuple({name: item.get(name) for name in schema.ITEM.names}.values())]
    window = Window(now() - timedelta(days=1), now())
    pipeline.take(workspace, [Look(source, window, [Page(page_items(rows), None, 1)])])
    pipeline.refresh(workspace)
    (post,) = reading.posts(workspace, Query(), limit=9)
    areas = post["areas"]
    assert (post["text"], post["matches"], "housing" in areas) == ("", [], True)
    assert post["redactions"]["REST"] == len(TEXT)
    files = [p for p in tmp_path.rglob("*") if p.is_file() and "lists" not in p.parts]
    assert not [p.name for p in files if b"Favoriten entsteht" in p.read_bytes()]
    # another tagger would find nothing in it: it keeps what it has, and nobody is told to retag
    merge(workspace.lake, [row("old", text=TEXT, tagger="before")])
    old = workspace.lake.read("posts").to_pylist()
    cut = next(r for r in old if r["platform"] == "x")
    merge(workspace.lake, [{**cut, "tagger": "before"}])
    pipeline.refresh(workspace)
    assert workspace.index.taggers() == {"before": 1}
    assert retagging.retag(workspace).tagged == 1
    (post,) = reading.posts(workspace, Query(platforms=("x",)), limit=9)
    assert (post["areas"], post["tagger"]) == (areas, "before")

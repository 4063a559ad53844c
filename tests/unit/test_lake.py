"""The lake: a post stands once, keeps its first month, and what was forgotten stays away."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakes import START, address, merge, post_id, row, table
from object_store import LakePlace

from base.time import now
from store import schema, upkeep
from store.lake import Lake, LakeMissing, LakeNewer
from store.tables import TABLES
from store.writer import Guard

pytestmark = pytest.mark.unit

# What a known post does not take from a later look: its keys, its month, its first collection.
UNCHANGING = ("id", "home", "month", "collected", "author", "fold")
OTHER = {
    "platform": "reddit", "source": "other", "city": "berlin",
    "created": START + timedelta(hours=1), "day": (START + timedelta(days=1)).date(),
    "kind": "reply", "voice": "media", "thread": "t",
    "engagement": {"replies": 1, "reposts": None, "likes": 2},
    "media": {"image": True, "video": False}, "text": "other",
    "redactions": [{"type": "PERSON", "count": 1}], "lang": "nl", "lang_score": 0.5,
    "signature": b"x" * 128, "relevant": False, "areas": ["asylum", "housing"],
    "matches": [{"list": "terms", "code": "housing", "term": "flat", "start": 0, "end": 4}],
    "places": ["wien/favoriten"], "groups": ["roma"], "rights": ["art-21"],
    "tone": {"label": "negative", "score": 0.5},
    "hate": {"score": 0.5, "flag": False, "kind": None},
    "speech": "quote", "experience": True, "protected": True, "terms_class": "none",
    "tagger": "u",
}  # fmt: skip


@pytest.fixture
def lake(lake_place: LakePlace) -> Lake:
    found = lake_place.lake()
    found.create()
    return found


def _posts(lake: Lake) -> list[dict[str, object]]:
    rows = lake.read("posts", ["id", "home", "month", "text", "created"]).to_pylist()
    return sorted(rows, key=lambda r: (r["id"], r["home"]))


def test_creating_twice_changes_nothing(lake: Lake) -> None:
    merge(lake, [row(1)])
    lake.create()
    assert len(_posts(lake)) == 1


def test_a_place_without_lake_is_named(lake_place: LakePlace) -> None:
    with pytest.raises(LakeMissing, match="no lake"):
        lake_place.lake().read("posts")


def test_a_lake_of_a_newer_version_is_refused(lake: Lake, lake_place: LakePlace) -> None:
    lake.table("posts").alter.set_table_properties(
        {"unite.schema": str(schema.VERSION + 1)}, raise_if_not_exists=False
    )
    with pytest.raises(LakeNewer, match=f"schema {schema.VERSION + 1}"):
        lake_place.lake().read("posts")


def test_merging_twice_equals_merging_once(lake: Lake) -> None:
    rows = [row(i, hours=i * 40) for i in range(50)]
    first = merge(lake, rows)
    once = _posts(lake)
    second = merge(lake, rows)
    assert (first.new, first.known) == (50, 0)
    assert (second.new, second.known) == (0, 50)
    assert _posts(lake) == once


@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.integers(0, 12), st.sampled_from(["wien", "malmo"]), st.integers(0, 3)),
            max_size=12,
        ),
        max_size=5,
    )
)
@settings(max_examples=12, deadline=None)
def test_whatever_the_batches_each_post_stands_once_with_its_last_text(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[tuple[int, str, int]]],
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    lake.create()
    text: dict[tuple[str, str], str] = {}
    month: dict[tuple[str, str], str] = {}
    for number, batch in enumerate(batches):
        rows = []
        for name, home, months_on in batch:
            created = START + timedelta(days=31 * months_on)
            said = f"{number} {len(rows)}"
            rows.append(row(name, home, created=created, text=said))
            text[post_id(name), home] = said
        merge(lake, rows)
        last = {(r["id"], r["home"]): f"{r['day']:%Y-%m}" for r in rows}
        for key, found in last.items():
            month.setdefault(key, found)
    stands = {(r["id"], r["home"]): (r["text"], r["month"]) for r in _posts(lake)}
    assert len(_posts(lake)) == len(stands)
    assert stands == {key: (text[key], month[key]) for key in text}


def test_a_known_post_that_did_not_change_costs_no_write(lake: Lake) -> None:
    merge(lake, [row(i) for i in range(20)])
    before = lake.files("posts")
    merge(lake, [row(i, collected=START + timedelta(days=1)) for i in range(20)])
    assert lake.files("posts") == before


@pytest.mark.parametrize("name", [c for c in schema.POST.names if c not in UNCHANGING])
def test_a_known_post_that_changed_in_any_column_is_written(tmp_path: Path, name: str) -> None:
    lake = Lake(tmp_path / "lake")
    lake.create()
    merge(lake, [row(1)])
    other = OTHER[name]
    merge(lake, [row(1, **{name: other})])
    assert lake.read("posts", [name])[name].to_pylist() == [other]


def test_a_post_keeps_when_it_was_first_collected_and_by_which_pseudonym(lake: Lake) -> None:
    merge(lake, [row(1)])
    later = START + timedelta(days=40)
    merge(lake, [row(1, text="changed", collected=later, author="202604:other")])
    kept = lake.read("posts", ["collected", "author", "text"]).to_pylist()
    assert kept == [{"collected": START, "author": "202603:1", "text": "changed"}]


def test_an_item_whose_date_changed_stays_one_row_in_its_first_month(lake: Lake) -> None:
    merge(lake, [row("a")])
    merge(lake, [row("a", created=START + timedelta(days=70))])
    (stands,) = _posts(lake)
    assert stands["month"] == "2026-03"
    assert stands["created"] == START + timedelta(days=70)


def test_a_merge_touches_only_its_home(lake: Lake) -> None:
    merge(lake, [row(1, "wien"), row(2, "malmo")])
    before = lake.files("posts")
    merge(lake, [row(1, "wien", text="new")])
    after = lake.files("posts")
    assert before["malmo", "2026-03"] == after["malmo", "2026-03"]
    assert before["wien", "2026-03"] != after["wien", "2026-03"]


def test_the_log_keeps_no_text_and_no_id(lake: Lake, lake_place: LakePlace) -> None:
    merge(lake, [row("canary", text="xylophonkanarie")])
    logs = lake_place.bytes("_delta_log/*")
    assert b"commitInfo" in logs
    assert b"xylophonkanarie" not in logs
    assert post_id("canary").encode() not in logs


def test_what_is_forgotten_does_not_come_back(lake: Lake) -> None:
    rows = [row(i) for i in range(4)]
    merge(lake, rows)
    upkeep.forget(lake, ids=[post_id(0)], lookups=[address(post_id(1))], authors=["mark"], at=now())
    assert {r["id"] for r in _posts(lake)} == {post_id(2), post_id(3)}
    assert merge(lake, rows).forgotten == 2
    posts = table([row(9)])
    vault = pa.table(
        [posts["id"], posts["home"], posts["month"], [None], [None]], schema=schema.VAULT
    )
    with lake.writing() as writer:
        guard = Guard(pa.nulls(1, pa.string()), pa.array(["mark"]))
        assert writer.merge_posts(posts, vault, guard).forgotten == 1
    assert {r["id"] for r in _posts(lake)} == {post_id(2), post_id(3)}


def _feed(place: LakePlace, first: int, count: int, gate: multiprocessing.Barrier) -> None:  # type: ignore[valid-type]
    lake = place.lake()
    gate.wait()  # type: ignore[attr-defined]
    for number in range(first, first + count):
        merge(lake, [row(f"own-{number}"), row("both", text=str(number)), row(number % 3, "lyon")])


def test_two_writers_into_one_home_lose_and_double_nothing(
    lake: Lake, lake_place: LakePlace
) -> None:
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(3)
    writers = [
        context.Process(target=_feed, args=(lake_place, start, 6, gate)) for start in (0, 100, 200)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    stands = [(r["id"], r["home"]) for r in _posts(lake)]
    assert len(stands) == len(set(stands)) == 3 * 6 + 1 + 3


def test_every_table_is_documented() -> None:
    for kind in TABLES.values():
        assert set(kind.key) <= set(kind.schema.names)

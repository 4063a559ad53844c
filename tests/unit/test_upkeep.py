"""Forgetting, expiry, compaction: what leaves, leaves every byte; what stays, stays the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lakes import START, address, merge, post_id, row, stories
from object_store import LakePlace

from base.time import now
from monitor.stories import follow
from store import upkeep
from store.lake import Lake

pytestmark = pytest.mark.unit
OLD = START - timedelta(days=400)


@pytest.fixture
def lake(lake_place: LakePlace) -> Lake:
    found = lake_place.lake()
    found.create()
    return found


def _ids(lake: Lake) -> set[str]:
    return set(lake.read("posts", ["id"])["id"].to_pylist())


def test_forgetting_leaves_no_byte_of_the_text(lake: Lake, lake_place: LakePlace) -> None:
    merge(lake, [row("gone", text="kanarienvogel"), row("stays", text="dompfaff")])
    assert b"kanarienvogel" in lake_place.bytes()  # short strings stand in Parquet as they are
    upkeep.forget(lake, ids=[post_id("gone")], at=now())
    follow(lake)
    assert b"kanarienvogel" not in lake_place.bytes()
    assert b"dompfaff" in lake_place.bytes()
    assert lake.read("vault", ["id"])["id"].to_pylist() == [post_id("stays")]


def test_a_killed_writers_file_goes_with_the_next_forgetting(
    lake: Lake, lake_place: LakePlace
) -> None:
    merge(lake, [row("a")])
    path = "posts/home=wien/month=2026-03/part-left-behind.parquet"
    left = lake_place.leave(path, b"kanarienvogel")
    upkeep.forget(lake, lookups=[address("never seen")], at=now())
    assert not left.exists()
    assert _ids(lake) == {post_id("a")}


def test_forgetting_by_address_forgets_the_post_in_every_home(lake: Lake) -> None:
    merge(lake, [row("x", "wien"), row("x", "malmo"), row("y", "malmo")])
    taken = upkeep.forget(lake, lookups=[address(post_id("x"))], at=now())
    assert taken.forgotten == 1
    assert _ids(lake) == {post_id("y")}


def test_what_was_recorded_but_not_deleted_is_replayed(lake: Lake) -> None:
    merge(lake, [row("a"), row("b")])
    backup = [r for r in lake.read("posts").to_pylist() if r["id"] == post_id("a")]
    upkeep.forget(lake, ids=[post_id("a")], at=now())
    # a restore brings the row back under the lake's own rules: the guard keeps it out …
    assert merge(lake, backup).forgotten == 1
    # … and a replay takes out what stands there all the same
    assert upkeep.replay(lake, now()).forgotten == 0
    assert _ids(lake) == {post_id("b")}


def test_when_the_first_of_a_story_is_forgotten_the_others_regroup(lake: Lake) -> None:
    same = row("a")["signature"]
    merge(lake, [row(n, hours=h, signature=same) for h, n in enumerate("abc")])
    follow(lake)
    assert {story for story, _ in stories(lake).values()} == {post_id("a")}
    upkeep.forget(lake, ids=[post_id("a")], at=now())
    follow(lake)
    assert stories(lake) == {
        (post_id("b"), "wien"): (post_id("b"), True),
        (post_id("c"), "wien"): (post_id("b"), True),
    }


def test_expiry_drops_irrelevant_and_old_posts_by_when_they_were_collected(lake: Lake) -> None:
    merge(
        lake,
        [
            row("old relevant", collected=OLD),
            row("old irrelevant", collected=OLD, relevant=False),
            row("new relevant"),
            row("new irrelevant", relevant=False),
        ],
    )
    follow(lake)
    before = lake.read("coverage").to_pylist()
    taken = upkeep.expire(
        lake,
        irrelevant_before=START - timedelta(days=30),
        relevant_before=START - timedelta(days=730),
        at=now(),
    )
    follow(lake)
    assert (taken.irrelevant, taken.expired) == (1, 0)
    assert _ids(lake) == {post_id(n) for n in ("old relevant", "new relevant", "new irrelevant")}
    assert [r["cause"] for r in lake.read("removed").to_pylist()] == ["irrelevant"]
    # what was seen that day is frozen, so a share of seen does not change
    after = lake.read("coverage").to_pylist()
    assert sum(r["seen"] for r in after) == sum(r["seen"] for r in before) == 4
    assert all(r["frozen_at"] for r in after)


def test_a_day_of_relevant_posts_alone_keeps_its_coverage_when_they_expire(lake: Lake) -> None:
    merge(lake, [row("a"), row("b")])
    follow(lake)
    past = START + timedelta(days=1)
    upkeep.expire(lake, irrelevant_before=START, relevant_before=past, at=now())
    follow(lake)
    assert [(r["seen"], r["relevant"]) for r in lake.read("coverage").to_pylist()] == [(2, 2)]


def test_a_source_may_keep_irrelevant_posts_for_another_time(lake: Lake) -> None:
    def irrelevant(name: str, home: str = "wien", source: str = "s") -> dict[str, Any]:
        return row(name, home, source=source, relevant=False)

    merge(
        lake,
        [
            irrelevant("short", source="short"), row("short too", source="short"),
            irrelevant("long", source="long"), row("long too", source="long"),
            irrelevant("default"), irrelevant("elsewhere", "malmo", "short"),
        ],
    )  # fmt: skip
    follow(lake)
    before = {r["source"]: r["seen"] for r in lake.read("coverage").to_pylist()
              if r["home"] == "wien"}  # fmt: skip
    kept, past = START - timedelta(days=1), START + timedelta(days=1)
    of_source = {("wien", "short"): past, ("wien", "long"): kept}
    found = upkeep.expire(
        lake, irrelevant_before=kept, relevant_before=kept, of_source=of_source, at=now()
    )
    assert found.irrelevant == 1
    assert _ids(lake) == {post_id(n) for n in ("short too", "long", "long too", "default",
                                               "elsewhere")}  # fmt: skip
    follow(lake)
    # only the source that lost posts is frozen, and its numbers stay
    cover = {(r["home"], r["source"]): (r["seen"], r["frozen_at"] is not None)
             for r in lake.read("coverage").to_pylist()}  # fmt: skip
    assert cover == {
        ("wien", "short"): (2, True), ("wien", "long"): (2, False), ("wien", "s"): (1, False),
        ("malmo", "short"): (1, False),
    }  # fmt: skip
    assert before == {"short": 2, "long": 2, "s": 1}
    of_source = {("wien", "long"): kept}
    found = upkeep.expire(
        lake, irrelevant_before=past, relevant_before=kept, of_source=of_source, at=now()
    )
    assert found.irrelevant == 2
    assert post_id("long") in _ids(lake)


def test_what_is_gone_at_its_source_goes_under_that_name(lake: Lake) -> None:
    merge(lake, [row("gone"), row("gone", "malmo"), row("asked"), row("stays")])
    taken = upkeep.forget(lake, ids=[post_id("asked")], gone=[post_id("gone")], at=now())
    assert taken.forgotten == 2
    assert _ids(lake) == {post_id("stays")}
    causes = {r["id"]: r["cause"] for r in lake.read("removed").to_pylist()}
    assert causes == {post_id("gone"): "gone at source", post_id("asked"): "forgotten"}
    assert merge(lake, [row("gone"), row("new")]).forgotten == 1  # it stays away


def test_what_is_found_on_a_frozen_day_is_late(lake: Lake) -> None:
    merge(lake, [row("a", collected=OLD, relevant=False), row("b", collected=OLD)])
    follow(lake)
    upkeep.expire(
        lake,
        irrelevant_before=START,
        relevant_before=OLD - timedelta(days=1),
        at=START,
    )
    merge(lake, [row("c", collected=START + timedelta(days=1))])
    follow(lake)
    (cover,) = lake.read("coverage").to_pylist()
    assert (cover["seen"], cover["late"]) == (2, 1)


def test_compaction_changes_no_row(lake: Lake) -> None:
    for number in range(5):
        merge(lake, [row(number)])
    before = sorted(lake.read("posts").to_pylist(), key=lambda r: r["id"])
    upkeep.compact(lake)
    assert sorted(lake.read("posts").to_pylist(), key=lambda r: r["id"]) == before
    assert len(lake.files("posts")["wien", "2026-03"]) == 1


def test_vault_rows_without_a_post_are_swept(lake: Lake) -> None:
    merge(lake, [row("a"), row("b")])
    lake.table("posts").delete(f"id = '{post_id('a')}'")  # as if the merge had been cut between
    taken = upkeep.expire(lake, irrelevant_before=OLD, relevant_before=OLD, at=now())
    assert taken.orphans == 1
    assert lake.read("vault", ["id"])["id"].to_pylist() == [post_id("b")]

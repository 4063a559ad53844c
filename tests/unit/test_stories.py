"""Stories: the same groups whatever the order and the batches; one id counts once."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lakes import merge, post_id, row, signature, stories

from monitor.links import components
from monitor.stories import follow
from store.lake import Lake

pytestmark = pytest.mark.unit
DAY = 24.0
# a failing lake is small already; shrinking it would take minutes
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)


def _lake(folder: Path) -> Lake:
    lake = Lake(folder)
    lake.create()
    return lake


def test_copies_within_reach_are_one_story_named_after_the_earliest(tmp_path: Path) -> None:
    lake, same = _lake(tmp_path), signature("one")
    merge(lake, [row("late", hours=5, signature=same), row("first", signature=same),
                 row("other", signature=signature("two"))])  # fmt: skip
    follow(lake)
    found = {key[0]: story for key, (story, _) in stories(lake).items()}
    assert found == {
        post_id("first"): post_id("first"),
        post_id("late"): post_id("first"),
        post_id("other"): post_id("other"),
    }


def test_the_same_words_a_month_later_are_another_story(tmp_path: Path) -> None:
    lake, same = _lake(tmp_path), signature("one")
    merge(lake, [row("a", signature=same), row("b", hours=15 * DAY, signature=same)])
    follow(lake)
    assert {s for s, _ in stories(lake).values()} == {post_id("a"), post_id("b")}


def test_a_chain_of_copies_is_one_story_across_months(tmp_path: Path) -> None:
    lake, same = _lake(tmp_path), signature("one")
    rows = [row(i, hours=i * 13 * DAY, signature=same) for i in range(6)]
    for one in random.Random(4).sample(rows, 6):
        merge(lake, [one])
        follow(lake)
    assert {s for s, _ in stories(lake).values()} == {post_id(0)}


def test_a_text_too_short_to_compare_is_its_own_story(tmp_path: Path) -> None:
    lake = _lake(tmp_path)
    merge(lake, [row("a", signature=None), row("b", signature=None)])
    follow(lake)
    assert {s for s, _ in stories(lake).values()} == {post_id("a"), post_id("b")}


def test_a_post_found_by_two_cities_counts_once(tmp_path: Path) -> None:
    lake = _lake(tmp_path)
    merge(lake, [row("x", "wien", city="malmo"), row("x", "malmo", city="malmo"),
                 row("y", "wien", city="lyon"), row("y", "malmo", city="lyon")])  # fmt: skip
    follow(lake)
    counted = {key for key, (_, is_counted) in stories(lake).items() if is_counted}
    assert counted == {(post_id("x"), "malmo"), (post_id("y"), "malmo")}
    seen = [(r["home"], r["city"], r["seen"]) for r in lake.read("coverage").to_pylist()]
    assert sorted(seen) == [("malmo", "lyon", 1), ("malmo", "malmo", 1)]


def test_a_retag_that_moves_city_moves_what_counts(tmp_path: Path) -> None:
    lake = _lake(tmp_path)
    merge(lake, [row("x", "wien", city="wien"), row("x", "malmo", city="wien")])
    follow(lake)
    merge(lake, [row("x", "wien", city="malmo"), row("x", "malmo", city="malmo")])
    follow(lake)
    counted = {key for key, (_, is_counted) in stories(lake).items() if is_counted}
    assert counted == {(post_id("x"), "malmo")}


def test_running_again_does_nothing(tmp_path: Path) -> None:
    lake = _lake(tmp_path)
    merge(lake, [row("a")])
    follow(lake)
    versions = lake.versions()
    assert follow(lake).partitions == 0
    assert lake.versions() == versions


def test_a_lost_state_file_gives_the_same_stories(tmp_path: Path) -> None:
    lake, same = _lake(tmp_path), signature("one")
    merge(lake, [row(n, hours=h, signature=same) for h, n in enumerate("abc")])
    follow(lake)
    before = stories(lake)
    (tmp_path / "stories.json").write_text('[["wien", "2026')
    follow(lake)
    assert stories(lake) == before


_KINDS = [("p",), ("p", "p", "p", "q"), ("q",), ("q", "q", "q", "r"), ("s",)]


@given(
    posts=st.lists(
        st.tuples(
            st.integers(0, 8), st.sampled_from(["wien", "malmo"]), st.integers(0, 4),
            st.integers(0, 60),
        ),
        min_size=1, max_size=14, unique_by=lambda p: (p[0], p[1]),
    ),
    order=st.randoms(use_true_random=False),
    parts=st.integers(1, 5),
)  # fmt: skip
@settings(max_examples=12, deadline=None, phases=NO_SHRINK)
def test_order_and_batches_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    posts: list[tuple[int, str, int, int]],
    order: random.Random,
    parts: int,
) -> None:
    rows = [
        row(name, home, hours=days * DAY, signature=signature(*_KINDS[kind]))
        for name, home, kind, days in posts
    ]
    whole = _lake(tmp_path_factory.mktemp("whole"))
    merge(whole, rows)
    follow(whole)
    shuffled = list(rows)
    order.shuffle(shuffled)
    piecemeal = _lake(tmp_path_factory.mktemp("parts"))
    for part in range(parts):
        if shuffled[part::parts]:
            merge(piecemeal, shuffled[part::parts])
            follow(piecemeal)
    assert stories(piecemeal) == stories(whole)


def _brute(signatures: np.ndarray, seconds: np.ndarray, reach: float) -> list[int]:
    from monitor.links import LEAST
    from nlp.signature import bands

    parent = list(range(len(signatures)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    keys = bands(signatures)
    for i in range(len(signatures)):
        for j in range(i):
            alike = (signatures[i] == signatures[j]).mean() >= LEAST
            if alike and (keys[i] == keys[j]).any() and abs(seconds[i] - seconds[j]) <= reach:
                low, high = sorted((root(i), root(j)))
                parent[high] = low
    return [root(i) for i in range(len(signatures))]


@pytest.mark.parametrize("seed", range(5))
def test_components_equal_comparing_every_pair(seed: int) -> None:
    random_ = np.random.default_rng(seed)
    signatures = random_.integers(0, 65536, (300, 64)).astype(np.uint16)
    source, copy = random_.integers(0, 300, (2, 150))
    changed = random_.random((150, 64)) < random_.random((150, 1)) * 0.4
    signatures[copy] = np.where(changed, signatures[copy], signatures[source])
    seconds = np.sort(random_.random(300) * 30 * 86400)
    reach = 14 * 86400.0
    assert components(signatures, seconds, reach, None).tolist() == _brute(
        signatures, seconds, reach
    )

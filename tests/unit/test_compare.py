"""Cities side by side: states, shares, ties, and a result that says itself."""

from __future__ import annotations

import dataclasses
import random
from datetime import date

import numpy as np
import pytest

from analysis.compare import Comparison, Coverage, compare
from analysis.release import Released, Tier, release
from base.errors import BadInput
from store.query import Query
from store.unseal import Cells, seal

KEY = b"an installation's secret"
YEAR = Query(since=date(2025, 1, 1), until=date(2026, 1, 1))
SEEN = YEAR.replace(relevant=None)
CITIES, AREAS = ("wien", "lyon", "malmo"), ("housing", "health")
LOOKED = {c: Coverage(1.0, (f"{c}-feed",)) for c in CITIES}


def figures(
    counts: dict[tuple[str, ...], int], by: tuple[str, ...], query: Query, *,
    tier: Tier = Tier.POSTS, generation: str = "g1",
) -> Released:  # fmt: skip
    keys = list(counts)
    posts = np.array([counts[k] for k in keys], np.int64)
    folds = np.array([[n // 64 + (i < n % 64) for i in range(64)] for n in posts], np.int64)
    folds = folds.reshape(-1, 64)
    cells = Cells(list(keys), posts, posts, posts, posts, folds, folds)
    wanted = (
        [(c, a) for c in CITIES for a in AREAS]
        if by == ("city", "area")
        else [(c,) for c in CITIES]
    )
    return release(seal(by, generation, (), cells), query, tier, KEY, wanted)


def parts(counts: dict[tuple[str, ...], int], query: Query = YEAR, **more: object) -> Released:
    return figures(counts, ("city", "area"), query, **more)  # type: ignore[arg-type]


def bases(counts: dict[tuple[str, ...], int], query: Query = YEAR, **more: object) -> Released:
    return figures(counts, ("city",), query, **more)  # type: ignore[arg-type]


BASES = {("wien",): 1000, ("lyon",): 1000, ("malmo",): 3}
PARTS = {
    ("wien", "housing"): 300, ("wien", "health"): 3, ("lyon", "housing"): 120,
    ("malmo", "housing"): 2,
}  # fmt: skip


def told(coverage: dict[str, Coverage] = LOOKED, **more: object) -> Comparison:
    return compare(parts(PARTS), bases(BASES), CITIES, AREAS, coverage, **more)  # type: ignore[arg-type]


def test_a_row_has_the_fields_of_the_command_and_null_for_what_is_suppressed() -> None:
    rows = {(r.city, r.area): dataclasses.asdict(r) for r in told().rows}
    row = rows["wien", "housing"]
    assert list(row) == [
        "city", "area", "state", "posts", "base", "base_name", "share", "low", "high",
        "coverage", "sources", "from_elsewhere", "about_elsewhere",
    ]  # fmt: skip
    assert (row["state"], row["posts"], row["base"], row["share"]) == ("ok", 300, 1000, 0.3)
    assert row["low"] < 0.3 < row["high"]
    assert (row["base_name"], row["coverage"], row["sources"]) == ("relevant", 1, ("wien-feed",))
    few = rows["wien", "health"]
    assert (few["state"], few["posts"], few["share"], few["low"]) == ("few", None, None, None)
    assert few["base"] == 1000
    zero = rows["lyon", "health"]
    assert (zero["state"], zero["posts"], zero["share"], zero["low"]) == ("zero", 0, 0, 0)
    assert 0 < zero["high"] < 0.01
    small = rows["malmo", "health"]
    assert (small["state"], small["base"], small["share"]) == ("zero", None, None)


def test_nobody_looked_is_no_data_and_never_zero() -> None:
    rows = told({"wien": LOOKED["wien"], "lyon": Coverage(0.0)}).rows
    assert {r.state for r in rows if r.city in ("lyon", "malmo")} == {"no_data"}
    assert {(r.posts, r.base, r.share, r.coverage) for r in rows if r.city != "wien"} == {
        (None, None, None, 0.0)
    }


def test_a_city_without_a_model_is_unmeasured() -> None:
    row = told(unmeasured=[("lyon", "housing")]).rows[2]
    assert (row.city, row.area, row.state, row.posts) == ("lyon", "housing", "unmeasured", None)
    assert told(unmeasured=[("lyon", "housing")]).ties("lyon", "housing") == ()


def test_the_base_says_its_name() -> None:
    seen = compare(parts(PARTS), bases(BASES, SEEN), CITIES, AREAS, LOOKED)
    assert {r.base_name for r in seen.rows} == {"seen"}


@pytest.mark.parametrize(("other", "tied"), [(120, False), (260, False), (285, True), (300, True)])
def test_ties_are_cities_that_cannot_be_told_apart(other: int, tied: bool) -> None:
    counts = PARTS | {("lyon", "housing"): other, ("wien", "housing"): 320}
    found = compare(parts(counts), bases(BASES), CITIES, AREAS, LOOKED)
    assert found.ties("wien", "housing") == (("lyon",) if tied else ())
    assert found.ties("lyon", "housing") == (("wien",) if tied else ())


def test_more_cities_need_clearer_differences() -> None:
    """One city in twenty would be told apart from another by chance alone."""
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(200):
        counts = {(c, "housing"): int(rng.binomial(1000, 0.2)) for c in CITIES}
        even = {(c,): 1000 for c in CITIES}
        wrong += bool(compare(parts(counts), bases(even), CITIES, AREAS[:1], LOOKED).apart)
    assert wrong / 200 < 0.06


def test_an_unrelated_city_changes_no_row_and_order_only_orders() -> None:
    alone = compare(parts(PARTS), bases(BASES), ("wien",), AREAS, LOOKED)
    assert alone.rows == tuple(r for r in told().rows if r.city == "wien")
    names = list(PARTS)
    random.Random(1).shuffle(names)
    mixed = compare(
        parts({n: PARTS[n] for n in names}), bases(BASES), CITIES[::-1], AREAS[::-1], LOOKED
    )
    assert set(mixed.rows) == set(told().rows)
    assert mixed.apart == told().apart
    assert str(mixed) == str(told())


def test_the_result_says_itself() -> None:
    assert str(told()) == (
        "3 cities by 2 areas: in 1 area some can be told apart, most clearly in talk about"
        " housing: wien 30.0% (27.2% to 33.0%) against lyon 12.0% (10.1% to 14.2%) of relevant"
        " posts; 2 too few, 2 zero."
    )
    assert str(told({})) == (
        "3 cities by 2 areas: no two cities can be told apart; 6 without data."
    )


def test_the_counts_tier_compares_rounded_figures() -> None:
    tier = Tier.COUNTS
    found = compare(parts(PARTS, tier=tier), bases(BASES, tier=tier), CITIES, AREAS, LOOKED)
    assert all((r.posts or 0) % 5 == (r.base or 0) % 5 == 0 for r in found.rows)
    wien, exact = found.rows[0], told().rows[0]
    assert wien.low is not None
    assert exact.low is not None
    assert wien.low < exact.low


@pytest.mark.parametrize(("base", "said"), [
    (bases(BASES, YEAR.replace(until=date(2025, 7, 1))), "until"),
    (bases(BASES, YEAR.replace(fold_stories=True)), "fold_stories"),
    (bases(BASES, generation="g2"), "states of the index"),
    (bases(BASES, tier=Tier.COUNTS), "tiers"),
    (parts(PARTS), "bases by city, area"),
])  # fmt: skip
def test_figures_and_bases_belong_together(base: Released, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        compare(parts(PARTS), base, CITIES, AREAS, LOOKED)


def test_a_city_nobody_counted_is_an_error() -> None:
    with pytest.raises(BadInput, match="atlantis"):
        compare(
            parts(PARTS), bases(BASES), ("atlantis",), AREAS, LOOKED | {"atlantis": Coverage(1)}
        )

"""What leaves the release: minimum rule, rounding, the grid, sealed replicates."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.grid import check
from analysis.periods import EPOCH, KINDS, before, containing, exactly, nearest
from analysis.release import Key, Released, Tier, release
from analysis.rounding import VARIANCE, rounded
from base.errors import BadInput, NotAllowed
from store.query import Query
from store.raw import RawCounts
from store.unseal import Cells, seal

KEY = b"an installation's secret"
YEAR = Query(since=date(2025, 1, 1), until=date(2026, 1, 1))
WEEK = Query(since=date(2025, 3, 3), until=date(2025, 3, 10))


def raw(
    cells: dict[Key, tuple[int, int, int]], by: tuple[str, ...] = ("city", "area")
) -> RawCounts:
    """Raw counts of key → (posts, persons, key of the set of posts)."""
    numbers = np.array(list(cells.values()), np.int64).reshape(-1, 3)
    folds = np.zeros((len(cells), 64), np.int64)
    folds[:, 0] = numbers[:, 0]
    posts, persons, keys = numbers.T
    return seal(by, "g1", ("t1",), Cells(list(cells), posts, posts, persons, keys, folds, folds))


def one(posts: int, persons: int, *, query: Query = WEEK, tier: Tier = Tier.POSTS) -> Released:
    return release(raw({("wien", "housing"): (posts, persons, 7)}), query, tier, KEY)


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize(("posts", "persons", "state"), [
    (5, 3, "ok"), (6, 6, "ok"),
    (4, 4, "few"), (1, 1, "few"),
    (5, 2, "few"), (400, 2, "few"),             # two busy persons stay two persons
])  # fmt: skip
def test_a_figure_needs_five_posts_and_three_persons(
    tier: Tier, posts: int, persons: int, state: str
) -> None:
    cell = one(posts, persons, tier=tier).cell("wien", "housing")
    assert cell.state == state
    assert (cell.posts is None) == (cell.replicates is None) == (state == "few")


@pytest.mark.parametrize(("tier", "query", "by", "state"), [
    (Tier.POSTS, WEEK, ("city", "area"), "zero"),
    (Tier.COUNTS, YEAR, ("city", "area"), "zero"),
    (Tier.COUNTS, WEEK, ("city", "area"), "few"),          # beside few weeks it would solve them
    (Tier.COUNTS, YEAR, ("city", "platform"), "few"),      # it would solve the other platforms
    (Tier.COUNTS, YEAR.replace(hate=("yes",)), ("city", "area"), "few"),
    (Tier.COUNTS, YEAR, ("country", "area"), "few"),
])  # fmt: skip
def test_zero_is_told_where_nothing_can_be_solved_with_it(
    tier: Tier, query: Query, by: tuple[str, ...], state: str
) -> None:
    answer = release(raw({}, by), query, tier, KEY, [("wien", "a")])
    assert answer.cell("wien", "a").state == state
    assert answer.cell("wien", "a").posts == (0 if state == "zero" else None)


def test_zero_and_few_cannot_be_told_apart_in_a_week() -> None:
    few = one(3, 3, tier=Tier.COUNTS).cell("wien", "housing")
    none = release(raw({}), WEEK, Tier.COUNTS, KEY, [("wien", "housing")]).cell("wien", "housing")
    assert few == none


def test_a_cell_nobody_asked_for_is_an_error() -> None:
    with pytest.raises(BadInput, match="no cell"):
        one(5, 5).cell("wien", "health")


@given(st.integers(5, 10_000), st.integers(0, 2**32 - 1))
def test_rounding_moves_less_than_its_base(posts: int, key: int) -> None:
    figure = rounded(np.array([posts]), [key], KEY)[0]
    assert figure % 5 == 0
    assert abs(figure - posts) < 5
    assert figure >= 5


@pytest.mark.parametrize("posts", [5, 6, 7, 8, 9, 1003])
def test_rounding_is_unbiased_over_keys(posts: int) -> None:
    figures = rounded(np.full(20_000, posts), range(20_000), KEY)
    assert abs(figures.mean() - posts) < 4 * 2.5 / 20_000**0.5


def test_the_variance_of_rounding_is_the_one_documented() -> None:
    posts = np.arange(100_000, 150_000)
    assert np.var(rounded(posts, posts, KEY) - posts) == pytest.approx(VARIANCE, rel=0.03)


def test_another_secret_draws_other_figures() -> None:
    posts = np.full(200, 7)
    assert (rounded(posts, range(200), KEY) != rounded(posts, range(200), KEY[::-1])).any()
    with pytest.raises(BadInput, match="too short"):
        rounded(posts, range(200), b"short")


@given(st.integers(5, 400), st.integers(0, 2**32 - 1))
def test_the_same_posts_get_the_same_figure_however_asked(posts: int, key: int) -> None:
    """By city and area, by filter, in the year that holds only that week, as a part."""
    number = {(): (posts, 5, key)}
    asked = [
        release(raw({("wien", "housing"): (posts, 5, key)}), WEEK, Tier.COUNTS, KEY),
        release(raw(number, ()), WEEK.replace(cities=("wien",)), Tier.COUNTS, KEY),
        release(raw(number, ()), YEAR.replace(areas=("housing",)), Tier.COUNTS, KEY),
        release(raw({("x",): (posts, 5, key)}, ("platform",)), YEAR, Tier.COUNTS, KEY),
        release(raw(number, ()), YEAR.replace(fold_stories=True), Tier.COUNTS, KEY),
    ]
    assert len({a.cells[0].posts for a in asked}) == 1


@given(st.integers(5, 400), st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=2))
def test_posts_seen_get_the_same_figure_however_asked(posts: int, keys: list[int]) -> None:
    """Coverage has no ids: the index's key depends on how it was asked, the figure must not."""
    seen = YEAR.replace(relevant=None)
    figures = {
        release(raw({("wien",): (posts, posts, k)}, ("city",)), seen, Tier.COUNTS, KEY)
        .cell("wien").posts
        for k in keys
    }  # fmt: skip
    assert len(figures) == 1


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(["wien", "lyon", "malmo", None]), st.sampled_from("abcd")),
    st.tuples(st.integers(1, 60), st.integers(1, 9), st.integers(0, 2**32 - 1)),
    min_size=1,
)


@given(CELLS, st.randoms(use_true_random=False), st.sampled_from(Tier))
def test_the_order_of_cells_is_irrelevant(cells: dict, random: object, tier: Tier) -> None:
    names = list(cells)
    random.shuffle(names)  # type: ignore[attr-defined]
    mixed = release(raw({n: cells[n] for n in names}), WEEK, tier, KEY)
    assert mixed.cells == release(raw(cells), WEEK, tier, KEY).cells
    ordered = sorted(cells, key=lambda k: (k[0] is None, k[0] or "", k[1]))
    assert [c.key for c in mixed.cells] == ordered


@given(CELLS, st.sampled_from(Tier))
def test_an_unrelated_city_changes_nothing(cells: dict, tier: Tier) -> None:
    more = cells | {("torino", "a"): (9, 9, 9)}
    with_it = release(raw(more), WEEK, tier, KEY)
    assert [c for c in with_it.cells if c.key[0] != "torino"] == list(
        release(raw(cells), WEEK, tier, KEY).cells
    )


def test_replicates_say_nothing() -> None:
    answer = one(3_141, 77, tier=Tier.COUNTS)
    cell = answer.cell("wien", "housing")
    assert "3141" not in repr(answer) + str(answer) + f"{cell!r}"
    sealed = cell.replicates
    refusals = (pickle.dumps, copy.copy, copy.deepcopy, list, len, bytes, np.asarray, "{}".format)
    for refused in refusals:
        with pytest.raises(NotAllowed):
            refused(sealed)  # type: ignore[operator]
    for whole in (cell, answer):
        with pytest.raises(NotAllowed):
            pickle.dumps(whole)
        with pytest.raises(NotAllowed):
            dataclasses.asdict(whole)
    with pytest.raises(TypeError):
        json.dumps(sealed)
    assert not hasattr(sealed, "__dict__")


@pytest.mark.parametrize(("by", "query", "period"), [
    (("city", "area"), WEEK, "week"),
    ((), YEAR, "year"),
    (("city", "area", "tone"), YEAR, "year"),
    (("city",), YEAR.replace(hate=("insult",), areas=("housing",)), "year"),
    (("city", "area"), YEAR.replace(areas=("housing", "health")), "year"),
    (("city",), YEAR.replace(cities=("wien", "lyon")), "year"),
    (("country",), YEAR, "year"),
    (("city", "area", "week"), Query(), "week"),
    (("city", "month"), YEAR, "month"),
    (("city", "platform"), YEAR.replace(relevant=None), "year"),
])  # fmt: skip
def test_what_the_grid_answers(by: tuple[str, ...], query: Query, period: str) -> None:
    assert check(query, by).period == period


@pytest.mark.parametrize(("by", "query", "said"), [
    ((), YEAR.replace(text="haus"), "filter text"),
    ((), YEAR.replace(terms=("haus",)), "filter term"),
    ((), YEAR.replace(sources=("s",)), "filter source"),
    ((), YEAR.replace(kinds=("reply",)), "filter kind"),
    ((), YEAR.replace(experience=True), "experience"),
    ((), YEAR.replace(relevant=False), "not relevant"),
    (("area",), YEAR.replace(relevant=None), "not relevant"),
    (("tone",), YEAR.replace(relevant=None), "not relevant"),
    (("day",), YEAR, "by day"),
    (("source",), YEAR, "by source"),
    (("platform", "tone"), YEAR, "platform and tone"),
    (("platform",), YEAR.replace(tone=("negative",)), "platform and tone"),
    # unions somebody picks: 2^n of them would average the rounding away
    (("area",), YEAR.replace(cities=("wien", "lyon")), "several cities"),
    (("country",), YEAR.replace(cities=("wien", "lyon")), "several cities"),
    ((), YEAR.replace(countries=("AT", "FR")), "several countries"),
    (("city",), YEAR.replace(areas=("housing", "health")), "several values of area"),
    (("city",), YEAR.replace(tone=("negative", "neutral")), "several values of tone"),
    (("hate",), YEAR.replace(hate=("insult", "threat")), "several values of hate"),
    (("week", "month"), Query(), "weeks cut by months"),
    (("week",), YEAR, "cuts a week"),
    ((), Query(), "without both ends"),
    ((), Query(since=date(2025, 1, 1)), "2025-01-01 to 2026-01-01"),
    # a block of four weeks from another Monday; 31 days that are no month
    ((), Query(since=date(2025, 3, 3), until=date(2025, 3, 31)), "2025-03-"),
    ((), Query(since=date(2025, 1, 2), until=date(2025, 2, 2)), "2025-01-01 to 2025-02-01"),
])  # fmt: skip
def test_what_it_refuses_and_what_it_offers(by: tuple[str, ...], query: Query, said: str) -> None:
    with pytest.raises(NotAllowed) as error:
        release(raw({}, by), query, Tier.COUNTS, KEY)
    assert said in str(error.value)
    assert "nearest" in str(error.value)
    assert "--purpose" in str(error.value)
    release(raw({}, by), query, Tier.POSTS, KEY)  # the posts tier answers any


DAYS = st.dates(date(1991, 1, 1), date(2099, 12, 31))


@given(DAYS, st.sampled_from(KINDS))
def test_a_period_holds_its_day_and_is_its_own_nearest(day: date, kind: str) -> None:
    period = containing(kind, day)
    assert period.since <= day < period.until
    found = exactly(period.since, period.until)
    assert found is not None
    assert (found.since, found.until) == (period.since, period.until)
    assert nearest(period.since, period.until) == found
    assert before(kind, period.until) == period
    if "week" in kind:
        assert period.since.weekday() == 0
        assert containing("52 weeks", day).since <= period.since


@given(DAYS, st.integers(1, 500))
def test_the_nearest_period_is_on_the_grid(day: date, length: int) -> None:
    period = nearest(day, day + timedelta(days=length))
    assert exactly(period.since, period.until) is not None


def test_blocks_are_counted_from_a_monday() -> None:
    assert EPOCH.weekday() == 0

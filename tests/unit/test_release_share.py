"""Shares: the two-way jackknife by hand and by simulation, edges, both tiers."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.release import Cell, Tier
from analysis.replicates import Replicates, Unit
from analysis.share import Share, jackknife, share, student, wilson
from base.errors import BadInput


def cell(
    folds: object, stories: object = None, *, tier: Tier = Tier.POSTS, unit: Unit = Unit.POSTS,
    posts: int | None = None,
) -> Cell:  # fmt: skip
    x = np.asarray(folds, np.int64)
    y = x if stories is None else np.asarray(stories, np.int64)
    return Cell((), "ok", int(x.sum()) if posts is None else posts, Replicates(tier, unit, x, y))


NONE = Cell((), "zero", 0)
FEW = Cell((), "few", None)


def test_the_jackknife_by_hand() -> None:
    """Four groups; each left out once, in plain arithmetic."""
    x, n = [3, 0, 1, 2], [5, 4, 6, 5]
    left = [3 / 15, 6 / 16, 5 / 14, 4 / 15]
    expected = 3 / 4 * sum((p - 6 / 20) ** 2 for p in left)
    assert jackknife(np.array(x), np.array(n))[0] == pytest.approx(expected)


def test_every_post_its_own_voice_gives_the_binomial_variance() -> None:
    rng = np.random.default_rng(1)
    folds = rng.integers(0, 64, 200_000)
    hit = rng.random(200_000) < 0.3
    n, x = (np.bincount(f, minlength=64) for f in (folds, folds[hit]))
    p = hit.mean()
    assert jackknife(x, n)[0] == pytest.approx(p * (1 - p) / 200_000, rel=0.5)


def test_the_interval_by_hand() -> None:
    """V(fold) + V(story) - V(posts), as the docstring has it, then Wilson on n / deff."""
    rng = np.random.default_rng(2)
    n, m = rng.integers(20, 60, 64), rng.integers(20, 60, 64)
    m[0] += n.sum() - m.sum()
    x, y = rng.binomial(n, rng.beta(2, 4, 64)), rng.binomial(m, rng.beta(2, 4, 64))
    y[1] += x.sum() - y.sum()
    p, total = x.sum() / n.sum(), n.sum()
    both = 0.0
    degrees = []
    for part, base in ((x, n), (y, m)):
        d = [((x.sum() - a) / (total - b) - p) ** 2 for a, b in zip(part, base, strict=True)]
        both += 63 / 64 * sum(d)
        degrees.append(min(63, 3 * sum(d) ** 2 / sum(v * v for v in d)))
    deff = max(1, (both - p * (1 - p) / total) / (p * (1 - p) / total))
    deff *= (student(min(degrees)) / 1.959964) ** 2
    k, z = total / deff, NormalDist().inv_cdf(0.975)
    centre = (p + z * z / (2 * k)) / (1 + z * z / k)
    half = z / (1 + z * z / k) * math.sqrt(p * (1 - p) / k + z * z / (4 * k * k))
    found = share(cell(x, y), cell(n, m))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-6)


# published: Newcombe (1998), Table I, method 3 (Wilson), 95 %
@pytest.mark.parametrize(("x", "n", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
])  # fmt: skip
def test_wilson_as_published(x: int, n: int, low: float, high: float) -> None:
    assert wilson(x / n, n) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("freedom", "point"), [(3, 3.182), (5, 2.571), (10, 2.228), (63, 1.998)])
def test_student_as_in_the_tables(freedom: int, point: float) -> None:
    assert student(freedom) == pytest.approx(point, rel=0.01)


def _world(rng: np.random.Generator, authors: int, copies: float) -> tuple[np.ndarray, ...]:
    """Folds of one world: authors post from once to hundreds of times, each with an own leaning;
    a share of posts are copies of stories. The true share is 0.25."""
    posts = rng.poisson(4 * np.exp(rng.normal(-0.72, 1.2, authors)))
    author = np.repeat(np.arange(authors), posts)
    hit = rng.random(len(author)) < rng.beta(0.8, 2.4, authors)[author]
    copied = rng.random(len(author)) < copies
    source = rng.integers(0, len(author) // 20 + 1, len(author))
    hit[copied] = (rng.random(len(author)) < 0.25)[source[copied]]
    fold = rng.integers(0, 64, authors)[author]
    story_fold = np.where(copied, rng.integers(0, 64, len(author))[source],
                          rng.integers(0, 64, len(author)))  # fmt: skip
    return tuple(
        np.bincount(f, minlength=64) for f in (fold[hit], fold, story_fold[hit], story_fold)
    )


@pytest.mark.parametrize(("authors", "copies"), [(150, 0.0), (150, 0.3), (400, 0.3)])
def test_95_percent_of_worlds_lie_in_their_interval(authors: int, copies: float) -> None:
    rng = np.random.default_rng(authors)
    held = narrow = 0
    worlds = 1500
    for _ in range(worlds):
        x, n, y, m = _world(rng, authors, copies)
        found = share(cell(x, y), cell(n, m))
        assert found is not None
        held += found.low <= 0.25 <= found.high
        low, high = wilson(x.sum() / n.sum(), n.sum())
        narrow += low <= 0.25 <= high
    assert abs(held / worlds - 0.95) < 0.02
    assert narrow / worlds < 0.85  # as if every post were a voice of its own


def test_rounded_figures_keep_the_promise() -> None:
    rng = np.random.default_rng(5)
    held = worlds = 0
    for _ in range(1000):
        x, n, y, m = _world(rng, 60, 0.1)
        if x.sum() < 5:
            continue
        up = [int(v.sum() - v.sum() % 5 + 5 * (rng.random() < v.sum() % 5 / 5)) for v in (x, n)]
        part, base = (
            cell(a, b, tier=Tier.COUNTS, posts=figure)
            for a, b, figure in ((x, y, up[0]), (n, m, up[1]))
        )
        found = share(part, base)
        assert found is not None
        held += found.low <= 0.25 <= found.high
        worlds += 1
    assert 0.93 < held / worlds < 0.985


FOLDS = st.lists(st.integers(0, 30), min_size=64, max_size=64).filter(lambda f: sum(f) >= 5)


@given(FOLDS, st.floats(0, 1), st.sampled_from(Tier), st.sampled_from(Unit))
def test_an_interval_holds_its_share_and_stays_in_0_1(
    folds: list[int], part: float, tier: Tier, unit: Unit
) -> None:
    n = np.array(folds)
    x = (n * part).astype(int)
    found = share(cell(x, tier=tier, unit=unit), cell(n, tier=tier, unit=unit))
    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.high > found.low


@pytest.mark.parametrize("n", [5, 60, 5000])
def test_zero_and_all_have_an_honest_edge(n: int) -> None:
    folds = np.bincount(np.arange(n) % 64, minlength=64)
    none, every = share(NONE, cell(folds)), share(cell(folds), cell(folds))
    assert none is not None
    assert every is not None
    assert (none.share, none.low) == (0, 0)
    assert none.high > 2.0 / n
    assert (every.share, every.high) == (1, 1)
    assert every.low < 1 - 2.0 / n


def test_one_voice_is_never_sure() -> None:
    """All posts of the base in one fold: nothing is known about chance."""
    n = np.zeros(64, int)
    n[3] = 400
    found = share(cell(n // 2), cell(n))
    assert found is not None
    assert found.high - found.low > 0.6


def test_too_few_has_no_share() -> None:
    base = cell(np.full(64, 5))
    assert share(FEW, base) is None
    assert share(base, FEW) is None
    assert share(NONE, NONE) is None


def test_what_does_not_belong_together_is_refused() -> None:
    base = cell(np.full(64, 5))
    with pytest.raises(BadInput, match="tiers"):
        share(base, cell(np.full(64, 5), tier=Tier.COUNTS))
    with pytest.raises(BadInput, match="stories"):
        share(cell(np.full(64, 2), unit=Unit.STORIES), base)


def test_the_width_betrays_no_exact_count() -> None:
    """Of 400 sets with the same two figures, intervals take few values, not 400."""
    rng = np.random.default_rng(3)
    found = set()
    for _ in range(400):
        n = rng.poisson(6, 64)
        x = rng.binomial(n, 0.3)
        found.add(share(cell(x, tier=Tier.COUNTS, posts=115),
                        cell(n, tier=Tier.COUNTS, posts=385)))  # fmt: skip
    assert len(found) < 8


def test_stories_count_as_voices_of_their_own() -> None:
    rng = np.random.default_rng(4)
    n = rng.poisson(20, 64)
    x = rng.binomial(n, 0.3)
    stories = share(cell(x, unit=Unit.STORIES), cell(n, unit=Unit.STORIES))
    assert stories is not None
    assert stories.high - stories.low < 0.08


def test_copies_of_one_story_widen_a_share_of_posts_seen() -> None:
    n = np.full(64, 30)
    x = np.full(64, 6)
    spread, one_story = np.full(64, 6), np.full(64, 3)
    one_story[9] += 192
    seen = cell(n, unit=Unit.SEEN)
    alone, copied = (share(cell(x, y), seen) for y in (spread, one_story))
    assert alone is not None
    assert copied is not None
    assert copied.high - copied.low > 3 * (alone.high - alone.low)


def test_a_share_says_itself() -> None:
    assert str(Share(0.2, 0.15, 0.254)) == "20.0% (15.0% to 25.4%)"

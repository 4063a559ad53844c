"""An attacker who holds every cell of the grid must not learn the cells of 1 to 4 posts.

Worlds of weekly counts (0 to 30 a city and area, over two years, with trends, events and busy
authors) are released for every question that `analysis.grid` admits: all windows that hold the
target weeks, as totals and by each closed column. The attacker knows the rules, the long-run
level of each cell and the prior, and solves least squares with the rounding's variance, tightens
bounds until nothing moves, and guesses. Chance is the most frequent value among cells of the
same long-run level (that level is published); `advantage` is the part of what chance leaves open
that the attack gets right: 0 for chance, 1 for certainty.

The same attack runs on the plain minimum rule (suppress below 5, exact otherwise): it must break
that one, or it would prove nothing.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from math import lgamma
from multiprocessing import get_context

import numpy as np
import pytest

from analysis import grid
from analysis.periods import CALENDAR, KINDS, Period, containing
from analysis.release import Tier, release
from base.errors import NotAllowed
from store.query import Query
from store.unseal import Cells, seal

COLUMNS = {"platform": 4, "voice": 4, "lang": 3, "tone": 4, "speech": 4, "hate": 2}
LEVELS = ((0.05, 0.8), (0.6, 5.0), (3.0, 14.0))  # posts a week: rare, usual, busy cells
CELLS = 12  # city × area cells a world
START, WEEKS = date(2023, 1, 9), 104  # the first day of a block of 52 weeks
KEY = b"an installation's secret"
FEW, ZERO, OK = 1, 0, 2
VALUES = np.arange(1, 5)


@dataclass
class Windows:
    """Every window asked for. holds: windows × stretches that no window cuts; days of each."""

    periods: list[Period]
    holds: np.ndarray
    days: np.ndarray
    tells_zero: dict[str | None, np.ndarray]


def admitted(*, sliding: bool = False) -> Windows:
    """The windows that the grid admits out of all weeks and months of the two years."""
    end = START + timedelta(weeks=WEEKS)
    candidates = [
        Period(f"{n} weeks" if n > 1 else "week", START + timedelta(weeks=at),
               START + timedelta(weeks=at + n))
        for n in (1, 4, 13, 52)
        for at in range(WEEKS - n + 1)
    ]  # fmt: skip
    for kind in CALENDAR:
        period = containing(kind, START)
        while period.until <= end:
            if period.since >= START:
                candidates.append(period)
            period = containing(kind, period.until)
    told: dict[str | None, list[bool]] = defaultdict(list)
    kept = []
    for period in candidates:
        query = Query(since=period.since, until=period.until)
        try:
            found = [grid.check(query, _by(column)) for column in (None, *COLUMNS)]
        except NotAllowed:
            if not sliding:
                continue
            found = []
        if found:  # thirteen weeks that are a quarter stand there twice
            period = Period(found[0].period, period.since, period.until)
        if period in kept:
            continue
        kept.append(period)
        for column, question in zip((None, *COLUMNS), found or [None] * 7, strict=True):
            told[column].append(question is not None and question.tells_zero)
    cuts = sorted({day for p in kept for day in (p.since, p.until)})
    holds = np.array([[p.since <= c < p.until for c in cuts[:-1]] for p in kept], float)
    days = np.array([(b - a).days for a, b in itertools.pairwise(cuts)], float)
    return Windows(kept, holds, days, {c: np.array(t) for c, t in told.items()})


def _by(column: str | None) -> tuple[str, ...]:
    return ("city", "area") if column is None else ("city", "area", column)


@dataclass
class Tally:
    """The truth of one cell in each window."""

    posts: np.ndarray
    persons: np.ndarray
    key: np.ndarray


def world(rng: np.random.Generator, w: Windows, level: tuple[float, float]) -> list[dict]:
    """The tallies of each city × area cell: (column, value) → Tally; (None, 0) is the total."""
    return [_series(rng, w, float(np.exp(rng.uniform(*np.log(level))))) for _ in range(CELLS)]


def _series(rng: np.random.Generator, w: Windows, rate: float) -> dict:
    n = len(w.days)
    drift = np.exp(0.6 * np.cumsum(rng.normal(0, 0.12, n)))
    event = 1 + (rng.random(n) < 0.03) * rng.exponential(2, n)
    mean = rate * w.days / 7 * drift / drift.mean() * event * rng.gamma(3, 1 / 3, n)
    at = np.repeat(np.arange(n), rng.poisson(mean))
    busy = 1 / np.arange(1, max(6, len(at) // 2) + 1) ** 0.8
    author = rng.choice(len(busy), len(at), p=busy / busy.sum())
    key = rng.integers(0, 2**32, len(at))

    def tally(rows: np.ndarray) -> Tally:
        by_author = np.zeros((n, len(busy)))
        np.add.at(by_author, (at[rows], author[rows]), 1)
        keys = np.zeros(n, np.int64)
        np.add.at(keys, at[rows], key[rows])
        posts = w.holds @ np.bincount(at[rows], minlength=n)
        persons = (w.holds @ by_author > 0).sum(1)
        return Tally(posts.astype(int), persons, w.holds.astype(int) @ keys % 2**32)

    found = {(None, 0): tally(np.ones(len(at), bool))}
    for column, size in COLUMNS.items():
        value = rng.choice(size, len(at), p=rng.dirichlet(np.full(size, 1.5)))
        found |= {(column, v): tally(value == v) for v in range(size)}
    return found


def released(w: Windows, cells: list[dict]) -> list[dict]:
    """What the counts tier shows of each cell: (column, value) → (states, figures)."""
    shape = len(w.periods)
    shown = [
        {name: (np.zeros(shape, int), np.zeros(shape, int)) for name in tallies}
        for tallies in cells
    ]
    for i, period in enumerate(w.periods):
        query = Query(since=period.since, until=period.until)
        for column in (None, *COLUMNS):
            names = [
                (s, (column, v)) for s in range(len(cells)) for v in range(COLUMNS.get(column, 1))
            ]
            keys = {
                (s, name): ("wien", f"area-{s:02}", *([str(name[1])] if column else []))
                for s, name in names
            }
            there = [(s, name) for s, name in names if cells[s][name].posts[i]]
            numbers = np.array(
                [
                    (t.posts[i], t.persons[i], t.key[i])
                    for t in (cells[s][name] for s, name in there)
                ],
                np.int64,
            ).reshape(-1, 3)
            folds = np.zeros((len(there), 64), np.int64)
            raw = seal(_by(column), "1", (), Cells(
                [keys[c] for c in there], numbers[:, 0], numbers[:, 0], numbers[:, 1],
                numbers[:, 2], folds, folds,
            ))  # fmt: skip
            answer = release(raw, query, Tier.COUNTS, KEY, keys.values())
            for (s, name), key in keys.items():
                cell = answer.cell(*key)
                states, figures = shown[s][name]
                states[i] = {"ok": OK, "few": FEW, "zero": ZERO}[cell.state]
                figures[i] = cell.posts or 0
    return shown


def plain(cells: list[dict]) -> list[dict]:
    """The plain minimum rule: below 5 suppressed, exact otherwise, zeros shown."""
    return [
        {
            name: (np.where(t.posts >= 5, OK, np.where(t.posts > 0, FEW, ZERO)), t.posts)
            for name, t in tallies.items()
        }
        for tallies in cells
    ]


class Attack:
    """What can be worked out of one city × area cell from all its released figures."""

    def __init__(self, w: Windows, shown: dict, *, exact: bool) -> None:
        self.w, self.shown, self.exact = w, shown, exact
        self.level = {name: self._level(*figures) for name, figures in shown.items()}
        self._squares()
        self._bounds()

    def tells_zero(self, name: tuple[str | None, int]) -> np.ndarray:
        told = self.w.tells_zero[name[0]]
        return np.ones_like(told) if self.exact else told

    def _level(self, state: np.ndarray, figure: np.ndarray) -> np.ndarray:
        """Expected posts of each stretch, from the windows of four weeks and more around it."""
        length = self.w.holds @ self.w.days
        rate = np.choose(state, (0.0, 2.0, figure)) / length
        weight = self.w.holds * (np.sqrt(length) * (length >= 28))[:, None]
        return np.maximum(rate @ weight / weight.sum(0).clip(1e-9) * self.w.days, 0.02)

    def _information(self, name: tuple[str | None, int]) -> tuple[np.ndarray, np.ndarray]:
        """Precision and precision × mean of the stretches, from one cell's figures alone."""
        state, figure = self.shown[name]
        mean, var = figure.astype(float), np.full(len(state), 1e-4 if self.exact else 4.0)
        if not self.exact:
            five = (state == OK) & (figure == 5)  # never 1 to 4, so not centred
            mean[five], var[five] = 6.33, 1.56
        mean[state == ZERO], var[state == ZERO] = 0, 1e-4
        expected = (self.w.holds @ self.level[name]).clip(0.05)[:, None]
        k = np.arange(5)
        weight = np.exp(k * np.log(expected) - [lgamma(i + 1) for i in k])
        weight[self.tells_zero(name), 0] = 0
        weight /= weight.sum(1, keepdims=True)
        centre = weight @ k
        spread = (weight @ k**2 - centre**2).clip(0.02)
        prior = 1.6 * expected[:, 0] + 0.05
        gain = np.maximum(1 / spread - 1 / prior, 1e-6)
        few = state == FEW
        var[few] = (1 / gain)[few]
        mean[few] = ((centre / spread - expected[:, 0] / prior) / gain)[few]
        mean[few & (gain <= 1e-6)] = 0
        holds = self.w.holds
        return (holds / var[:, None]).T @ holds, holds.T @ (mean / var)

    def _squares(self) -> None:
        """Least squares of the totals, each column's parts added as one more estimate."""
        level = self.level[None, 0]
        precision, weighted = self._information((None, 0))
        precision = precision + np.diag(1 / (1.6 * level + 0.02))
        weighted = weighted + level / (1.6 * level + 0.02)
        self.parts = {}
        for column, size in COLUMNS.items():
            parts, prior, expected = [], 0.0, 0.0
            for v in range(size):
                own = self.level[column, v]
                var = 1.6 * own + 0.02
                inside, sums = self._information((column, v))
                cov = np.linalg.inv(inside + np.diag(1 / var))
                parts.append((cov @ (sums + own / var), cov))
                prior, expected = prior + var, expected + own
            mean, cov = sum(m for m, _ in parts), sum(c for _, c in parts)
            inverse = np.linalg.inv(cov)
            told = (inverse - np.diag(1 / prior), inverse @ mean - expected / prior)
            precision, weighted = precision + told[0], weighted + told[1]
            self.parts[column] = (parts, mean, cov, told)
        self.precision, self.weighted = precision, weighted

    def estimate(self, name: tuple[str | None, int]) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of one cell's count in each window."""
        column, v = name
        if column is None:
            mean, cov = _solve(self.precision, self.weighted)
        else:  # the part, given what everything else says of the total
            parts, total, spread, told = self.parts[column]
            rest, rest_cov = _solve(self.precision - told[0], self.weighted - told[1])
            gain = parts[v][1] @ np.linalg.inv(spread + rest_cov)
            mean = parts[v][0] + gain @ (rest - total)
            cov = parts[v][1] - gain @ parts[v][1]
        holds = self.w.holds
        return holds @ mean, np.einsum("ij,jk,ik->i", holds, cov, holds)

    def _bounds(self) -> None:
        """Least and most posts of every cell in every window, until nothing moves."""
        self.least, self.most = {}, {}
        inner = {}
        for name, (state, figure) in self.shown.items():
            slack = 0 if self.exact else 4
            told = self.tells_zero(name).astype(float)
            self.least[name] = np.choose(state, (0, told, np.maximum(5, figure - slack)))
            self.most[name] = np.choose(state, (0, 4, figure + slack)).astype(float)
            inner[name] = (np.zeros(len(self.w.days)), np.full(len(self.w.days), 400.0))
        for _ in range(3):
            for name in self.shown:
                inner[name] = self._over_time(name, *inner[name])
            total = (None, 0)
            for column, size in COLUMNS.items():
                names = [(column, v) for v in range(size)]
                low, high = (sum(side[n] for n in names) for side in (self.least, self.most))
                self.least[total] = np.maximum(self.least[total], low)
                self.most[total] = np.minimum(self.most[total], high)
                for n in names:
                    rest_low, rest_high = low - self.least[n], high - self.most[n]
                    self.most[n] = np.minimum(self.most[n], self.most[total] - rest_low)
                    self.least[n] = np.maximum(self.least[n], self.least[total] - rest_high)
                    low, high = rest_low + self.least[n], rest_high + self.most[n]

    def _over_time(
        self, name: tuple[str | None, int], low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        holds = self.w.holds
        for _ in range(3):
            most = self.most[name] = np.minimum(self.most[name], holds @ high)
            least = self.least[name] = np.maximum(self.least[name], holds @ low)
            room = (most - holds @ low)[:, None] + low
            need = (least - holds @ high)[:, None] + high
            high = np.minimum(high, np.where(holds > 0, room, np.inf).min(0))
            low = np.maximum(low, np.where(holds > 0, need, -np.inf).max(0))
        return low, high

    def guess(self, name: tuple[str | None, int]) -> np.ndarray:
        """The likeliest of 1 to 4 in each window: prior, least squares and bounds together."""
        mean, var = self.estimate(name)
        expected = self.w.holds @ self.level[name]
        prior = self.w.holds @ (1.6 * self.level[name] + 0.02)
        # what the figures say beyond the level, which the squares started from
        told = np.maximum(1 / var.clip(0.02) - 1 / prior, 1e-6)
        centre = (mean / var.clip(0.02) - expected / prior) / told
        least, most = self.least[name][:, None], self.most[name][:, None]
        possible = (least <= VALUES) & (most >= VALUES)
        possible[~possible.any(1)] = True
        likely = VALUES * np.log(expected.clip(0.05)[:, None]) - [lgamma(v + 1) for v in VALUES]
        likely = likely - told[:, None] * (VALUES - centre[:, None]) ** 2 / 2
        return VALUES[np.where(possible, likely, -np.inf).argmax(1)]


def _solve(precision: np.ndarray, weighted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values, vectors = np.linalg.eigh(precision)
    cov = (vectors / values.clip(1 / 50)) @ vectors.T
    return cov @ weighted, cov


# target (kind of window, total or part) → rows of (true value, guess, long-run level)
Guesses = dict[tuple[str, str], list[np.ndarray]]


def attack(w: Windows, cells: list[dict], shown: list[dict], *, exact: bool) -> Guesses:
    """The guesses at all suppressed cells of 1 to 4, totals and by platform."""
    found: Guesses = defaultdict(list)
    kinds = np.array([p.kind for p in w.periods])
    for tallies, figures in zip(cells, shown, strict=True):
        solved = Attack(w, figures, exact=exact)
        for name in [(None, 0), *(("platform", v) for v in range(COLUMNS["platform"]))]:
            truth, state = tallies[name].posts, figures[name][0]
            guessed = solved.guess(name)
            for kind in ("week", "4 weeks", "13 weeks"):
                rows = (kinds == kind) & (state == FEW) & (truth >= 1) & (truth <= 4)
                level = np.full(rows.sum(), truth[kinds == kind].mean())
                target = (kind, "part" if name[0] else "total")
                found[target].append(np.stack([truth[rows], guessed[rows], level]))
    return found


@dataclass
class Result:
    """n guesses; chance, right: shares that chance and the attack get; bits beyond the level."""

    n: int
    chance: float
    right: float
    bits: float

    @property
    def advantage(self) -> float:
        return (self.right - self.chance) / (1 - self.chance)


def judge(rows: list[np.ndarray], practice: list[np.ndarray]) -> Result:
    """How good the guesses are, within four bands of like long-run level.

    The attacker has practised on worlds of his own: where his guess turned out to mean another
    value there, he says that one.
    """
    truth, guessed, level = np.concatenate(rows, axis=1)
    known, tried, where = np.concatenate(practice, axis=1)
    edges = np.quantile(where, np.arange(1, 4) / 4)
    band, band_there = np.searchsorted(edges, level), np.searchsorted(edges, where)
    said, right_by_chance, bits = guessed.copy(), 0, 0.0
    for b in np.unique(band):
        here, there = band == b, band_there == b
        right_by_chance += np.bincount(truth[here].astype(int)).max()
        bits += _bits(truth[here], guessed[here]) * here.sum()
        for value in VALUES:
            alike = there & (tried == value)
            alike = alike if alike.sum() >= 10 else tried == value
            if alike.sum() >= 10:
                said[here & (guessed == value)] = np.bincount(known[alike].astype(int)).argmax()
    n = len(truth)
    return Result(n, right_by_chance / n, float((truth == said).mean()), bits / n)


def _bits(one: np.ndarray, other: np.ndarray) -> float:
    """Mutual information in bits, less its bias (Miller & Madow, 1955)."""
    table = np.zeros((5, 5))
    np.add.at(table, (one.astype(int), other.astype(int)), 1)
    p = table / table.sum()
    independent = p.sum(1, keepdims=True) * p.sum(0)
    seen = p > 0
    used = (seen.any(1).sum() - 1) * (seen.any(0).sum() - 1)
    bias = used / (2 * table.sum() * np.log(2))
    return float((p[seen] * np.log2(p[seen] / independent[seen])).sum() - bias)


def _by_target(every: Iterable[Guesses]) -> Guesses:
    together: Guesses = defaultdict(list)
    for guesses in every:
        for target, rows in guesses.items():
            together[target] += rows
            together["all", "cells"] += rows
    return together


def _guesses(task: tuple[Windows, int, int, bool]) -> Guesses:
    w, seed, level, exact = task
    cells = world(np.random.default_rng((seed, level)), w, LEVELS[level])
    return attack(w, cells, plain(cells) if exact else released(w, cells), exact=exact)


def broken(w: Windows, *, exact: bool, seeds: int = 3) -> dict[tuple[str, str], Result]:
    """The attack's results: practised on the first seed, judged on the others."""
    tasks = [(w, seed, level, exact) for seed in range(seeds) for level in range(len(LEVELS))]
    # new processes with one thread each: small matrices are slower on many
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            patch.setenv(name, "1")
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            found = list(pool.map(_guesses, tasks))
    practice, judged = _by_target(found[: len(LEVELS)]), _by_target(found[len(LEVELS) :])
    return {target: judge(rows, practice[target]) for target, rows in judged.items()}


@pytest.fixture(scope="module")
def windows() -> Windows:
    return admitted()


def test_the_release_is_hardly_better_to_guess_than_chance(windows: Windows) -> None:
    results = broken(windows, exact=False)
    for target, result in results.items():
        assert result.n > 100, target
        assert result.advantage < 0.25, (target, result)
        assert result.bits < 0.35, (target, result)  # of about 1.8
    assert results["all", "cells"].advantage < 0.15
    assert results["week", "total"].advantage < 0.12


def test_the_same_attack_breaks_the_plain_minimum_rule(windows: Windows) -> None:
    results = broken(windows, exact=True)
    assert results["all", "cells"].right > 0.85
    assert results["all", "cells"].bits > 0.9
    for kind in ("week", "4 weeks", "13 weeks"):
        assert results[kind, "total"].right > 0.8, results[kind, "total"]


def test_the_grid_has_no_sliding_blocks(windows: Windows) -> None:
    """Every Monday was tried; what passes are blocks that do not overlap their own kind."""
    for kind in KINDS:
        of_kind = sorted((p for p in windows.periods if p.kind == kind), key=lambda p: p.since)
        assert of_kind, kind
        for one, other in itertools.pairwise(of_kind):
            assert one.until <= other.since

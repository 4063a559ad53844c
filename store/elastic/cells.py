"""From buckets to cells: what a question's aggregations add up to.

Adding up and telling apart are two things. Posts, folds and keys are added up on the server, a
bucket a cell and fold. Stories cost little: a post that its story is named after (a head) is a
story of its own; only the others of a story, near-duplicates, are told apart. Persons: `persons`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from store.elastic.asking import FOLDS, Asking, Raw
from store.elastic.persons import nameless, persons
from store.elastic.template import VOICE
from store.elastic.text import Clause
from store.unseal import Cells

_MOST_TERMS = 60_000  # of a terms clause; the server's limit is 65,536
_WIDTH = 3 + 3 * FOLDS


def _by(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": FOLDS}}


_SUMS = {
    "high": {"sum": {"field": "key_high"}},
    "low": {"sum": {"field": "key_low"}},
    "heads": {"sum": {"field": "is_head"}},
    "others": {"filter": {"term": {"who": VOICE}}},
    "folds": _by("fold"),
    "sfolds": _by("story_fold"),
}
_HEADED = {"filter": {"term": {"is_head": 1}}, "aggs": {"folds": _by("story_fold")}}
T = TypeVar("T")


def cells(asking: Asking, pool: Executor, *, fold_stories: bool) -> Cells:
    """The cells of a question. pool: in which its aggregations are asked for, side by side."""
    headless = pool.submit(lambda: list(_headless(asking)))
    unnamed = pool.submit(nameless, asking)
    added = _added(asking, with_heads=fold_stories)
    found = sorted(added, key=lambda raw: [(v is None, v or "") for v in asking.label(raw)])
    at = {raw: number for number, raw in enumerate(found)}
    sums = np.array([added[raw] for raw in found], np.int64).reshape(len(found), _WIDTH)
    key, others, stories = sums[:, 0], sums[:, 1], sums[:, 2]
    folds, sfolds, headed = sums[:, 3:].reshape(-1, 3, FOLDS).transpose(1, 0, 2)
    posts = folds.sum(axis=1)
    named, near = persons(asking, found, personal=posts - others)
    for raw, fold in headless.result():
        stories[at[raw]] += 1
        headed[at[raw], fold] += 1
    if fold_stories:
        posts, folds, sfolds = stories, headed, headed
    without = np.array([unnamed.result()[raw] for raw in found], np.int64)
    return Cells(
        keys=[asking.label(raw) for raw in found],
        posts=posts,
        stories=stories,
        persons=named + without + others,
        key=key & 0xFFFFFFFF,
        folds=folds,
        story_folds=sfolds,
        near=near if near.any() else None,
    )


def _added(asking: Asking, *, with_heads: bool) -> dict[Raw, list[int]]:
    """Cell → key, others, heads, and per fold posts, posts by story, with_heads heads by story."""
    aggs = _SUMS | ({"headed": _HEADED} if with_heads else {})
    found = {}
    for raw, _, bucket in asking.buckets({}, aggs=aggs, inside=2 + (2 + with_heads) * FOLDS):
        by_fold = [0] * (3 * FOLDS)
        for place, name in enumerate(("folds", "sfolds", "headed")):
            of = bucket.get(name, {})
            for fold in of.get("folds", of).get("buckets", ()):
                by_fold[place * FOLDS + fold["key"]] = fold["doc_count"]
        if any(by_fold):
            high, low, heads = (round(bucket[n]["value"]) for n in ("high", "low", "heads"))
            others = bucket["others"]["doc_count"]
            found[raw] = [high * 65536 + low, others, heads, *by_fold]
    return found


def _headless(asking: Asking) -> Iterator[tuple[Raw, int]]:
    """(cell, story fold) of each story that a cell holds without its head."""
    tails = {
        (raw, story): fold
        for raw, (story, fold), _ in asking.buckets(
            {"story": "story", "fold": "story_fold"}, only=[{"term": {"is_head": 0}}]
        )
    }
    for stories in _pieces({story for _, story in tails}, _MOST_TERMS):
        only: list[Clause] = [{"term": {"is_head": 1}}, {"terms": {"story": stories}}]
        for raw, (story,), _ in asking.buckets({"story": "story"}, only=only):
            tails.pop((raw, story), None)
    for (raw, _), fold in tails.items():
        yield raw, fold


def _pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(values)
    while piece := list(islice(left, size)):
        yield piece


def taggers(asking: Asking, *, is_whole: bool = False) -> Counter[str]:
    """How many posts of a question each tagger tagged. is_whole: of whole texts only."""
    only = [{"term": {"is_whole": True}}] if is_whole else []
    found: Counter[str] = Counter()
    for _, (tagger,), bucket in asking.buckets({"tagger": "tagger"}, only=only):
        found[tagger] += bucket["doc_count"]
    return found

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
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from store.elastic.asking import Asking, Raw
from store.elastic.persons import nameless, persons
from store.elastic.template import VOICE
from store.unseal import Cells

FOLDS = 64
_MOST_TERMS = 60_000  # of a terms clause; the server's limit is 65,536
_SUMS = {name: {"sum": {"field": name}} for name in ("key_high", "key_low")}
_OTHERS = {"others": {"filter": {"term": {"who": VOICE}}}}
_HEADS = {"is_head": {"sum": {"field": "is_head"}}}
Ints = npt.NDArray[np.int64]
T = TypeVar("T")


def cells(asking: Asking, pool: Executor, *, fold_stories: bool) -> Cells:
    """The cells of a question. pool: in which its aggregations are asked for, side by side."""
    by_story = pool.submit(lambda: list(asking.buckets({"fold": "story_fold"}, aggs=_HEADS)))
    headless = pool.submit(lambda: list(_headless(asking)))
    unnamed = pool.submit(nameless, asking)
    sums: dict[Raw, Ints] = {}
    for raw, (fold,), bucket in asking.buckets({"fold": "fold"}, aggs=_SUMS | _OTHERS):
        of = sums.setdefault(raw, np.zeros(2 + FOLDS, np.int64))
        of[0] += round(bucket["key_high"]["value"]) * 65536 + round(bucket["key_low"]["value"])
        of[1] += bucket["others"]["doc_count"]
        of[2 + fold] += bucket["doc_count"]
    found = sorted(sums, key=lambda raw: [(v is None, v or "") for v in asking.label(raw)])
    at = {raw: number for number, raw in enumerate(found)}
    count = len(found)
    added = np.array([sums[raw] for raw in found], np.int64).reshape(count, 2 + FOLDS)
    others, folds = added[:, 1], added[:, 2:]
    posts = folds.sum(axis=1)
    named, near = persons(asking, found, personal=posts - others)
    sfolds, headed = (np.zeros((count, FOLDS), np.int64) for _ in range(2))
    for raw, (fold,), bucket in by_story.result():
        sfolds[at[raw], fold] = bucket["doc_count"]
        headed[at[raw], fold] = round(bucket["is_head"]["value"])
    for raw, fold in headless.result():
        headed[at[raw], fold] += 1
    stories = headed.sum(axis=1)
    if fold_stories:
        posts, folds, sfolds = stories, headed, headed
    without = np.array([unnamed.result()[raw] for raw in found], np.int64)
    return Cells(
        keys=[asking.label(raw) for raw in found],
        posts=posts,
        stories=stories,
        persons=named + without + others,
        key=added[:, 0] & 0xFFFFFFFF,
        folds=folds,
        story_folds=sfolds,
        near=near if near.any() else None,
    )


def _headless(asking: Asking) -> Iterator[tuple[Raw, int]]:
    """(cell, story fold) of each story that a cell holds without its head."""
    tails = {
        (raw, story): fold
        for raw, (story, fold), _ in asking.buckets(
            {"story": "story", "fold": "story_fold"}, only=[{"term": {"is_head": 0}}]
        )
    }
    for stories in _pieces({story for _, story in tails}, _MOST_TERMS):
        only = [{"term": {"is_head": 1}}, {"terms": {"story": stories}}]
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

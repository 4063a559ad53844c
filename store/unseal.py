"""What stands inside RawCounts. Imported by the indexes and by `analysis.release`, nobody else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from store.raw import Numbers, RawCounts


@dataclass(frozen=True, eq=False)
class Cells:
    """n cells, in ascending order of their keys (None last).

    keys: n tuples, one value a dimension. posts, stories, persons, key: int64[n].
    persons: the most distinct authors under one month's key, plus one per source of personal
    posts without author, plus each post of another voice (institutions, parties and media are
    not persons to protect). key: sum of the first 32 bits of the ids, modulo 2**32.
    folds, story_folds: int64[n, 64], posts per replicate of authors and of stories. With
    `fold_stories` posts are distinct stories, and folds equal story_folds: distinct stories per
    story fold; stories, persons and key stay those of the posts.
    near: where persons are an estimate, far above any rule's least; None where none is.
    Of posts seen (`Index.seen`): stories and persons equal posts, for a denominator names nobody;
    story_folds equal folds; key is 32 bits of a hash of the cell's keys and posts.
    """

    keys: list[tuple[str | None, ...]]
    posts: Numbers
    stories: Numbers
    persons: Numbers
    key: Numbers
    folds: Numbers
    story_folds: Numbers
    near: npt.NDArray[np.bool_] | None = None


def cells_of_seen(keys: list[tuple[str | None, ...]], numbers: Numbers) -> Cells:
    """The cells of posts seen. numbers: int64[n, 1 + 64], posts and posts per fold."""
    posts, folds = numbers[:, 0], numbers[:, 1:]
    drawn = [_key(name, int(count)) for name, count in zip(keys, posts, strict=True)]
    return Cells(
        keys=keys, posts=posts, stories=posts, persons=posts, key=np.array(drawn, np.int64),
        folds=folds, story_folds=folds,
    )  # fmt: skip


def _key(name: tuple[str | None, ...], posts: int) -> int:
    return int(hashlib.sha256(json.dumps([*name, posts]).encode()).hexdigest()[:8], 16)


def seal(by: tuple[str, ...], generation: str, tagger: tuple[str, ...], cells: Cells) -> RawCounts:
    """Cells as the index gives them away."""
    return RawCounts(by, generation, tagger, cells)


def unseal(raw: RawCounts) -> Cells:
    """The cells inside."""
    cells = raw._sealed
    assert isinstance(cells, Cells)
    return cells

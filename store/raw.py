"""RawCounts: what an index answers before anybody may see it.

It holds exact counts of cells, however small. Nothing can print, copy, pickle, iterate or
serialise it; `store.unseal` opens it, and an import contract lets only the indexes' room and
`analysis.release` import that.
"""

from __future__ import annotations

from typing import Any, NoReturn, final

import numpy as np
import numpy.typing as npt

from base.errors import NotAllowed

Numbers = npt.NDArray[np.int64]


@final
class RawCounts:
    """Exact counts of n cells; sealed.

    by: the dimensions of the cells. generation: of the index that answered.
    Inside (see `store.unseal.Cells`): keys, posts, stories, persons, folds, story folds, keys
    for rounding.
    """

    __slots__ = ("__weakref__", "_sealed", "by", "generation", "tagger")

    def __init__(
        self, by: tuple[str, ...], generation: str, tagger: tuple[str, ...], sealed: object
    ) -> None:
        self.by = by
        self.generation = generation
        self.tagger = tagger
        self._sealed = sealed

    def __repr__(self) -> str:
        return f"<RawCounts by {', '.join(self.by) or 'nothing'}; sealed>"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotAllowed(
            "raw counts do not leave the index",
            hint="analysis.release turns them into figures",
        )

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse
    __iter__ = __len__ = __getitem__ = __array__ = __bytes__ = __format__ = _refuse

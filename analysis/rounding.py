"""Fixed random rounding of counts to base 5, under the key of the set of posts.

A count x becomes the multiple of 5 above it with probability (x mod 5) / 5, else the one below:
E(figure) = x, and |figure - x| <= 4, in posts. The random number is a keyed hash of the set of
posts, so the same set always gets the same figure, however it is asked for, and averaging over
definitions gains nothing. Sets that differ in one post are rounded independently.
Literature: Fellegi (1975), Controlled random rounding, Survey Methodology 1(2); Fraser & Wooton
(2005), A proposed method for confidentialising tabular output (cell keys); Rinott et al. (2018).
Limit: whoever can watch a cell before and after a post comes or goes sees two draws.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from base.errors import BadInput
from base.ids import keyed
from store.raw import Numbers

BASE = 5
# Of x given the figure R, when every x was as likely: x = R + d with weight 5 - |d|, so its
# variance is (4*1 + 3*4 + 2*9 + 1*16) * 2 / 25 posts squared.
VARIANCE = 4.0
LEAST_KEY = 16  # bytes


def rounded(posts: Numbers, sets: Iterable[int], key: bytes, kind: str = "posts") -> Numbers:
    """The figures of counts; `sets` holds the 32-bit key of each cell's set of posts."""
    if len(key) < LEAST_KEY:
        raise BadInput("the key for rounding is too short", expected=f"{LEAST_KEY} bytes or more")
    draws = np.array(
        [int(keyed(key, f"round {kind}", str(int(s)))[:16], 16) % BASE for s in sets], np.int64
    )
    rest = posts % BASE
    return np.asarray(posts - rest + BASE * (draws < rest), np.int64)

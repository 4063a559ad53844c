"""A sample of a term's hits for somebody to judge, and what the judgement says of its precision.

The sample is drawn by a hash of post and term: the same posts give the same sample, so that
numbers written down today are judged tomorrow. Posts whose text is protected are not shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analysis.share import wilson
from base.errors import BadInput
from base.text import spans
from monitor.terms.trying import Hit

AROUND = 5  # words on each side of the evidence (DESIGN §5)


@dataclass(frozen=True)
class Precision:
    """Of `judged` hits `right` were right: their share, 0 to 1, with Wilson's 95 % interval."""

    right: int
    judged: int
    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return (f"{self.right} of {self.judged} right: {self.share:.0%}"
                f" (95 % interval {self.low:.0%} to {self.high:.0%})")  # fmt: skip


def sample(hits: Sequence[Hit], term: str, size: int) -> list[Hit]:
    """At most `size` hits, drawn at random, always the same."""

    def draw(hit: Hit) -> bytes:
        return hashlib.sha256(f"{hit.id}\0{term}".encode()).digest()

    return sorted((h for h in hits if not h.is_protected), key=draw)[:size]


def window(hit: Hit) -> str:
    """The evidence and five words on each side, in one line."""
    around = list(spans(hit.text))
    before = [start for _, start, end in around if end <= hit.start][-AROUND:]
    after = [end for _, start, end in around if start >= hit.end][:AROUND]
    first, last = min(before, default=hit.start), max(after, default=hit.end)
    # a placeholder stays whole
    first -= hit.text[first - 1 : first] == "<"
    last += hit.text[last : last + 1] == ">"
    left = "… " if any(end <= first for _, _, end in around) else ""
    right = " …" if any(start >= last for _, start, _ in around) else ""
    parts = (hit.text[first : hit.start], hit.text[hit.start : hit.end], hit.text[hit.end : last])
    return left + " ".join("{}[{}]{}".format(*parts).split()) + right


def precision(right: int, judged: int) -> Precision | None:
    """None where nothing was judged."""
    if not judged:
        return None
    share = right / judged
    return Precision(right, judged, share, *wilson(share, judged))


def numbers(given: str, size: int) -> frozenset[int]:
    """`1,3,5` as numbers of a sample; `0` or nothing is none. Raises BadInput."""
    found = set()
    for part in filter(None, (p.strip() for p in given.split(","))):
        if not part.isdecimal() or int(part) > size:
            raise BadInput(f"{part!r} is no number of the sample", where="--judged",
                           expected=f"numbers from 1 to {size}, or 0 for none")  # fmt: skip
        found.add(int(part))
    return frozenset(found - {0})


def shown(hits: Collection[Hit]) -> list[dict[str, str | int | None]]:
    """A sample as it is printed: numbered windows."""
    return [
        {"number": n, "city": h.city, "day": h.day, "text": window(h)}
        for n, h in enumerate(hits, start=1)
    ]

"""Words joined without a space: the parts that the lists know.

Comes in: a folded compound or a hashtag without capitals, and what asks the lists. Goes out: its
known parts, in order; nothing where they are too little of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Asks = Callable[[Sequence[str]], frozenset[str]]  # which of some folded words are known

LEAST, MOST = 9, 40  # letters of a compound; a hashtag may have fewer
_LEAST_HALF, _LEAST_REST = 5, 3  # of a part that counts, of the other
_LEAST_PART, _MOST_PART, _COVER = 3, 24, 0.75


def of_compound(word: str, links: Sequence[str], known: Asks) -> tuple[str, ...]:
    """The known parts of a compound of two: both, or the last, or the first.

    links: what may stand between the parts (`Flüchtling-s-heim`).
    """
    splits = range(_LEAST_REST, len(word) - _LEAST_REST + 1)
    heads = {
        at: [word[: at - len(link)] for link in ("", *links) if word[:at].endswith(link)]
        for at in splits
    }
    pieces = {word[at:] for at in splits} | {head for of in heads.values() for head in of}
    listed = known([piece for piece in pieces if len(piece) >= _LEAST_HALF])
    best: tuple[int, tuple[str, ...]] = (0, ())
    for at in splits:
        head = max((one for one in heads[at] if one in listed), key=len, default="")
        tail = word[at:] if word[at:] in listed else ""
        parts = tuple(part for part in (head, tail) if part)
        best = max(best, (sum(map(len, parts)), parts))
    return best[1]


def of_joined(word: str, known: Asks) -> tuple[str, ...]:
    """Known words that together make up most of a word, the fewest that cover the most."""
    size = len(word)
    if size > MOST:
        return ()
    spans = [
        (i, j)
        for i in range(size)
        for j in range(i + _LEAST_PART, min(size, i + _MOST_PART) + 1)
        if j - i < size
    ]
    listed = known(sorted({word[i:j] for i, j in spans}))
    # best[n]: (letters covered, fewer parts, parts) of the first n letters
    best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
    for j in range(1, size + 1):
        ways = [best[j - 1]]
        for i in range(max(0, j - _MOST_PART), j - _LEAST_PART + 1):
            if word[i:j] in listed:
                covered, fewer, parts = best[i]
                ways.append((covered + j - i, fewer - 1, (*parts, word[i:j])))
        best.append(max(ways))
    covered, _, parts = best[size]
    return parts if covered >= _COVER * size else ()

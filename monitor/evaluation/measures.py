"""Precision, recall and F1 of what the tagger found against what a careful reader expects.

All counts are micro: every code of every post counts once. F1 = 2PR / (P + R), 0 when nothing
was found and something was expected, None when there was neither (van Rijsbergen 1979).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.evaluation.examples import Example

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Score:
    """right: expected and found. found, expected: in all."""

    right: int = 0
    found: int = 0
    expected: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.right + other.right, self.found + other.found, self.expected + other.expected
        )

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.expected if self.expected else None

    @property
    def f1(self) -> float | None:
        if not self.found and not self.expected:
            return None
        return 2 * self.right / (self.found + self.expected)


def of_codes(expected: Iterable[str], found: Iterable[str]) -> Score:
    """One post's codes."""
    wanted, there = set(expected), set(found)
    return Score(len(wanted & there), len(there), len(wanted))


def of_spans(example: Example, found: Spans) -> dict[str, Score]:
    """Personal data by type, and what was found in all under `any`.

    A datum is found when every character of it is covered. Of a span that was found it is
    right to touch a datum; the types of spans are not compared.
    """
    covered = bytearray(len(example.text))
    for start, end in found:
        covered[start:end] = b"\1" * (end - start)
    scores: dict[str, Score] = {}
    for kind, start, end in example.personal:
        hit = all(c or not t.isalnum() for c, t in
                  zip(covered[start:end], example.text[start:end], strict=True))  # fmt: skip
        scores[kind] = scores.get(kind, Score()) + Score(hit, 0, 1)
    touching = sum(
        any(start < to and begin < end for _, begin, to in example.personal) for start, end in found
    )
    recall = sum((s for s in scores.values()), Score())
    scores["any"] = Score(recall.right, 0, recall.expected)
    scores["precision"] = Score(touching, len(found), touching)
    return scores


def kept(example: Example, found: Spans) -> Score:
    """Of the names that must stay, how many no span touches."""
    stays = [
        not any(start < to and begin < end for start, end in found) for begin, to in example.kept
    ]
    return Score(sum(stays), len(stays), len(stays))

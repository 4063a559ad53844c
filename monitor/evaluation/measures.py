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


@dataclass
class Taken:
    """What the scrubber took out of texts that others labelled, of one type or one source.

    there: labelled; gone: of them without a letter left; kept: of them public, in none of the
    other counts; found: spans of the scrubber; right: of them on a label.
    """

    there: int = 0
    gone: int = 0
    kept: int = 0
    found: int = 0
    right: int = 0

    @property
    def recall(self) -> float | None:
        return self.gone / self.there if self.there else None

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None


def is_gone(text: str, start: int, end: int, found: Spans) -> bool:
    """Whether every letter and digit from start to end stands in a span."""
    covered = bytearray(len(text))
    for first, last in found:
        covered[first:last] = b"\1" * (last - first)
    return all(covered[i] or not text[i].isalnum() for i in range(start, end))


def touches(span: tuple[int, int], others: Spans) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def of_codes(expected: Iterable[str], found: Iterable[str]) -> Score:
    """One post's codes."""
    wanted, there = set(expected), set(found)
    return Score(len(wanted & there), len(there), len(wanted))


def of_spans(example: Example, found: Spans) -> dict[str, Score]:
    """Personal data by type, and what was found in all under `any`.

    A datum is found when every character of it is covered. Of a span that was found it is
    right to touch a datum; the types of spans are not compared.
    """
    scores: dict[str, Score] = {}
    for kind, start, end in example.personal:
        hit = is_gone(example.text, start, end, found)
        scores[kind] = scores.get(kind, Score()) + Score(hit, 0, 1)
    personal = [(start, end) for _, start, end in example.personal]
    touching = sum(touches(span, personal) for span in found)
    recall = sum((s for s in scores.values()), Score())
    scores["any"] = Score(recall.right, 0, recall.expected)
    scores["precision"] = Score(touching, len(found), touching)
    return scores


def kept(example: Example, found: Spans) -> Score:
    """Of the names that must stay, how many no span touches."""
    stays = [not touches(span, found) for span in example.kept]
    return Score(sum(stays), len(stays), len(stays))

"""What is looked for about a word of a text: other words beside it, and what else must hold.

A rule (`nlp/rule.py`) and a hint (`nlp/hints.py`) are found by one of their words, their anchor;
what is Wanted then is the rest of them. `Tries` are all that are wanted about one word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nlp.rule import Rule

Fits = Callable[[str], bool]  # whether a folded word may stand at a place
_MOST_NEAR = 10_000  # words remembered beside one anchor


@dataclass(frozen=True, eq=False)
class Wanted:
    """before, after: of each word there whether it fits, in the order of the text. condition:
    the rule whose case or context decides as well; None where the words are enough.

    near: whether the nearest of the words fits; None where there is no other word.
    """

    number: int
    before: tuple[Fits, ...] = ()
    after: tuple[Fits, ...] = ()
    condition: Rule | None = None

    @property
    def near(self) -> Fits | None:
        if self.before:
            return self.before[-1]
        return self.after[0] if self.after else None

    @property
    def is_sure(self) -> bool:
        """The anchor alone is enough."""
        return self.near is None and self.condition is None


class Near(dict[str, tuple[Wanted, ...]]):
    """A word beside the anchor → what may be there then: nothing in most cases."""

    def __init__(self, wanted: Iterable[Wanted]) -> None:
        super().__init__()
        self._wanted = tuple(wanted)

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def __missing__(self, word: str) -> tuple[Wanted, ...]:
        if len(self) >= _MOST_NEAR:
            self.clear()
        fitting = tuple(one for one in self._wanted if one.near is None or one.near(word))
        self[word] = fitting
        return fitting


class Tries(NamedTuple):
    """What is wanted about one anchor: what needs no other word, and the rest by the word that
    stands nearest, before it or behind."""

    alone: tuple[Wanted, ...]
    before: Near
    after: Near

    @classmethod
    def of(cls, wanted: Iterable[Wanted]) -> Tries:
        every = tuple(wanted)
        return cls(
            tuple(one for one in every if one.near is None),
            Near(one for one in every if one.before),
            Near(one for one in every if one.after and not one.before),
        )

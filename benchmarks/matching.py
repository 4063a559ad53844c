"""The matcher alone, in batches of 50,000 on one core, on texts whose language is known."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from base.text import words
from benchmarks.measuring import one_core
from benchmarks.tagging import BATCH, batch, read
from monitor import cities, tagging
from monitor.settings import Settings
from nlp.language import Language
from nlp.match import Match
from nlp.patterns import Patterns
from taxonomy import compiled
from taxonomy.taxonomy import SHIPPED

LEAST = 40_000  # posts a second
MOST_LOAD = 0.5  # seconds


def measure(folder: str, batches: int = 3) -> dict[str, Any]:
    """posts/s of processor time, the first batch apart: it learns the words. patterns: stems
    that entries are found by; words: of the vocabulary; candidates: share of posts with a word
    that begins with a stem of their language; load_s: of all lists, kept from an earlier run."""
    one_core()
    kept, places = Settings().nlp_cache, tuple(tagging.places(cities.load()))
    Patterns(compiled.load(SHIPPED, kept), places, kept)
    began = time.process_time()
    lists = compiled.load(SHIPPED, kept)
    patterns = Patterns(lists, places, kept)
    loaded = time.process_time() - began
    match, language = Match(patterns), Language(frozenset(lists.languages), 0.4, lists.latin)
    rows = read(Path(folder), BATCH * batches)
    spent, candidates, found = [], 0, 0
    for start in range(0, len(rows), BATCH):
        posts = language(batch(rows[start : start + BATCH]))
        began = time.process_time()
        matched = match(posts)
        spent.append(time.process_time() - began)
        candidates += _candidates(patterns, posts)
        found += pc.sum(pc.greater(pc.list_value_length(matched["matches"]), 0)).as_py()
    warm = rows[BATCH:]
    return {
        "posts": len(rows),
        "patterns": len(patterns),
        "words": lists.vocabulary.num_rows,
        "load_s": round(loaded, 2),
        "most_load_s": MOST_LOAD,
        "candidates": round(candidates / len(rows), 3),
        "with_matches": round(found / len(rows), 3),
        "first_per_s": round(min(BATCH, len(rows)) / spent[0]),
        "per_s": round(len(warm) / sum(spent[1:])) if warm else None,
        "least": LEAST,
    }


def _candidates(patterns: Patterns, posts: pa.RecordBatch) -> int:
    """Posts with a stem of a rule of their language."""
    total = 0
    texts, names = (posts.column(name).to_pylist() for name in ("text", "lang"))
    for language in set(names):
        of_language = [t for t, name in zip(texts, names, strict=True) if name == language]
        *of_entries, _ = patterns.glossary(language).found_by
        has_stem = cache(lambda word, every=of_entries: any(of.numbers(word) for of in every))
        total += sum(any(map(has_stem, words(text))) for text in of_language)
    return total

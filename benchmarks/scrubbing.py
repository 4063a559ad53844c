"""The scrubber alone, in batches of 50,000 on one core, on texts whose language is known."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import one_core
from benchmarks.tagging import BATCH, batch, read
from monitor.settings import Settings
from monitor.tagging import scrubber
from nlp.language import Language
from taxonomy.taxonomy import load

LEAST = 15_000  # posts a second


def measure(folder: str, batches: int = 2) -> dict[str, Any]:
    """posts/s of processor time, and the share of posts with something to take out."""
    one_core()
    settings = Settings()
    codes = frozenset(load(languages=()).languages)
    language = Language(codes, settings.nlp_language_least)
    scrub = scrubber(settings)
    rows = read(Path(folder), BATCH * batches)
    spent, touched = 0.0, 0
    for start in range(0, len(rows), BATCH):
        posts = language(batch(rows[start : start + BATCH]))
        began = time.process_time()
        posts = scrub(posts)
        spent += time.process_time() - began
        touched += sum(bool(found) for found in posts.column("redactions").to_pylist())
    return {
        "posts": len(rows),
        "with_finds": round(touched / len(rows), 3),
        "per_s": round(len(rows) / spent),
        "least": LEAST,
    }

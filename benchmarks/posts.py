"""Invented posts as files to import: one NDJSON a city, with its distinct texts counted."""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from monitor.sample import CITIES, sample

SINCE, UNTIL = date(2025, 10, 6), date(2026, 10, 5)


def write(folder: Path, n: int, candidates: float, seed: int = 3) -> dict[str, Any]:
    """Files of n posts in all; how many texts differ. candidates: share about integration."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: set[bytes] = set()
    files = {city: (folder / f"{city}.ndjson").open("w", encoding="utf-8") for city in CITIES}
    for page in sample(n, seed, CITIES, SINCE, UNTIL, candidates=candidates):
        handle = files[page.source.home]
        for item in page.items:
            texts.add(blake2b(item["text"].encode(), digest_size=8).digest())
            row = {k: v for k, v in item.items() if v is not None}
            row["created"] = item["created"].isoformat()
            row["platform"] = page.source.platform
            row["voice"] = page.source.voice
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    for handle in files.values():
        handle.close()
    return {"posts": n, "distinct": round(len(texts) / n, 4)}


def measure(folder: str, n: int, candidates: float) -> dict[str, Any]:
    return write(Path(folder), n, candidates)

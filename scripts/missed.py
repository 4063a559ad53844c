"""What the taxonomy misses in the project's own training posts, to see which words it lacks.

    python scripts/missed.py LANG [--area AREA] [--shown 60]

Two posts in three are shown; the third is only counted, so that the figures of `held` tell
whether words were added for the posts or for the language.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from monitor import tagging
from monitor.cities import load
from monitor.evaluation.measures import Score, of_codes
from monitor.settings import Settings
from nlp.train.own import OwnPost, read

ROOT = Path(__file__).resolve().parents[1]
HELD = 3  # every third post is held back


def main() -> None:
    """Print them, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("language")
    parser.add_argument("--area", help="only posts that have this area, or were given it")
    parser.add_argument("--shown", type=int, default=60)
    given = parser.parse_args()
    posts = [p for p in read(ROOT / "data" / "training") if p.language == given.language]
    registry = load()
    tagger = tagging.build(Settings(), registry, tie_city=False)
    batch = pa.RecordBatch.from_pydict(
        {"text": [p.text for p in posts], "home": pa.nulls(len(posts), pa.string()),
         "lang": [p.language for p in posts]}
    )  # fmt: skip
    found = tagger(batch).to_pylist()
    shown = 0
    scores: dict[tuple[str, bool], Score] = defaultdict(Score)
    for number, (post, row) in enumerate(zip(posts, found, strict=True)):
        held = number % HELD == HELD - 1
        areas = frozenset(row["areas"])
        for name, expected, got in _cells(post, row):
            scores[name, held] += of_codes(expected, got)
        concerned = given.area is None or given.area in areas | post.areas
        if not held and areas != post.areas and concerned and shown < given.shown:
            shown += 1
            _show(post, row)
    _figures(scores)


def _cells(post: OwnPost, row: dict) -> Iterable[tuple[str, Iterable[str], Iterable[str]]]:
    yield "areas", post.areas, row["areas"]
    for area in sorted(post.areas | set(row["areas"])):
        yield area, post.areas & {area}, set(row["areas"]) & {area}
    yield "groups", post.groups, row["groups"]
    for value in ("hate", "counter", "quote"):
        yield f"speech {value}", {post.speech} & {value}, {row["speech"]} & {value}
    for value in ("negative", "positive"):
        yield f"tone {value}", {post.tone} & {value}, {row["tone"]["label"]} & {value}
    yield "experience", ["yes"] * post.experience, ["yes"] * bool(row["experience"])


def _show(post: OwnPost, row: dict) -> None:
    missed = " ".join(sorted(post.areas - set(row["areas"])))
    wrong = " ".join(sorted(set(row["areas"]) - post.areas))
    print(f"- {post.text}\n    missed: {missed or '-'}   wrong: {wrong or '-'}")
    words = sorted({f"{m['term']} ({m['code']})" for m in row["matches"] if m["list"] != "places"})
    print(f"    found: {', '.join(words) or '-'}")


def _figures(scores: dict[tuple[str, bool], Score]) -> None:
    print(f"{'':28}shown: F1 precision recall    held: F1 precision recall")
    for name in sorted({name for name, _ in scores}):
        cells = []
        for held in (False, True):
            score = scores[name, held]
            values = (score.f1, score.precision, score.recall)
            cells.append("  ".join("  – " if v is None else f"{v:.2f}" for v in values))
        print(f"{name:28}       {cells[0]}          {cells[1]}")


if __name__ == "__main__":
    main()

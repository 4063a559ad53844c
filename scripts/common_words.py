"""Words of the vocabulary that stand often in texts about anything: they hint at nothing.

    python scripts/common_words.py [--data ../shared/data] [--write]

Read are film subtitles (XED) and SIB-200's training sentences, by path. A word's rate is the
posts that hold it, by 1,000 words. More than MOST of its weight: with --write the weight goes
down, or the row goes. Words of `none` may be as common as they like.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from nlp.glossary import Glossary
from nlp.line import CHUNK, chunks, line
from nlp.match import MOST_FOUND
from nlp.patterns import Patterns
from nlp.trial import hits
from nlp.wording import Wording
from taxonomy import taxonomy
from taxonomy.entries import Entries
from taxonomy.vocabulary import COLUMNS, NONE

ROOT = Path(__file__).resolve().parents[1]
MOST = {3: 0.3, 2: 0.5, 1: 0.8}  # texts with the word, by 1,000 words
_MOST_TEXTS = 20_000


def main() -> None:
    """List them, by language; or change the files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    texts = _texts(given.data)
    lists = taxonomy.load()
    patterns = Patterns(replace(lists, entries=Entries.of(()), _by_list={}))
    rows = lists.vocabulary.to_pylist()
    for language in sorted({row["language"] for row in rows}):
        rates = _rates(patterns.glossary(language), texts[language][:_MOST_TEXTS])
        mine = [(n, row) for n, row in enumerate(rows) if row["language"] == language]
        new = {
            (row["word"], row["area"]): _weight(row["weight"], row["area"], rates.get(n, 0.0))
            for n, row in mine
        }
        changed = {
            key: weight
            for (key, weight), (_, row) in zip(new.items(), mine, strict=True)
            if weight != row["weight"]
        }
        gone = sum(weight == 0 for weight in changed.values())
        print(f"{language}: {len(new):,} words, {gone} say nothing, "
              f"{len(changed) - gone} say less than their weight")  # fmt: skip
        if given.write:
            _write(ROOT / "taxonomy" / language / "vocabulary.csv", changed)


def _texts(data: Path) -> dict[str, list[str]]:
    """Ordinary texts by language; no row that is for tests only."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in ("tone/xed.csv.gz", "topics/sib200.csv.gz"):
        with gzip.open(data / name, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("split", "train") in ("train", "dev"):
                    found[row["language"]].append(row["text"])
    return found


def _rates(glossary: Glossary, texts: list[str]) -> dict[int, float]:
    """Hint → texts that hold it, by 1,000 words."""
    counts: Counter[int] = Counter()
    words = 0
    for start, end in chunks(texts, CHUNK):
        wording = Wording.of(line(texts[start:end]))
        row, _, _, number = hits(wording, glossary, MOST_FOUND)
        counts.update(number for _, number in set(zip(row.tolist(), number.tolist(), strict=True)))
        words += len(wording.words)
    return {number: 1000 * count / max(words, 1) for number, count in counts.items()}


def _weight(weight: int, area: str, rate: float) -> int:
    """The weight that a word as common as this may have; 0 for none."""
    while area != NONE and weight and rate > MOST[weight]:
        weight -= 1
    return weight


def _write(path: Path, changed: dict[tuple[str, str], int]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            weight = changed.get((row["word"], row["area"]), int(row["weight"]))
            if weight:
                writer.writerow(row | {"weight": weight})


if __name__ == "__main__":
    main()

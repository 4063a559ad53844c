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
from pathlib import Path

from nlp.forms import Inflection
from nlp.hints import Hints
from nlp.line import CHUNK, chunks, line
from nlp.lookup import Lookup
from taxonomy import taxonomy
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
    hints = Hints.of(
        lists.vocabulary,
        {
            name: Inflection(lists.endings[name], lists.beginnings.get(name, {}))
            for name in lists.endings
        },
    )
    for language, numbers in sorted(hints.of_language.items()):
        lookup = hints.lookup(language)
        if lookup is None:
            continue
        rates = _rates(lookup, texts[language][:_MOST_TEXTS])
        words, areas = (hints.columns[name].to_pylist() for name in ("term", "code"))
        new = {
            (words[n], areas[n]): _weight(int(hints.weight[n]), areas[n], rates.get(n, 0.0))
            for n in numbers.tolist()
        }
        changed = {
            key: weight
            for (key, weight), n in zip(new.items(), numbers.tolist(), strict=True)
            if weight != int(hints.weight[n])
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


def _rates(lookup: Lookup, texts: list[str]) -> dict[int, float]:
    """Hint → texts that hold it, by 1,000 words."""
    counts: Counter[int] = Counter()
    words = 0
    for start, end in chunks(texts, CHUNK):
        folded = line(texts[start:end])
        row, _, _, number = lookup.hits(folded.words, folded.word_rows)
        counts.update(number for _, number in set(zip(row.tolist(), number.tolist(), strict=True)))
        words += len(folded.words)
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

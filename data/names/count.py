"""Writes written.csv: how names are written in open training texts, with a capital or small.

Run with the folder of the open data sets: `python data/names/count.py ../shared/data`; then
`python data/names/export.py`. Only counts are taken from the texts, of words that are names:
inside a sentence, with a capital or without. A word that is small at least as often as not is an
everyday word; one that has a capital nearly always is none, whatever a dictionary says. Languages
that write every noun with a capital tell nothing, and those without capitals neither.
Read: tone/xed.csv.gz, topics/sib200.csv.gz, the train parts of entities/ and some of tone/; nothing
that is test only.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from base.text import fold, nfc  # noqa: E402
from nlp.recognisers.name_lists import read_names  # noqa: E402

SILENT = frozenset(("de", "ar"))
ALWAYS = 0.06  # a smaller share of small letters makes a name
WORD = 0.5  # a greater one an everyday word
LEAST = 4  # times a word must be seen; a name that is never small fewer times
FEW = 2
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"(?:^|[.!?:…\n\-–—\"„“”»«'’#@(])\s*$")
_TABLES = (
    ("tone/xed.csv.gz", "language", ""), ("topics/sib200.csv.gz", "language", ""),
    ("tone/finnsentiment_fi.csv.gz", "", "fi"), ("tone/husst_hu.csv.gz", "", "hu"),
    ("tone/parlasent_hbs.csv", "", "hr"), ("tone/eater_lv.csv", "", "lv"),
    ("tone/peisenieks_lv.csv", "", "lv"), ("tone/absabank_imm_sv.csv.gz", "", "sv"),
    ("tone/red_ro.csv", "", "ro"),
)  # fmt: skip


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of every training text."""
    for name, column, language in _TABLES:
        path = folder / name
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if not row.get("split", "").startswith("test"):
                    yield row[column] if column else language, row["text"]
    for path in sorted((folder / "entities").glob("uner_*_train.iob2")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("# text = "):
                yield path.stem.split("_")[1], line.partition(" = ")[2]


def main() -> None:
    lists = read_names(HERE)
    names = lists.first | lists.last | set(lists.ordinary)
    capital: defaultdict[str, Counter[str]] = defaultdict(Counter)
    small: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for language, text in sentences(Path(sys.argv[1])):
        if language in SILENT:
            continue
        text = nfc(text)
        if sum(map(str.isupper, text)) > sum(map(str.islower, text)):
            continue
        for found in _WORD.finditer(text):
            word = found.group()
            folded = fold(word)
            if folded not in names:
                continue
            if word[0].islower():
                small[language][folded] += 1
            elif word[1:].islower() and not _BEGINS.search(text, 0, found.start()):
                capital[language][folded] += 1
    as_name: defaultdict[str, set[str]] = defaultdict(set)
    as_word: defaultdict[str, set[str]] = defaultdict(set)
    for language in capital.keys() | small.keys():
        for word in capital[language].keys() | small[language].keys():
            times = capital[language][word] + small[language][word]
            share = small[language][word] / times
            if times >= (LEAST if share else FEW) and share <= ALWAYS:
                as_name[word].add(language)
            elif times >= LEAST and share >= WORD:
                as_word[word].add(language)
    with (HERE / "written.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "as_name", "as_word"))
        for word in sorted(as_name.keys() | as_word.keys()):
            writer.writerow((word, *("|".join(sorted(t[word])) for t in (as_name, as_word))))


if __name__ == "__main__":
    main()

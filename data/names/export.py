"""Writes first.csv, last.csv and ordinary.csv from the lists of Faker, simplemma and spaCy.

Run once from the root of a checkout after one of them was updated: `python data/names/export.py`.
first.csv, last.csv: name, origins (Faker's locales that list it, `|` between them).
ordinary.csv: name (folded), languages in which it is also an everyday word or a place, month or
day, `*` for all: such a name needs a second sign before it is taken for a person; never: languages
in which it is a word like `the` and no name of the country: there it is none. extra.csv and
places.csv are read, not written, and so is written.csv (`count.py`), which corrects the
dictionaries.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
import sys
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from multiprocessing import Pool
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import faker.providers.address as address  # noqa: E402
import faker.providers.date_time as date_time  # noqa: E402
import faker.providers.person as person  # noqa: E402
from simplemma.strategies.dictionaries import DefaultDictionaryFactory  # noqa: E402

from base.text import fold, nfc, words  # noqa: E402
from monitor import cities  # noqa: E402
from monitor.tagging import places  # noqa: E402
from nlp.recognisers.name_lists import read_names  # noqa: E402
from nlp.recognisers.names import Names  # noqa: E402

PARTICLES = frozenset(
    word
    for word, kind, *_ in csv.reader((HERE / "particles.csv").open(encoding="utf-8"))
    if kind in ("particle", "open")
)
# One-syllable scripts: a name there is one or two signs, and no word boundary shows it.
LEFT_OUT = {"ja_JP", "ko_KR", "zh_CN", "zh_TW", "th_TH"}
PLACEHOLDERS = {"John", "Jane", "Doe"}

# The Turkish list is lower-cased throughout, names and all; most Arabic names are words as well:
# neither list can tell the two apart.
DICTIONARIES = dict.fromkeys(
    (
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "ga",
        "hu",
        "it",
        "lt",
        "lv",
        "nl",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sv",
        "uk",
    )
) | {"hr": "hbs"}


def listed(locale: str, part: str) -> Iterator[str]:
    """Every single name of one locale whose list is called first or last names."""
    provider = importlib.import_module(f"{person.__name__}.{locale}").Provider
    for attribute in vars(provider):
        names = getattr(provider, attribute)
        if f"{part}_" not in attribute or "name" not in attribute or "kana" in attribute:
            continue
        if "pairs" in attribute or not isinstance(names, (tuple, list, dict)):
            continue
        for name in names:
            yield from pieces(nfc(str(name)))


def pieces(name: str) -> Iterator[str]:
    """`Jean-Pierre` → Jean, Pierre; particles, initials and placeholders are no names."""
    for piece in re.split(r"[\s\-.]+", name.strip()):
        bare = piece.strip("'’ʼ‘()")
        if len(bare) < 2 or fold(bare) in PARTICLES or bare in PLACEHOLDERS or not bare.isalpha():
            joined = "".join(words(bare))
            if not (joined.isalpha() and len(joined) > 3 and fold(bare) not in PARTICLES):
                continue
        yield bare.title() if bare.isupper() else bare


def write(path: Path, header: tuple[str, ...], *tables: dict[str, set[str]]) -> None:
    names = sorted(set().union(*tables))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for name in names:
            writer.writerow([name, *("|".join(sorted(t.get(name, ()))) for t in tables)])


def elsewhere(names: set[str]) -> Iterator[str]:
    """Names that are also a place, a month or a day of the week somewhere."""
    for zone in zoneinfo.available_timezones():
        if zone.count("/") and not zone.startswith("Etc"):
            yield from names.intersection(words(zone.rpartition("/")[2]))
    for package in (address, date_time):
        for module in pkgutil.iter_modules(package.__path__):
            provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
            for part in ("countries", "states", "DAY_NAMES", "MONTH_NAMES"):
                entries = getattr(provider, part, ())
                for entry in entries.values() if isinstance(entries, dict) else entries:
                    if len(words(str(entry))) == 1:
                        yield from names.intersection(words(str(entry)))


def known_places(names: set[str]) -> Iterator[str]:
    """Names of the registry's places that few countries give to people."""
    common = read_names(HERE).common
    for place in places(cities.load()):
        for name in place.names:
            if len(words(name)) == 1:
                yield from names.intersection(words(name)) - common


def stop_words(language: str) -> set[str]:
    module = importlib.import_module(f"spacy.lang.{language}.stop_words")
    return {fold(piece) for word in module.STOP_WORDS for piece in words(word)}


def may_be_form(lists: Names, language: str, word: str) -> bool:
    """Whether the scrubber would take the word for a form of a first name."""
    folded = fold(word)
    bases = [folded, *(b for b in lists.bases(folded, language) if len(b) > 2)]
    return len(folded) > 3 and any(b in lists.first or lists.is_heard(b) for b in bases)


def everyday(language: str, names: set[str], lists: Names) -> Iterable[str]:
    """The lower-cased names, and what may be a form of one, that are words of the language: known
    in lower case with a lower-case lemma, or (German nouns) with inflected forms that a name would
    not have."""
    entries = DefaultDictionaryFactory().get_dictionary(DICTIONARIES[language] or language)
    forms: Counter[str] = Counter()
    for form in entries:
        lemma = entries[form]
        has_no_case = form[:1].lower() == form[:1].upper()
        if has_no_case or (form[:1].islower() and lemma[:1].islower()):
            if form in names or may_be_form(lists, language, form):
                yield form
        elif language == "de" and form not in (lemma, lemma + "s", lemma + "ns", lemma + "sche"):
            forms[lemma] += 1
    for lemma, count in forms.items():
        if count > 1 and lemma.lower() in names:
            yield lemma.lower()


def _everyday(language: str, names: set[str], lists: Names) -> set[str]:
    return set(everyday(language, names, lists))


def as_written(ordinary: dict[str, set[str]]) -> dict[str, set[str]]:
    """What dictionaries call everyday words, corrected by how people write the names: they list
    `winston` in small letters, too."""
    corrected = defaultdict(set, {name: set(of) for name, of in ordinary.items()})
    for row in csv.DictReader((HERE / "written.csv").open(encoding="utf-8")):
        corrected[row["name"]] |= set(row["as_word"].split("|")) - {""}
        corrected[row["name"]] -= set(row["as_name"].split("|"))
    return {name: of for name, of in corrected.items() if of}


def main() -> None:
    tables: dict[str, dict[str, set[str]]] = {}
    locales = {m.name for m in pkgutil.iter_modules(person.__path__)} - LEFT_OUT
    for part in ("first", "last"):
        table: dict[str, set[str]] = defaultdict(set)
        for locale in sorted(locales):
            for name in listed(locale, part):
                table[name].add(locale)
        tables[part] = table
        write(HERE / f"{part}.csv", ("name", "origins"), table)
    names = {name.lower() for table in tables.values() for name in table}
    extra = list(csv.DictReader((HERE / "extra.csv").open(encoding="utf-8")))
    names.update(row["name"].lower() for row in extra)
    ordinary: dict[str, set[str]] = defaultdict(set)
    lists = read_names(HERE)
    with Pool() as pool:
        found = pool.map(partial(_everyday, names=names, lists=lists), sorted(DICTIONARIES), 1)
    for language, forms in zip(sorted(DICTIONARIES), found, strict=True):
        for name in forms:
            ordinary[fold(name)].add(language)
    origins: dict[str, set[str]] = defaultdict(set)
    for table in tables.values():
        for name, locales_of in table.items():
            origins[fold(name)] |= {locale.partition("_")[0] for locale in locales_of}
    for row in extra:
        origins[fold(row["name"])] |= set()
    for name in (*elsewhere(set(origins)), *known_places(set(origins))):
        ordinary[name] = {"*"}
    for row in csv.DictReader((HERE / "places.csv").open(encoding="utf-8")):
        for name in words(row["name"]):
            ordinary[name] |= set((row["languages"] or "*").split("|"))
    ordinary = defaultdict(set, as_written(ordinary))
    never: dict[str, set[str]] = defaultdict(set)
    for language in (*DICTIONARIES, "tr", "ar"):
        for word in stop_words(language) & set(origins):
            (ordinary if language in origins[word] else never)[word].add(language)
    write(HERE / "ordinary.csv", ("name", "languages", "never"), ordinary, never)


if __name__ == "__main__":
    main()

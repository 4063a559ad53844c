"""Population and foreign-born of the cities, beside Eurostat's Urban Audit: what is written, what
the file says, what newer year there is.

    python scripts/figures.py ../shared/data/geo/urban_audit.csv.gz [CITY…]

Exit 1 where a figure that names the Urban Audit is not the file's.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.cities import City, Figure, load

POPULATION, FOREIGN_BORN = "Population on the 1st of January, total", "Foreign-born"
_CODE = re.compile(r"Eurostat Urban Audit, ([A-Z]{2}\d{3}C)\b")

# (city of the Urban Audit, indicator, year) → value
Audit = Mapping[tuple[str, str, int], float]


def read(path: Path) -> Audit:
    """The figures of an Urban Audit file as ../shared/data/README.md describes it."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        return {
            (row["city"], row["indicator"], int(row["year"])): float(row["value"])
            for row in csv.DictReader(handle)
        }


def faults(city: City, audit: Audit) -> Iterator[str]:
    """What is written for a city as the Urban Audit's and is not."""
    for name, figure in (("population", city.population), ("foreign_born", city.foreign_born)):
        code = of_audit(figure)
        if figure is None or code is None:
            continue
        found = _value(code, name, figure.year, audit)
        if found != figure.value:
            yield f"{city.code} {name}: {figure.value} of {figure.year} is written, {found} is told"


def of_audit(figure: Figure | None) -> str | None:
    """The code of the Urban Audit that a figure names."""
    match = None if figure is None else _CODE.search(figure.source)
    return match[1] if match else None


def _value(code: str, name: str, year: int, audit: Audit) -> float | None:
    """The population, or the share born abroad to three places; None where one is not told."""
    people, born = (audit.get((code, i, year)) for i in (POPULATION, FOREIGN_BORN))
    if name == "population" or people is None:
        return people
    return None if born is None else round(born / people, 3)


def _newest(code: str, name: str, audit: Audit) -> str:
    years = (y for c, _, y in audit if c == code)
    for year in sorted(set(years), reverse=True):
        if (found := _value(code, name, year, audit)) is not None:
            return f"{found} ({year})"
    return "none"


def main(arguments: list[str]) -> int:
    """Print every figure; 1 where one is wrong."""
    audit, cities = read(Path(arguments[0])), load().cities
    wrong = []
    for city in (cities[c] for c in arguments[1:] or cities):
        wrong += faults(city, audit)
        for name, figure in (("population", city.population), ("foreign_born", city.foreign_born)):
            code = of_audit(figure)
            written = "none" if figure is None else f"{figure.value} ({figure.year}, {figure.of})"
            newest = _newest(code, name, audit) if code else "-"
            print(f"{city.code:14} {name:12} {written:32} newest in the file: {newest}")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""data/places.csv.gz from GeoNames' places.

    python scripts/places.py ../shared/data/geo/places.csv.gz

Kept: towns and cities that are no part of another, the names whose letters our languages use.
GeoNames, CC BY 4.0.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import unicodedata
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "data" / "places.csv.gz"
COLUMNS = ("country", "name", "latitude", "longitude", "population", "as_of", "other_names")
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC")
_PART_OF_A_CITY = "PPLX"
_MOST_NAMES = 40


def main(source: Path) -> None:
    """Write the file."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["feature"] != _PART_OF_A_CITY]
    found.sort(key=lambda row: (row["country"], row["name"], row["geonameid"]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found:
        others = [n for n in row["other_names"].split("|") if _is_ours(n) and n != row["name"]]
        writer.writerow([
            row["country"], row["name"], f"{float(row['latitude']):.4f}",
            f"{float(row['longitude']):.4f}", row["population"], row["dump"],
            "|".join(others[:_MOST_NAMES]),
        ])  # fmt: skip
    # no name and no time in the head: the same rows make the same bytes
    with OUT.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def _is_ours(name: str) -> bool:
    """Whether a name can stand in a text of our languages: no codes, no transcriptions."""
    if not name or name.isspace():
        return False
    if name[0].islower() and "LATIN" in unicodedata.name(name[0], ""):
        return False  # `wyn`, `bei lin`: written after the sound
    if name.isupper() and len(name) < 5:
        return False  # an airport's code
    return all(
        any(script in unicodedata.name(c, "") for script in _SCRIPTS) for c in name if c.isalpha()
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

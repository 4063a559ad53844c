"""Put each example post where its id belongs: three in ten into data/examples/sealed/.

`python scripts/seal.py` after examples were added; running it again changes nothing.
"""

from __future__ import annotations

import csv
from pathlib import Path

from monitor.evaluation.examples import COLUMNS, SEALED, is_sealed

FOLDER = Path(__file__).parents[1] / "data" / "examples"


def main() -> None:
    """Write both files of every language anew."""
    (FOLDER / SEALED).mkdir(exist_ok=True)
    for name in sorted({path.name for path in FOLDER.glob("**/*.csv")}):
        found: dict[str, dict[str, str]] = {}
        for path in (FOLDER / name, FOLDER / SEALED / name):
            if path.exists():
                with path.open(encoding="utf-8", newline="") as file:
                    found |= {row["id"]: row for row in csv.DictReader(file)}
        for path, sealed in ((FOLDER / name, False), (FOLDER / SEALED / name, True)):
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(found[i] for i in sorted(found) if is_sealed(i) == sealed)


if __name__ == "__main__":
    main()

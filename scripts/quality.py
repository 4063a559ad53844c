"""docs/quality.md: what `unite evaluate` measures on texts that nothing was made from.

`python scripts/quality.py` where ../shared/data lies beside the checkout; not part of `make docs`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "quality.md"
TASKS = ("areas", "places", "groups", "language", "speech", "tone", "experience")
Rows = Sequence[Mapping[str, Any]]


def main() -> None:
    """Measure, and write the page."""
    sealed, names, personal = _rows(), _rows("--set", "names"), _rows("--set", "personal")
    PAGE.write_text("\n".join(_page(sealed, names, personal)) + "\n", encoding="utf-8")


def _rows(*words: str) -> Rows:
    command = [sys.executable, "-m", "monitor.cli.main", "evaluate", "--json", *words]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    rows: Rows = json.loads(done.stdout)["rows"]
    return rows


def _page(sealed: Rows, names: Rows, personal: Rows) -> Iterator[str]:
    yield from ("# How well posts are tagged", "")
    yield "Written by `python scripts/quality.py`, which runs `unite evaluate`. The example posts"
    yield "were invented for each language by somebody who had not seen the lists; three in ten are"
    yield "sealed, and only these are counted here. Many say nothing outright. A post"
    yield "has 0 to 3 areas. Codes: micro-F1; values: share right."
    of = {(r["task"], r["name"], r["language"]): r for r in sealed}
    languages = sorted({r["language"] for r in sealed} - {"all"})
    yield from ("", "## By language", "")
    yield f"| language | {' | '.join(TASKS)} |"
    yield f"| --- |{' ---: |' * len(TASKS)}"
    for language in (*languages, "all"):
        cells = (_share(of.get(("tasks", task, language), {}).get("f1")) for task in TASKS)
        yield f"| {language} | {' | '.join(cells)} |"
    areas = sorted(
        (r for r in sealed if r["task"] == "areas" and r["language"] == "all"),
        key=lambda r: r["f1"] or 0.0,
    )
    yield from ("", "## By area, the worst first", "")
    yield from (
        "| area | expected | precision | recall | F1 |",
        "| --- | ---: | ---: | ---: | ---: |",
    )
    for r in areas:
        shares = " | ".join(_share(r[name]) for name in ("precision", "recall", "f1"))
        yield f"| {r['name']} | {r['expected']} | {shares} |"
    yield from ("", "## Personal data in the sealed examples", "")
    yield from ("| type | expected | share |", "| --- | ---: | ---: |")
    for r in (r for r in sealed if r["task"] == "personal" and r["language"] == "all"):
        # the row `precision` has its own: all of its finds are found
        share = r["precision"] if r["name"] == "precision" else r["recall"]
        yield f"| {r['name']} | {r['expected']} | {_share(share)} |"
    yield from (
        "",
        "`kept`: names that must stay. `precision`: of all that was taken out, the share",
    )
    yield "that touches personal data."
    yield from ("", "## Names: test files of UNER and the Broad Twitter Corpus", "")
    yield "By lists, rules and the points of data/names/signs.csv. Public figures that are kept by"
    yield "list are counted apart."
    yield from _sets(names)
    yield from ("", "## Presidio's made-up sentences (English, American addresses)", "")
    yield from _sets(personal)


def _sets(rows: Rows) -> Iterator[str]:
    yield from ("", "| set or type | language | expected | recall | precision | kept by list |")
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for r in rows:
        shares = f"{_share(r['recall'])} | {_share(r['precision'])}"
        yield f"| {r['name']} | {r['language']} | {r['expected']:,} | {shares} | {r['kept']} |"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()

"""A writer process beside reader processes, for `test_readers`.

Posts are few, so that generations follow each other quickly. The writer notes the truth of each
generation, told by the oracle; readers note what they were told by which generation.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import answers
import oracle
from indexes import INDEXES
from strategies import COUNTRIES, Row, posts, snapshot

from store.index import Index
from store.query import Query
from store.raw import RawCounts

ENOUGH = 5  # generations that each reader must see
ASKED: tuple[tuple[Query, tuple[str, ...]], ...] = (
    (Query(relevant=None), ("city", "area")),
    (Query(text="wohnung*", relevant=None), ("month",)),
    (Query(terms=("schule", "neue die")), ()),
)


def _text(cells: answers.Cells) -> str:
    return json.dumps([[list(k), dict(v)] for k, v in cells.items()])


def truths(rows: list[Row]) -> list[str]:
    """The right answers to all questions."""
    counted = [_text(oracle.counts(rows, query, by, COUNTRIES)) for query, by in ASKED]
    return [*counted, _text(oracle.seen(rows, Query(), ("city",), COUNTRIES))]


def _ask(index: Index, number: int) -> tuple[str, int, str]:
    raw: RawCounts
    if number == len(ASKED):
        raw = index.seen(Query(), ("city",))
        found = answers.cells(raw, ("posts", "folds"))
    else:
        query, by = ASKED[number]
        raw = index.counts(query, by)
        found = answers.cells(raw)
    return raw.generation, number, _text(found)


def changed(turn: int) -> list[Row]:
    """The posts of one turn: each turn rewrites, moves and removes some."""
    rows = [row for row in posts(400, seed=5) if row["month"] in ("2025-11", "2025-12")]
    for i, row in enumerate(rows):
        if i % 7 == turn % 7:
            row |= {"text": f"Wohnung Schule w{turn}", "areas": ["roma"], "city": "graz"}
    return [row for i, row in enumerate(rows) if i % 11 != turn % 11]


def write(kind: str, folder: Path, seen: list[Synchronized[int]], done: Event) -> None:
    """Generation after generation until every reader has seen enough of them."""
    index = INDEXES[kind](folder / "index")
    deadline = time.monotonic() + 120
    turn, told = 0, {}
    while min(s.value for s in seen) < ENOUGH and time.monotonic() < deadline:
        rows = changed(turn)
        index.catch_up(snapshot(rows), forget=turn % 2 == 1)
        told[index.generation()] = truths(rows)
        turn += 1
    done.set()
    (folder / "truth.json").write_text(json.dumps(told))


def read(kind: str, folder: Path, number: int, seen: Synchronized[int], done: Event) -> None:
    """Ask from two threads until the writer is done; note each different answer."""
    index = INDEXES[kind](folder / "index")
    noted: set[tuple[str, int, str]] = set()
    asked = 0
    failed: list[str] = []

    def ask(question: int) -> Any:
        return _ask(index, question)

    with ThreadPoolExecutor(2) as threads:
        while not done.is_set():
            try:
                noted.update(threads.map(ask, range(len(ASKED) + 1)))
            except Exception as error:  # whatever it is, the test shows it
                failed.append(f"{type(error).__name__}: {error}")
            asked += len(ASKED) + 1
            seen.value = len({generation for generation, _, _ in noted})
    (folder / f"reader{number}.json").write_text(
        json.dumps({"noted": sorted(noted), "failed": failed, "asked": asked})
    )

"""Answers of an index and of the oracle in one form, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import oracle
from strategies import COUNTRIES, Row

from store.index import Index
from store.query import Query
from store.raw import RawCounts
from store.unseal import unseal

Cells = Mapping[oracle.Key, Mapping[str, Any]]
COUNTED = ("posts", "stories", "persons", "key", "folds", "story_folds")


def cells(raw: RawCounts, names: Sequence[str] = COUNTED) -> dict[oracle.Key, dict[str, Any]]:
    """What is inside, as the oracle writes it."""
    found = unseal(raw)
    assert len(set(found.keys)) == len(found.keys)
    return {
        key: {name: getattr(found, name)[i].tolist() for name in names}
        for i, key in enumerate(found.keys)
    }


def difference(got: Cells, truth: Cells) -> str:
    """The first cell that differs, in words; empty when none does. The order counts."""
    if list(got) != list(truth):
        return f"keys {list(got)} instead of {list(truth)}"
    for key, values in truth.items():
        for name, value in values.items():
            if got[key][name] != value:
                return f"{name} of {key}: {got[key][name]} instead of {value}"
    return ""


def wrong(index: Index, rows: Sequence[Row], query: Query, by: Sequence[str] = ()) -> str:
    """Where the index's counts differ from the truth."""
    raw = index.counts(query, by)
    taggers = oracle.taggers(rows, query, COUNTRIES)
    if raw.tagger != taggers:
        return f"taggers {raw.tagger} instead of {taggers}"
    return difference(cells(raw), oracle.counts(rows, query, by, COUNTRIES))

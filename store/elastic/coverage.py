"""Coverage in the index: fed by (home, month), and counted as the base of shares of all posts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.elastic.asking import FOLDS, Asking, Key, Raw
from store.elastic.scribe import Rows, Scribe, as_object
from store.elastic.template import SEEN_FOLDS
from store.unseal import Cells, cells_of_seen

KEYS = ("home", "month", "city", "source", "platform", "voice", "lang", "day")
_DIGESTED = f"""
    SELECT md5(row({", ".join(KEYS)})::VARCHAR) AS key, home, month,
        (md5_number_lower(row({", ".join(KEYS)}, seen, seen_folds)::VARCHAR) >> 1)::BIGINT AS digest
    FROM given
"""
_FIELDS = {
    **{name: name for name in KEYS if name != "day"},
    "day": "days",
    "week": "(days - (days + 3) % 7)",  # 1970-01-01 was a Thursday
    "day_month": "(year(day) - 1970) * 12 + month(day) - 1",
    "seen": "seen",
    **{name: f"seen_folds[{i + 1}]" for i, name in enumerate(SEEN_FOLDS)},
    "digest": "digest",
}
_DOCUMENTS = f"""
    SELECT to_json({{'index': {{'_id': key}}}})::VARCHAR AS action,
        to_json({as_object(_FIELDS)})::VARCHAR AS document
    FROM (SELECT *, epoch_us(day::TIMESTAMP) // 86400000000 AS days FROM given)
"""
_LARGE = 20  # a bucket holds 65 sums: an answer of 3,000 of them is large enough
_SUMS = {name: {"sum": {"field": name}} for name in ("seen", *SEEN_FOLDS)}


class CoverageScribe(Scribe):
    """Writes rows of coverage. Close it."""

    def parts(self, table: pa.Table) -> dict[str, Rows]:
        """The rows in which something was seen, by `home month`."""
        table = table.select([*KEYS, "seen", "seen_folds"])
        table = table.filter(pc.greater(table["seen"], 0)).combine_chunks()
        if not table.num_rows:
            return {}
        found = self.run(_DIGESTED, table)
        parts = [
            f"{row['home']} {row['month']}" for row in found.select(["home", "month"]).to_pylist()
        ]
        rows = Rows(
            table.append_column("key", found["key"]),
            found["key"].to_pylist(),
            parts,
            found["digest"].to_numpy(),
        )
        which: dict[str, list[int]] = {}
        for i, part in enumerate(parts):
            which.setdefault(part, []).append(i)
        return {part: rows.pick(listed) for part, listed in which.items()}

    def documents(self, rows: Rows) -> list[bytes]:
        """The two lines of each row in a bulk request."""
        return self.lines(_DOCUMENTS, rows.table.append_column("digest", pa.array(rows.digests)))

    def removal(self, key: str) -> bytes:
        """The line of a bulk request that deletes a document."""
        return json.dumps({"delete": {"_id": key}}).encode()


def digest_of(rows: Rows) -> str:
    """Equal for equal rows, in whatever order."""
    pairs = sorted(zip(rows.keys, rows.digests.tolist(), strict=True))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def seen(asking: Asking) -> Cells:
    """Cells of posts seen; `store.unseal.Cells` says what stands for stories and persons."""
    rows: list[tuple[Key, list[int]]] = sorted(
        ((asking.label(raw), numbers) for raw, numbers in _counted(asking)),
        key=lambda row: [(value is None, value or "") for value in row[0]],
    )
    numbers = np.array([n for _, n in rows], np.int64).reshape(-1, 1 + FOLDS)
    return cells_of_seen([key for key, _ in rows], numbers)


def _counted(asking: Asking) -> Iterator[tuple[Raw, list[int]]]:
    for raw, _, bucket in asking.buckets({}, aggs=_SUMS, inside=_LARGE):
        numbers = _numbers(bucket)
        if numbers[0]:
            yield raw, numbers


def _numbers(bucket: Mapping[str, Any]) -> list[int]:
    return [round(bucket[name]["value"]) if bucket else 0 for name in _SUMS]

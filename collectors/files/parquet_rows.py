"""Rows of a Parquet file, a batch at a time, only the columns that are asked for.

Text is read as a dictionary: a file of one long text written a million times must not become
a million long texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from base.errors import BadInput
from collectors.collector import Rejected
from collectors.files.opening import Given

Numbered = tuple[int, dict[str, Any]]

_BATCH = 10_000


def open_parquet(path: Path, given: Given) -> pq.ParquetFile:
    """The file's description. Raises BadInput when it is cut short or damaged."""
    try:
        schema = pq.read_schema(path)
        texts = [f.name for f in schema if pa.types.is_string(f.type) or _is_large(f.type)]
        return pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(given) from error


def read_rows(
    file: pq.ParquetFile, wanted: Sequence[str], given: Given
) -> Iterator[Numbered | Rejected]:
    """(row, values by column) from 1 on, or why a row was rejected."""
    names = [n for n in wanted if n in file.schema_arrow.names]
    number = 0
    try:
        for batch in file.iter_batches(_BATCH, columns=names):
            columns = [_values(c, given.limits.record) for c in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                if _TOO_LONG in values:
                    reason = f"a value longer than {given.limits.record:,} bytes"
                    yield Rejected(number, "row", reason)
                    continue
                yield number, dict(zip(names, values, strict=True))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(given) from error


class _TooLong:
    """Stands for a value that is not read."""


_TOO_LONG = _TooLong()


def _values(column: Any, most: int) -> list[Any]:
    if not pa.types.is_dictionary(column.type):
        values: list[Any] = column.to_pylist()
        return values
    lengths = pc.binary_length(column.dictionary)
    if (pc.max(lengths).as_py() or 0) <= most:
        texts = _texts(column.dictionary)
    else:
        texts = [
            _TOO_LONG if (length or 0) > most else _texts(column.dictionary.slice(i, 1))[0]
            for i, length in enumerate(lengths.to_pylist())
        ]
    return [None if i is None else texts[i] for i in column.indices.to_pylist()]


def _texts(column: Any) -> list[Any]:
    try:
        found: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if r is None else r.decode("utf-8", "replace") for r in raw]
    return found


def _is_large(kind: Any) -> bool:
    return bool(pa.types.is_large_string(kind))


def _damaged(given: Given) -> BadInput:
    return BadInput(
        "is not whole, damaged or encrypted Parquet",
        where=given.where,
        hint="fetch or write the file again",
    )

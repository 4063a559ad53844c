"""What writes documents: DuckDB turns the rows of an Arrow table into JSON, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from store.tables import OFFLINE


@dataclass(frozen=True)
class Rows:
    """Rows that are to be documents. keys: the documents' ids; parts: home, or
    the part of coverage; digests: int64[n]."""

    table: pa.Table
    keys: list[str]
    parts: list[str]
    digests: npt.NDArray[np.int64]

    def pick(self, which: Sequence[int]) -> Rows:
        """Some of them."""
        if len(which) == len(self.keys):
            return self
        return Rows(
            self.table.take(list(which)),
            [self.keys[i] for i in which],
            [self.parts[i] for i in which],
            self.digests[list(which)],
        )


class Scribe:
    """A DuckDB that sees one table at a time. Close it."""

    def __init__(self) -> None:
        self._con = duckdb.connect(config={"threads": "1", **OFFLINE})
        self._con.execute("SET TimeZone = 'UTC'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def run(self, sql: str, given: pa.Table) -> pa.Table:
        """What `sql` makes of the table `given`, in its order."""
        self._con.register("given", given)
        return self._con.sql(sql).to_arrow_table()

    def lines(self, sql: str, given: pa.Table) -> list[bytes]:
        """The lines of bulk requests; `sql` gives action and document, both JSON."""
        found = self.run(sql, given)
        pairs = zip(found["action"].to_pylist(), found["document"].to_pylist(), strict=True)
        return [f"{action}\n{document}".encode() for action, document in pairs]


class Writes(Protocol):
    """A scribe of one kind of document."""

    def documents(self, rows: Rows) -> list[bytes]: ...

    def removal(self, key: str) -> bytes: ...


def as_object(fields: Mapping[str, str]) -> str:
    """A struct as DuckDB writes it: name → SQL."""
    return "{" + ", ".join(f"'{name}': {value}" for name, value in fields.items()) + "}"

"""What a step is: a frozen value with a call, Arrow batch in, Arrow batch out.

Rows keep their order and number. `requires` names the columns read, `assigns` those written;
the tagger checks the chain once, when it is built.
"""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa


class Step(Protocol):
    """One stage of tagging. Construction takes what it needs, never settings."""

    @property
    def requires(self) -> tuple[str, ...]: ...

    @property
    def assigns(self) -> tuple[str, ...]: ...

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch: ...


def assign(posts: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    """The batch with column `name` set: replaced where it stands, else appended."""
    index = posts.schema.get_field_index(name)
    if index < 0:
        return posts.append_column(name, values)
    return posts.set_column(index, pa.field(name, values.type), values)

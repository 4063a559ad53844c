"""Brings a lake that an older version of the program wrote to the present schema.

Columns that are new are added, empty; then the version is written down, table by table, so that
a run that was killed is made good by the next. A change that is more than a new column (another
type, another meaning) gets its own step here, before the version is written.
"""

from __future__ import annotations

import pyarrow as pa
from deltalake import DeltaTable, Field, Schema

from store import schema
from store.lake import PROPERTY, Lake, schema_of
from store.tables import TABLES


def behind(lake: Lake) -> dict[str, int]:
    """Tables of an older schema, and which one it is. Raises LakeMissing, LakeNewer."""
    versions = {name: schema_of(lake.opened(name)) for name in TABLES}
    return {name: version for name, version in versions.items() if version < schema.VERSION}


def upgrade(lake: Lake) -> list[str]:
    """Bring every table to the present schema; the names of those that were not there."""
    with lake.lock.alone():
        lake.create()  # tables that are new
        changed = list(behind(lake))
        for name in changed:
            table = lake.opened(name)
            _add_columns(table, TABLES[name].schema)
            table.alter.set_table_properties(
                {PROPERTY: str(schema.VERSION)}, raise_if_not_exists=False
            )
    lake.forget_tables()
    return changed


def _add_columns(table: DeltaTable, wanted: pa.Schema) -> None:
    known = {field.name for field in table.schema().fields}
    missing = [f.with_nullable(True) for f in wanted if f.name not in known]
    if missing:
        fields: list[Field] = list(Schema.from_arrow(pa.schema(missing)).fields)
        table.alter.add_columns(fields)

"""NDJSON of Zeeschuimer: what a browser was shown, one object a line in an envelope.

`data` is the platform's own object; `source_platform` (a domain) tells whose. The shapes of
the platforms' objects are modules of their own and also read 4CAT's NDJSON, which keeps the
object and puts the envelope into `__import_meta`.
https://github.com/digitalmethodsinitiative/zeeschuimer
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, has, platform_shape, whole


def _fits(row: Row) -> bool:
    return has(row, "source_platform", "data") and isinstance(row["data"], dict)


def fields(row: Row) -> dict[str, Any]:
    data = row.get("data")
    if not isinstance(data, dict):
        raise Unmappable("an envelope without an object in it", column="data")
    shape = platform_shape(str(row.get("source_platform")))
    if shape is None:
        raise Unmappable("no shape is known for this platform", column="source_platform")
    inner = {**data, "__import_meta": {k: v for k, v in row.items() if k != "data"}}
    return {"platform": shape.platform, **shape.reader((), {})(inner)}


SHAPE = Shape(name="zeeschuimer", fits=_fits, reader=whole(fields), rank=10)

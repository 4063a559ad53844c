"""A file of texts: one post a line, no header, nothing else known of it."""

from __future__ import annotations

from collectors.shapes import LINES, Shape, whole

SHAPE = Shape(
    name=LINES,
    fits=lambda _row: False,  # known by its lines (`files_lines`), or named
    reader=whole(lambda row: {"text": row.get("text")}),
    rank=90,
)

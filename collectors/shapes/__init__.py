"""Shapes of exports: how a row looks, and where in it the fields of an item stand.

A shape is one module of this folder that declares `SHAPE`; they are found by
listing the folder. Its reader is given the column names once and returns a pure function from
one row to fields under the names of ITEM (and `title`, `date_given`), as they were given:
`collectors.items.settle` reads dates and numbers and rejects what cannot be a post.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from base.errors import unknown

Row = Mapping[str, Any]
Fields = Callable[[Row], dict[str, Any]]
AUTO = "auto"
TABLE = "table"
LINES = "lines"  # one text a line; needs no header
# what --format also takes: the kind of file alone says nothing of the shape
FILE_KINDS = ("csv", "ndjson", "json", "parquet")


@dataclass(frozen=True)
class Shape:
    """One export's shape.

    name: what --format says. fits: whether a first row looks like it (never raises).
    reader: column names and the user's own columns in, a function for rows out; it raises
    BadInput when a column is missing. platform: the code when the shape is of one platform.
    origins: what other tools call that platform. dates_in: the time zone of dates without one,
    where it is not the city's. rank: shapes that are asked first have the lower rank.
    """

    name: str
    fits: Callable[[Row], bool]
    reader: Callable[[Sequence[str], Mapping[str, str]], Fields]
    platform: str | None = None
    origins: tuple[str, ...] = ()
    dates_in: str | None = None
    rank: int = 50


@cache
def shapes() -> dict[str, Shape]:
    """Every shape by name, in the order they are asked."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").SHAPE for name in names]
    return {s.name: s for s in sorted(found, key=lambda s: (s.rank, s.name))}


def choose(name: str, rows: Sequence[Row]) -> Shape:
    """The shape by its name, or for `auto` the first that fits one of the rows.

    Raises BadInput for a name that is none.
    """
    known = shapes()
    if name in known:
        return known[name]
    if name != AUTO and name not in FILE_KINDS:
        raise unknown("format", name, [AUTO, *FILE_KINDS, *known])
    fitting = (s for s in known.values() if s.name != TABLE and any(map(s.fits, rows)))
    return next(fitting, known[TABLE])


def platform_shape(origin: str) -> Shape | None:
    """The shape of one platform's own objects, by a name another tool gives it."""
    origin = origin.lower().removeprefix("www.")
    return next((s for s in shapes().values() if origin in s.origins), None)


def whole(fields: Fields) -> Callable[[Sequence[str], Mapping[str, str]], Fields]:
    """The reader of a shape whose rows say themselves what they hold."""
    return lambda _names, _columns: fields


def dig(value: Any, *path: str | int) -> Any:
    """What stands at the end of the path, or None: platforms leave out what they like."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return None
            value = value[step]
        else:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
    return value


def each(value: Any, *path: str | int) -> list[Any]:
    """What stands at the end of the path in each element of a list; empty when it is none."""
    return [dig(v, *path) for v in value] if isinstance(value, list) else []


def has(row: Row, *names: str) -> bool:
    """Whether the row has all these columns."""
    return all(n in row for n in names)


_ESCAPED = re.compile("&(?:amp|lt|gt);")
_MEANT = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def unescaped(text: Any) -> Any:
    """A text as it was written: X and Reddit give &, < and > as HTML does, and nothing else."""
    if not isinstance(text, str) or "&" not in text:
        return text
    return _ESCAPED.sub(lambda m: _MEANT[m[0]], text)


_SHOWN = re.compile(r"[A-Za-z0-9_ .-]{1,40}")


def shown(names: Sequence[str]) -> list[str]:
    """Column names for a message: what could be somebody's data is named by its place."""
    return [
        name
        if _SHOWN.fullmatch(name)
        and sum(c.isdigit() for c in name) < 6
        and name.count(" ") < 3  # more words than a name has: a text in a file without header
        else f"column {place}"
        for place, name in enumerate(names, start=1)
    ]

"""What of a post is passed on: text and ids only where the platform's terms allow it.

Comes in: pages of posts as they are kept. Goes out: the columns of an export, with empty cells
where `monitor/permits.py` says no. Text never leaves from `protected` posts, which name no
district either, whatever they were tagged with; of articles an excerpt leaves, unless the text is
open or the exporter's own. The other columns stay, and the manifest says which are empty. There
is no column for an address or for a platform's own id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from monitor import excerpts, permits, reading
from monitor.platforms import Platform
from store import schema

_OF_TEXT = ("text", "matches")  # terms and offsets would tell words of the text
_OF_ID = ("id", "thread")  # keyed hashes, yet the same in every export


@dataclass
class PassedOn:
    """Makes of a page what may leave, and counts it for the manifest.

    protected: posts that told of an own experience, whose text stays.
    """

    platforms: Mapping[str, Platform]
    _rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    protected: int = 0

    def _may(self, platform: str, terms_class: str) -> permits.Pass:
        return permits.passing(self.platforms.get(platform), terms_class)

    def told(self) -> list[dict[str, Any]]:
        """One row a platform and class: how many posts, which columns are empty, under what."""
        return [self._of(platform, kind, count) for (platform, kind), count in
                sorted(self._rows.items())]  # fmt: skip

    def _of(self, platform: str, terms_class: str, count: int) -> dict[str, Any]:
        may = self._may(platform, terms_class)
        known = self.platforms.get(platform)
        empty = (() if may.text else _OF_TEXT) + (() if may.ids else _OF_ID)
        return {
            "platform": platform, "terms_class": terms_class, "rows": count,
            "empty_columns": list(empty),
            "articles": "whole" if may.whole else "excerpts",
            "terms": None if known is None else known.terms.link,
            "terms_checked_on": known and known.terms.checked_on and str(known.terms.checked_on),
        }  # fmt: skip

    def __call__(self, page: pa.Table) -> pa.Table:
        """The columns that are exported, empty where they may not be passed on."""
        table = reading.shown(page)
        keys = list(
            zip(table["platform"].to_pylist(), table["terms_class"].to_pylist(), strict=True)
        )
        self._rows.update(keys)
        self.protected += pc.sum(table["protected"]).as_py() or 0
        may = {key: self._may(*key) for key in set(keys)}
        table = _excerpts(table, [not may[key].whole for key in keys])
        text = pc.and_(pa.array([may[key].text for key in keys], pa.bool_()),
                       pc.invert(table["protected"]))  # fmt: skip
        ids = pa.array([may[key].ids for key in keys], pa.bool_())
        for names, allowed in ((_OF_TEXT, text), (_OF_ID, ids)):
            for name in names:
                table = _emptied(table, name, allowed)
        return table.set_column(table.schema.get_field_index("places"), "places", _places(table))


def _excerpts(table: pa.Table, of: Sequence[bool]) -> pa.Table:
    """Excerpts in the place of articles; of: the rows whose articles may not go whole."""
    kinds = table["kind"].to_pylist()
    if not any(k == excerpts.ARTICLE and cut for k, cut in zip(kinds, of, strict=True)):
        return table
    rows = table.select(["kind", "text", "matches"]).to_pylist()
    shown = [excerpts.shown(r) if cut else r for r, cut in zip(rows, of, strict=True)]
    for name in _OF_TEXT:
        kind = table.schema.field(name).type
        values = pa.array([r[name] for r in shown], kind)
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def _emptied(table: pa.Table, name: str, allowed: pa.Array | pa.ChunkedArray) -> pa.Table:
    """A column with null, or an empty list, where it may not be given."""
    kind = schema.POST.field(name).type
    is_list = pa.types.is_list(kind)
    none = pa.array([[]] * table.num_rows, kind) if is_list else pa.scalar(None, kind)
    kept = pc.if_else(allowed, table[name].cast(kind), none)
    return table.set_column(table.schema.get_field_index(name), name, kept)


def _places(table: pa.Table) -> pa.ChunkedArray | pa.Array:
    """The places of each post, of protected ones the cities alone."""
    places = table["places"]
    if not pc.any(table["protected"]).as_py():
        return places
    both = zip(places.to_pylist(), table["protected"].to_pylist(), strict=True)
    return pa.array(
        [sorted({c.partition("/")[0] for c in of}) if hidden else of for of, hidden in both],
        places.type,
    )

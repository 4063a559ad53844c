"""From rows to documents: DuckDB writes the JSON of a batch at once, no Python object a post.

In: batches of the month's posts joined with their stories (`Snapshot.read`). Out: for each row
that counts its key, its digest and the lines of a bulk request. `template` says what the fields
mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from base.text import words
from store.elastic.scribe import Rows, Scribe, as_object
from store.elastic.template import ANALYZERS, LONGEST_WORD, NAMELESS, OTHER, PERSON, VOICE
from store.elastic.text import fed
from store.schema import REST

# columns of the Post that a document holds under another name or keeps unsearched
KEPT = (
    "month", "author", "thread", "engagement", "media", "redactions", "lang_score", "matches",
    "protected", "terms_class",
)  # fmt: skip
_PLAIN = (
    "id", "home", "city", "platform", "source", "voice", "kind", "lang", "speech", "tagger",
    "fold", "story_fold", "areas", "groups", "rights", "places", "experience", "relevant",
)  # fmt: skip
_MONDAY = "(days - (days + 3) % 7)"  # 1970-01-01 was a Thursday
_FIELDS = {
    **{name: name for name in _PLAIN},
    "created": "epoch_us(created)",
    "day": "days",
    "week": _MONDAY,
    "day_month": "(year(day) - 1970) * 12 + month(day) - 1",
    "within": "list_distinct(list_concat(places, "
              "list_transform(places, lambda p: split_part(p, '/', 1))))",
    "tone": "tone.label",
    "hate": "CASE hate.flag WHEN true THEN 'yes' WHEN false THEN 'no' END",
    "hate_kind": "hate.kind",
    "key_high": "key >> 16",
    "key_low": "key & 65535",
    "who": "who",
    "akey": "split_part(author, ':', 1)",
    "author": f"CASE who WHEN {PERSON} THEN md5_number_lower(author) >> 1 ELSE 0 END",
    "story": "md5_number_lower(story) >> 1",
    "is_head": "(story = id AND NOT is_late)::INTEGER",
    "is_whole": f"len(list_filter(redactions, lambda r: r.type = '{REST}')) = 0",
    "digest": "digest",
    "words": "line",
}  # fmt: skip
_REST = {
    **{name: f"g.{name}" for name in KEPT},
    "collected": "epoch_us(collected)",
    "signature": "base64(signature)",
    "tone": "tone",
    "hate": "hate",
    "story": "story",
}
_ANALYZED = ", ".join(f"'{lang}'" for lang in ANALYZERS)


_DIGESTED = """
    SELECT id || ':' || home AS key, home,
        CASE WHEN story = id THEN md5_number_lower(id) >> 1 END::BIGINT AS head,
        (md5_number_lower(g::VARCHAR) >> 1)::BIGINT AS digest FROM given g
"""
_TWINS = "SELECT * FROM given WHERE story = id AND md5_number_lower(id) >> 1 IN ({twins})"
_LATE = "SELECT *, row_number() OVER (PARTITION BY id ORDER BY home) > 1 AS is_late FROM given"
_NONE = np.zeros(0, np.int64)
_DOCUMENTS = f"""
    SELECT
        to_json({{'index': {{'_id': id || ':' || home, 'routing': home}}}})::VARCHAR AS action,
        rtrim(to_json({as_object(_FIELDS)})::VARCHAR, '}}') || ',"text":'
            || json_object(CASE WHEN lang IN ({_ANALYZED}) THEN lang ELSE '{OTHER}' END, text)
            || ',"rest":' || to_json({as_object(_REST)}) || '}}' AS document
    FROM (
        SELECT *, epoch_us(day::TIMESTAMP) // 86400000000 AS days,
            ('0x' || substr(id, 1, 8))::BIGINT AS key,
            CASE WHEN voice <> 'personal' THEN {VOICE} WHEN author IS NULL THEN {NAMELESS}
                ELSE {PERSON} END AS who
        FROM given
    ) g
"""


class PostScribe(Scribe):
    """Writes posts. Close it.

    Of rows that share an id before the stories stage has seen them only one may be its story's
    head. All are written as heads at first; `twins` tells which were, `one_headed` gives them
    again as they should be.
    """

    def __init__(self) -> None:
        super().__init__()
        self._heads: list[npt.NDArray[np.int64]] = []

    def rows(self, batches: pa.RecordBatchReader) -> Iterator[Rows]:
        """The rows that count, with their digests, batch by batch."""
        for batch in batches:
            table = _counted(batch)
            if table.num_rows:
                found = self.run(_DIGESTED, table)
                self._heads.append(found["head"].drop_null().to_numpy())
                yield _rows(table, found)

    def twins(self) -> list[int]:
        """Hashes of the ids that several of the rows so far have."""
        heads, counts = np.unique(np.concatenate([_NONE, *self._heads]), return_counts=True)
        return list(heads[counts > 1].tolist())

    def one_headed(self, twins: Sequence[int], batches: pa.RecordBatchReader) -> Rows:
        """The rows of these ids; of each, that of the lowest home is the head."""
        listed = _TWINS.format(twins=", ".join(map(str, twins)))
        some = [self.run(listed, table) for table in map(_counted, batches) if table.num_rows]
        table = self.run(_LATE, pa.concat_tables(some))
        return _rows(table, self.run(_DIGESTED, table.drop_columns(["is_late"])))

    def documents(self, rows: Rows) -> list[bytes]:
        """The two lines of each row in a bulk request, in the order of the rows."""
        lines = [_line(text) for text in rows.table["text"].to_pylist()]
        table = rows.table.append_column("line", pa.array(lines, pa.string()))
        if "is_late" not in table.column_names:
            table = table.append_column("is_late", pa.repeat(False, table.num_rows))
        return self.lines(_DOCUMENTS, table.append_column("digest", pa.array(rows.digests)))

    def removal(self, key: str) -> bytes:
        """The line of a bulk request that deletes a document."""
        return json.dumps({"delete": {"_id": key, "routing": key.partition(":")[2]}}).encode()


def _counted(batch: pa.RecordBatch) -> pa.Table:
    return pa.table(batch.filter(pc.fill_null(batch["counted"], False)))


def _rows(table: pa.Table, found: pa.Table) -> Rows:
    keys, homes = found["key"].to_pylist(), found["home"].to_pylist()
    return Rows(table, keys, homes, found["digest"].to_numpy())


def _line(text: str) -> str:
    found = words(text)
    return " ".join(map(fed, found) if len(text) > LONGEST_WORD else found)

"""From items to posts: keyed ids, pseudonyms, folds, days; the origin goes into the vault.

The last place that sees a native id, an address or an author's name. What comes out holds raw
text still, so it stays in memory until the tagger has scrubbed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from base.ids import content_id, fold_of, keyed
from base.text import nfc
from collectors.collector import Source
from monitor.keys import Keys
from store import schema
from store.vault import Origin, Vault
from store.writer import Guard

# `one-per-post`: an item without author is somebody else each time (a survey, a letter box).
AUTHOR_RULES = ("source", "one-per-post")


@dataclass(frozen=True)
class Sealed:
    """A batch on its way to the tagger: POST columns that need no tagging, vault rows, guard."""

    posts: pa.RecordBatch
    vault: pa.Table
    guard: Guard


@dataclass(frozen=True)
class Sealer:
    """Seals batches of one installation.

    terms: terms_class by platform. keep_origin: whether the vault is kept; lookups always are.
    """

    keys: Keys
    terms: Mapping[str, str]
    keep_origin: bool

    def __call__(
        self, items: pa.RecordBatch, source: Source, collected: datetime, author_rule: str
    ) -> Sealed:
        """items: ITEM columns. collected: now, UTC. author_rule: one of AUTHOR_RULES."""
        rows = _Rows(items, source)
        ids = [self._id(rows, i, source.code) for i in range(items.num_rows)]
        number, month_key = self.keys.author(collected)
        authors, folds, marks = [], [], []
        for i, post in enumerate(ids):
            author, platform = rows.author[i], rows.platform[i]
            if author is None and author_rule == "one-per-post":
                author, platform = post, "item"
            authors.append(
                None if author is None
                else f"{number}:{keyed(month_key, 'author', platform, author)}"
            )  # fmt: skip
            folds.append(fold_of(self.keys.id, "fold", platform, author or post))
            marks.append(None if rows.author[i] is None
                         else author_mark(self.keys, platform, author or ""))  # fmt: skip
        vault = Vault(self.keys.vault)
        lookup = [None if a is None else vault.lookup(a) for a in rows.address]
        sealed = [
            vault.seal(post, Origin(rows.native[i], rows.address[i])) if self.keep_origin else None
            for i, post in enumerate(ids)
        ]
        homes = [source.home] * len(ids)
        return Sealed(
            self._posts(items, rows, source, collected, ids, authors, folds),
            pa.table([ids, homes, homes, sealed, lookup], schema=schema.VAULT),
            Guard(pa.array(lookup, pa.string()), pa.array(marks, pa.string())),
        )

    def _id(self, rows: _Rows, i: int, source: str) -> str:
        native = rows.native[i]
        if native is None:
            given = rows.date_given[i] or ""
            native = content_id(rows.platform[i], source, given, rows.text[i])
        return keyed(self.keys.id, "id", rows.platform[i], native)

    def _posts(
        self, items: pa.RecordBatch, rows: _Rows, source: Source, collected: datetime,
        ids: list[str], authors: list[str | None], folds: list[int],
    ) -> pa.RecordBatch:  # fmt: skip
        count = len(ids)
        created = pc.fill_null(items["created"], pa.scalar(collected, schema.MOMENT))
        local = pc.local_timestamp(created.cast(pa.timestamp("us", tz=source.time_zone)))
        threads = [
            None if t is None else keyed(self.keys.id, "thread", p, t)
            for t, p in zip(rows.thread, rows.platform, strict=True)
        ]
        engagement = pa.StructArray.from_arrays(
            [items["replies"], items["reposts"], items["likes"]],
            fields=list(schema.ENGAGEMENT),
            mask=_all_null(items["replies"], items["reposts"], items["likes"]),
        )
        media = pa.StructArray.from_arrays(
            [items["image"], items["video"]],
            fields=list(schema.MEDIA),
            mask=_all_null(items["image"], items["video"]),
        )
        columns = {
            "id": ids,
            "platform": rows.platform,
            "source": [source.code] * count,
            "home": [source.home] * count,
            "created": created,
            "collected": [collected] * count,
            "day": local.cast(pa.date32()),
            "month": pc.strftime(local, format="%Y-%m"),
            "kind": items["kind"],
            "voice": rows.voice,
            "author": authors,
            "fold": folds,
            "thread": threads,
            "engagement": engagement,
            "media": media,
            "text": rows.text,
            "lang": items["lang"],
            "terms_class": [self.terms.get(p, "own") for p in rows.platform],
        }
        fields = [schema.POST.field(name).with_nullable(True) for name in columns]
        arrays = [
            v if isinstance(v, pa.Array) else pa.array(v, f.type)
            for v, f in zip(columns.values(), fields, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


class _Rows:
    """The item columns that are read one by one, as lists."""

    def __init__(self, items: pa.RecordBatch, source: Source) -> None:
        self.native: list[str | None] = items["native_id"].to_pylist()
        self.address: list[str | None] = items["address"].to_pylist()
        self.author: list[str | None] = items["author"].to_pylist()
        self.thread: list[str | None] = items["thread"].to_pylist()
        self.date_given: list[str | None] = items["date_given"].to_pylist()
        self.text: list[str] = [nfc(t) for t in items["text"].to_pylist()]
        self.platform: list[str] = pc.fill_null(items["platform"], source.platform).to_pylist()
        self.voice: list[str] = pc.fill_null(items["voice"], source.voice).to_pylist()


def pseudonyms(keys: Keys, platform: str, author: str) -> list[str]:
    """What posts may bear for an author, as far as the months' keys are still there."""
    return [
        f"{number}:{keyed(key, 'author', platform, author)}"
        for number, key in keys.authors().items()
    ]


def author_mark(keys: Keys, platform: str, author: str) -> str:
    """What `forgotten` knows an author by; kept nowhere else."""
    return keyed(keys.id, "never", platform, author.strip().lstrip("@").casefold())


def _all_null(*columns: pa.Array) -> pa.Array:
    mask = columns[0].is_null()
    for column in columns[1:]:
        mask = pc.and_(mask, column.is_null())
    return mask

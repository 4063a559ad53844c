"""Sealing: ids, pseudonyms, folds and days of items; what stays the same and what must not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from collectors.collector import Source
from monitor.keys import Keys
from monitor.sealing import Sealed, Sealer, author_mark
from store import schema
from store.vault import Origin, Vault

pytestmark = pytest.mark.unit
WIEN = Source("feed", "feeds", "wien", "", "media", "Europe/Vienna")
MARCH = datetime(2026, 3, 20, 10, tzinfo=UTC)
APRIL = datetime(2026, 4, 20, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    keys = Keys(tmp_path_factory.mktemp("keys"))
    return Sealer(keys, {"feeds": "ids-only", "x": "ids-only"}, keep_origin=True)


def items(*rows: Mapping[str, Any]) -> pa.RecordBatch:
    filled = [dict.fromkeys(schema.ITEM.names) | {"kind": "post", "text": "t"} | dict(r)
              for r in rows]  # fmt: skip
    return pa.RecordBatch.from_pylist(filled, schema=schema.ITEM)


def seal(
    sealer: Sealer,
    *rows: Mapping[str, Any],
    source: Source = WIEN,
    at: datetime = MARCH,
    rule: str = "source",
) -> Sealed:
    return sealer(items(*rows), source, at, rule)


def column(sealed: Sealed, name: str) -> list[Any]:
    return sealed.posts[name].to_pylist()


def test_an_item_keeps_its_id_whenever_wherever_and_however_edited(sealer: Sealer) -> None:
    first = seal(sealer, {"native_id": "77", "text": "a"})
    later = seal(sealer, {"native_id": "77", "text": "b", "created": APRIL}, at=APRIL)
    elsewhere = seal(sealer, {"native_id": "77"}, source=replace(WIEN, code="b", home="berlin"))
    assert column(first, "id") == column(later, "id") == column(elsewhere, "id")
    other = seal(sealer, {"native_id": "77", "platform": "x"}, {"native_id": "78"})
    assert not set(column(other, "id")) & set(column(first, "id"))
    assert len(column(first, "id")[0]) == 32


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"author": "somebody"}, True),
        ({"text": "Wohnung in Mu\u0308nchen"}, True),  # NFD of the same text
        ({"date_given": "2026-03-02"}, False),
        ({"text": "andere Wohnung"}, False),
        ({"platform": "x"}, False),
    ],
)
def test_an_item_without_native_id_is_known_by_what_does_not_change(
    sealer: Sealer, change: dict[str, Any], is_same: bool
) -> None:
    base = {"text": "Wohnung in M\u00fcnchen", "date_given": "2026-03-01", "platform": "feeds"}
    one = column(seal(sealer, base), "id")
    two = column(seal(sealer, base | change, at=APRIL), "id")
    assert (one == two) is is_same


def test_an_author_has_another_pseudonym_each_month_but_the_same_fold(sealer: Sealer) -> None:
    rows = [{"native_id": str(i), "author": f"author {i % 5}"} for i in range(20)]
    march, april = seal(sealer, *rows), seal(sealer, *rows, at=APRIL)
    assert len(set(column(march, "author"))) == 5
    assert not set(column(march, "author")) & set(column(april, "author"))
    assert all(a.startswith("202603:") for a in column(march, "author"))
    assert all(a.startswith("202604:") for a in column(april, "author"))
    assert column(march, "fold") == column(april, "fold")
    by_author = set(zip(column(march, "author"), column(march, "fold"), strict=True))
    assert len(by_author) == 5
    assert all(0 <= f < 64 for f in column(march, "fold"))
    assert "author 1" not in str(march.posts.to_pylist())


def test_one_name_on_two_platforms_is_two_people(sealer: Sealer) -> None:
    sealed = seal(sealer, {"native_id": "1", "author": "a", "platform": "x"},
                  {"native_id": "1", "author": "a", "platform": "feeds"})  # fmt: skip
    assert len(set(column(sealed, "author"))) == 2


def test_without_author_there_is_none_unless_each_is_somebody_else(sealer: Sealer) -> None:
    rows = [{"native_id": str(i)} for i in range(30)] + [{"native_id": "x", "author": "a"}]
    usual = seal(sealer, *rows)
    assert column(usual, "author")[:30] == [None] * 30
    survey = seal(sealer, *rows, rule="one-per-post")
    assert len(set(column(survey, "author"))) == 31
    assert column(survey, "author")[30] == column(usual, "author")[30]
    assert column(survey, "id") == column(usual, "id")
    again = seal(sealer, *rows, rule="one-per-post")
    assert column(again, "author") == column(survey, "author")
    # folds spread over items, not all on one
    assert len(set(column(usual, "fold"))) > 10


@pytest.mark.parametrize(
    ("created", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # midnight, winter time
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),  # midnight, summer time
        (datetime(2025, 10, 25, 22, 0, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 10, 26, 22, 59, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 10, 26, 23, 0, tzinfo=UTC), date(2025, 10, 27)),
    ],
)
def test_the_day_is_the_homes_also_when_the_clock_changes(
    sealer: Sealer, created: datetime, day: date
) -> None:
    sealed = seal(sealer, {"native_id": "1", "created": created})
    assert column(sealed, "day") == [day]
    assert column(sealed, "month") == [f"{day:%Y-%m}"]
    stream = replace(WIEN, home=schema.STREAM, time_zone="UTC")
    assert column(seal(sealer, {"native_id": "1", "created": created}, source=stream), "day") == [
        created.date()
    ]


def test_what_is_not_said_stays_null_or_comes_from_the_source(sealer: Sealer) -> None:
    (row,) = seal(sealer, {}).posts.to_pylist()
    assert row["created"] == row["collected"] == MARCH  # no date: as new as the look
    assert (row["platform"], row["voice"], row["terms_class"]) == ("feeds", "media", "ids-only")
    for name in ("author", "thread", "engagement", "media", "lang"):
        assert row[name] is None, name
    given = {"likes": 0, "image": False, "thread": "t", "voice": "personal", "platform": "new"}
    (row,) = seal(sealer, given).posts.to_pylist()
    assert row["engagement"] == {"replies": None, "reposts": None, "likes": 0}
    assert row["media"] == {"image": False, "video": None}
    assert (row["voice"], row["terms_class"]) == ("personal", "own")
    assert len(row["thread"]) == 32


def test_the_origin_goes_into_the_vault_and_nowhere_else(sealer: Sealer) -> None:
    rows = [{"native_id": "nativ-1", "address": "https://f.example/1", "author": "@Max"},
            {"native_id": "nativ-2"}]  # fmt: skip
    sealed = seal(sealer, *rows)
    vault = Vault(sealer.keys.vault)
    ids, kept = column(sealed, "id"), sealed.vault.to_pylist()
    assert [r["id"] for r in kept] == ids
    assert vault.open(ids[0], kept[0]["sealed"]) == Origin("nativ-1", "https://f.example/1")
    assert kept[0]["lookup"] == vault.lookup("https://www.f.example/1/")
    assert kept[1]["lookup"] is None
    assert "nativ-1" not in str(sealed.posts.to_pylist())
    without = replace(sealer, keep_origin=False)
    (first, _) = seal(without, *rows).vault.to_pylist()
    assert first["sealed"] is None
    assert first["lookup"] == kept[0]["lookup"]  # forgetting works with the vault off, too
    assert sealed.guard.author.to_pylist() == [author_mark(sealer.keys, "feeds", " max "), None]


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "https://", "%%%", "://", "\x00"])
def test_an_odd_address_stops_nothing(sealer: Sealer, address: str) -> None:
    assert seal(sealer, {"native_id": "1", "address": address}).posts.num_rows == 1


def test_no_items_are_no_posts(sealer: Sealer) -> None:
    assert seal(sealer).posts.num_rows == 0


def test_another_installation_gives_other_ids(sealer: Sealer, tmp_path: Path) -> None:
    other = replace(sealer, keys=Keys(tmp_path))
    row = {"native_id": "1", "author": "a"}
    for name in ("id", "author"):
        assert column(seal(sealer, row), name) != column(seal(other, row), name)

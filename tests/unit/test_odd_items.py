"""One field of an item that is something else costs at most that item, whichever field it is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import test_discourse
import test_lemmy
import test_youtube
from looks import NOW

import collectors.newest_first
from collectors.discourse import items as discourse_items
from collectors.errors import CollectError, Unmappable
from collectors.items import Reading, page_items, settle
from collectors.lemmy import items as lemmy_items
from collectors.newest_first import NewestFirst
from collectors.youtube import items as youtube_items

pytestmark = pytest.mark.unit
ODD: list[Any] = [None, 1, -1.5, "x", [], [1], {}, {"a": []}, True, "\ud800", 10**30]

ITEMS: dict[str, tuple[dict[str, Any], Callable[[Any], Mapping[str, Any]]]] = {
    "discourse": (
        test_discourse.post(1), lambda p: discourse_items.fields(p, "https://forum.example")
    ),
    "lemmy post": (test_lemmy.post(1, 1, url="https://a.example/b.png"), lemmy_items.post_fields),
    "lemmy comment": (test_lemmy.comment(1, 1), lemmy_items.comment_fields),
    "youtube": (test_youtube.comment("a", 1, "b"), youtube_items.fields),
}  # fmt: skip


def paths(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a decoded item."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for step, below in steps:
        found.append((*before, step))
        if isinstance(below, dict | list):
            found += paths(below, (*before, step))
    return found


@pytest.mark.parametrize("name", ITEMS)
def test_a_field_that_is_something_else(name: str) -> None:
    item, fields = ITEMS[name]
    reading = Reading(ZoneInfo("UTC"), NOW)
    assert settle(fields(item), reading)
    for path in paths(item):
        for odd in ODD:
            changed = copy.deepcopy(item)
            at: Any = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = odd
            with suppress(Unmappable):
                assert page_items([settle(fields(changed), reading)]).num_rows == 1


def test_a_look_holds_a_bounded_number_of_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors.newest_first, "MOST", 3)
    found = NewestFirst(Reading(ZoneInfo("UTC"), NOW), "source 'a' of city wien")
    given = {"created": "2026-03-01T10:00:00Z", "text": "Wohnen"}
    for n in range(3):
        found.add({**given, "native_id": str(n)})
        found.add({**given, "native_id": str(n)})  # twice is once
    with pytest.raises(CollectError, match="more than 3 items") as caught:
        found.add({**given, "native_id": "3"})
    assert "--since" in str(caught.value)

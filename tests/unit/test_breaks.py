"""Every change of a city's sources is a dated break; what a city began with is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from test_cli_run import purpose, unite

from base.time import now
from collectors.collector import Source, Window
from dashboard.components import trend
from dashboard.components.trend import Mark, Point
from monitor import cities, pipeline
from monitor.cities import City, Note, Span
from monitor.entering import editing
from monitor.entering.overlay import Change, Overlay
from monitor.settings import Settings
from monitor.sources.breaks import breaks, within
from monitor.workspace import Workspace
from store import schema

pytestmark = pytest.mark.unit
START = date(2026, 3, 2)
Look = tuple[str, int, int, str | None]  # source, first day, last day, reason


def town(**spans: Span) -> City:
    """A city with sources a, b and c."""
    sources = tuple(Source(c, "feeds", "wien", c, "media", "UTC") for c in "abc")
    return replace(
        cities.load().city("wien"), time_zone="UTC", sources=sources, spans=spans,
        notes={"b": Note("The Gazette", "", "")},
    )  # fmt: skip


def windows(*looks: Look, home: str = "wien") -> pa.Table:
    start = datetime.combine(START, datetime.min.time(), UTC)
    rows = [
        (home, source, start + timedelta(days=a), start + timedelta(days=b), 1, 0, 0, reason, "s")
        for source, a, b, reason in looks
    ]
    columns = [list(c) for c in zip(*rows, strict=True)] or [[] for _ in schema.WINDOW]
    return pa.table(columns, schema=schema.WINDOW)


def changed(day: int, *, action: str = "change", undone: int | None = None) -> Overlay:
    entry = {"source": [{"code": "b", "voice": "media"}]}
    end = START + timedelta(days=undone) if undone is not None else None
    by = "B" if end else None
    at = START + timedelta(days=day)
    return Overlay((Change(1, action, "source", "wien", "A", at, "r", entry, by, end),))


def days(found: object) -> list[tuple[int, str, str]]:
    return [((b.day - START).days, b.what, b.source) for b in found]  # type: ignore[attr-defined]


ALL = (("a", 0, 60, None), ("b", 0, 60, None))


@pytest.mark.parametrize(
    ("looks", "spans", "overlay", "expected"),
    [
        (ALL, {}, Overlay(), []),  # what the city began with
        ((*ALL, ("c", 20, 60, None)), {}, Overlay(), [(20, "added", "c")]),
        ((*ALL, ("c", 20, 22, "the site was down"), ("c", 22, 60, None)), {}, Overlay(),
         [(22, "added", "c")]),  # a gap is no look
        ((("a", 0, 60, None), ("b", 0, 30, None)), {}, Overlay(), [(30, "stopped", "b")]),
        ((("a", 0, 60, None), ("b", 0, 50, None)), {}, Overlay(), []),  # not late enough to say
        (ALL, {"b": Span(until=START + timedelta(days=40))}, Overlay(), [(40, "retired", "b")]),
        ((("a", 0, 60, None), ("b", 0, 30, None)), {"b": Span(until=START + timedelta(days=30))},
         Overlay(), [(30, "retired", "b")]),  # once
        (ALL, {"c": Span(since=START + timedelta(days=9))}, Overlay(), [(9, "added", "c")]),
        (ALL, {"b": Span(since=START + timedelta(days=9))}, Overlay(), []),  # looked at before
        (ALL, {}, changed(7), [(7, "changed", "b")]),
        (ALL, {}, changed(7, undone=12), [(7, "changed", "b"), (12, "changed", "b")]),
        (ALL, {}, changed(7, undone=7), []),
        ((), {}, Overlay(), []),
        ((), {"a": Span(since=START), "b": Span(since=START + timedelta(days=4))}, Overlay(),
         [(4, "added", "b")]),
    ],
)  # fmt: skip
def test_a_change_of_sources_is_a_break_on_its_day(
    looks: tuple[Look, ...],
    spans: dict[str, Span],
    overlay: Overlay,
    expected: list[tuple[int, str, str]],
) -> None:
    assert days(breaks(town(**spans), overlay, windows(*looks))) == expected


def test_another_citys_windows_break_nothing() -> None:
    looks = pa.concat_tables([windows(*ALL), windows(("x", 20, 40, None), home="malmo")])
    assert breaks(town(), Overlay(), looks) == ()


def test_a_break_says_itself_and_a_period_has_those_within_it() -> None:
    found = breaks(town(), changed(7, undone=12), windows(*ALL))
    assert [str(b) for b in found] == ["The Gazette changed"] * 2
    first, last = (b.day for b in found)
    assert within(found, first, last) == ()  # at a period's first day nothing breaks within it
    assert within(found, first - timedelta(days=1), last) == found[:1]
    assert within(found, None, None) == found


def test_a_trend_shows_a_break_in_words_and_in_the_table() -> None:
    points = [Point("week", START + timedelta(weeks=n), "ok", 0.2, 0.1, 0.3, 900) for n in range(4)]
    mark = Mark(START + timedelta(days=10), "The Gazette added")
    shown = trend.trend(points, "Housing was highest.", hue="spatial", marks=[mark])
    assert shown.to_plotly_json()["props"]["aria-label"] == (
        "Housing was highest. Sources changed: 12 Mar 2026: The Gazette added."
    )
    figure = shown.children.figure
    (line,) = (s for s in figure.layout.shapes if s.type == "line")
    assert (line.x0, line.line.width) == (mark.day, 1)
    rows = trend.table(points, [mark])
    assert [r[-1] for r in rows] == ["", "12 Mar 2026: The Gazette added", "", ""]
    assert "Dotted line" in trend.key(points, [mark])
    assert "Dotted line" not in trend.key(points)


def test_a_comparison_carries_the_breaks_of_its_period(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    today = now()
    sources = workspace.registry.city("wien").sources[:2]
    spans = [(100, 1), (40, 1)]
    for source, (first, last) in zip(sources, spans, strict=True):
        window = Window(today - timedelta(days=first), today - timedelta(days=last))
        pipeline.take(workspace, [pipeline.Look(source, window, [])])
    pipeline.refresh(workspace)
    retired = {"code": sources[0].code, "until": (today - timedelta(days=20)).date()}
    editing.propose(
        workspace, "retire", "source", "wien", {"source": [retired]}, author="A", reason="r"
    )
    since, until = (today - timedelta(days=91)).date(), today.date()
    assert purpose(tmp_path).code == 0
    words = ("compare", "wien", "--since", str(since), "--until", str(until), "--purpose", "study")
    found = json.loads(unite(tmp_path, *words, "--json").out)
    assert [(b["what"], b["source"]) for b in found["breaks"]] == [
        ("added", sources[1].code), ("retired", sources[0].code),
    ]  # fmt: skip
    assert "retired" in unite(tmp_path, *words).err

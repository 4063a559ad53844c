"""The coverage strip: one block a week, as high as what was looked at; hatched where nobody did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import formats

MOST = 26  # blocks; longer periods are drawn by larger steps
_FULL = 0.995


def by_week(days: Sequence[float]) -> list[float]:
    """The mean of each seven days."""
    return [_mean(days[i : i + 7]) for i in range(0, len(days), 7)]


def coverage(days: Sequence[float]) -> Any:
    """Blocks with the same in words. days: what was looked at each day, 0 to 1."""
    weeks = by_week(days)
    step = max(1, -(-len(weeks) // MOST))
    shown = [_mean(weeks[i : i + step]) for i in range(0, len(weeks), step)]
    blocks = [
        html.Span(
            className="block block-none" if share <= 0 else "block",
            style={"height": f"{max(20.0, share * 100):.0f}%"},
        )
        for share in shown
    ]
    return html.Span(blocks, className="strip", role="img", **{"aria-label": said(days)})


def said(days: Sequence[float]) -> str:
    """The strip as a sentence."""
    weeks = by_week(days)
    if not weeks or max(weeks) <= 0:
        return "nothing was looked at"
    mean = formats.share(_mean(weeks), None)
    short = sum(1 for w in weeks if w < _FULL)
    if not short:
        return f"all of {formats.plural(len(weeks), 'week')} was looked at"
    return f"{mean} was looked at; {formats.plural(short, 'week')} of {len(weeks)} not in full"


def _mean(weeks: Sequence[float]) -> float:
    return sum(weeks) / len(weeks) if weeks else 0.0

"""The coverage strip: one block a week, as high as what was looked at; hatched where nobody did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboard import formats

MOST = 26  # blocks; longer periods are drawn by larger steps
_FULL = 0.995
_STEP, _HIGH = 6, 14  # px


def by_week(days: Sequence[float]) -> list[float]:
    """The mean of each seven days."""
    return [_mean(days[i : i + 7]) for i in range(0, len(days), 7)]


def coverage(days: Sequence[float]) -> Any:
    """Blocks with the same in words. days: what was looked at each day, 0 to 1.

    The blocks are a mask over one element, so that they take the theme's colour.
    """
    weeks = by_week(days)
    step = max(1, -(-len(weeks) // MOST))
    shown = [_mean(weeks[i : i + step]) for i in range(0, len(weeks), step)]
    blocks = "".join(_block(i * _STEP, share) for i, share in enumerate(shown))
    width = len(shown) * _STEP
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{_HIGH}'"
        f" viewBox='0 0 {width} {_HIGH}' preserveAspectRatio='none'>{blocks}</svg>"
    )
    return html.Span(
        className="strip", role="img", title=said(days),
        style={"width": f"{width}px", "maskImage": f'url("data:image/svg+xml,{quote(picture)}")'},
        **{"aria-label": said(days)},
    )  # fmt: skip


def _block(left: int, share: float) -> str:
    if share <= 0:  # hatched
        return "".join(
            f"<path d='M{left} {y + 4}l5 -5' stroke='black'/>" for y in range(0, _HIGH, 4)
        )
    high = max(0.2, share) * _HIGH
    return f"<rect x='{left}' y='{_HIGH - high:.1f}' width='5' height='{high:.1f}' rx='1'/>"


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

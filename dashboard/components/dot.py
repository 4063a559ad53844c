"""A share as a dot with its 95 % interval on a line from zero; drawn by the style sheet.

One element a dot, drawn from three numbers by the style sheet: a table of two hundred costs
little (each component costs the browser about a millisecond), follows the theme, prints sharp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import html

from analysis.compare import Row
from dashboard import formats
from dashboard.components import faces

COLUMNS = ("#Share", "#95 % interval", "#Posts")
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)


def scale(rows: Iterable[Row]) -> float:
    """The share at the right end: the least round one that holds every interval."""
    most = max((r.high for r in rows if r.high is not None), default=0.0)
    return next((s for s in _STEPS if s >= most), 1.0)


def dot(row: Row, top: float, *, name: str = "") -> Any:
    """The line, and the share written beside it; a face where there is no share."""
    if row.share is None or row.low is None or row.high is None:
        return faces.state(missing(row))
    places = {
        "--low": f"{row.low / top:.4f}",
        "--wide": f"{(min(top, row.high) - row.low) / top:.4f}",
        "--at": f"{row.share / top:.4f}",
    }
    words = said(row, name)
    return html.Span(
        formats.share(row.share, row.base), className="dot", style=places, title=words, role="img",
        **{"aria-label": words},
    )  # fmt: skip


def missing(row: Row) -> str:
    """Which face a row without a share has; a figure whose base is too few is too few."""
    return "few" if row.state == "ok" else row.state


def said(row: Row, name: str = "") -> str:
    """The figure in words."""
    start = f"{name}: " if name else ""
    if row.share is None or row.low is None or row.high is None:
        return f"{start}{faces.WORDS[missing(row)]}"
    of = "" if row.base is None else f" of {formats.plural(row.base, 'post')}"
    reach = formats.interval(row.low, row.high, row.base)
    return f"{start}{formats.share(row.share, row.base)}{of}, 95 % interval {reach}"


def cells(row: Row, name: str) -> list[str]:
    """The figure as cells of the table beside a picture: name, share, interval, posts."""
    if row.share is None or row.low is None or row.high is None:
        return [
            name,
            faces.WORDS[missing(row)],
            "",
            "" if row.posts is None else formats.number(row.posts),
        ]
    return [
        name,
        formats.share(row.share, row.base),
        formats.interval(row.low, row.high, row.base),
        "" if row.posts is None else formats.number(row.posts),
    ]


def leading(rows: Iterable[Row]) -> list[Row]:
    """The first by share and, next to it, those whose interval reaches its own; never too few."""
    told = sorted((r for r in rows if r.share is not None), key=lambda r: -(r.share or 0))
    return [r for r in told if (r.high or 0) >= (told[0].low or 0)]


def axis(top: float) -> Any:
    """Zero and the right end of the lines below."""
    return html.Span(
        [html.Span("0"), html.Span(formats.share(top, None))],
        className="dot-axis",
        **{"aria-hidden": "true"},
    )

"""A share as a dot with its 95 % interval on a line from zero; drawn by the style sheet.

The dot's place and the interval's ends are percentages of the scale, so that a table of two
hundred of them costs no picture, follows the theme and prints sharp.
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
        return html.Span([_line(missing(row)), faces.state(missing(row))], className="dot")
    low, high = row.low / top * 100, min(100.0, row.high / top * 100)
    return html.Span(
        [
            html.Span(
                [
                    html.Span(
                        className="dot-interval",
                        style={"left": f"{low:.2f}%", "width": f"{high - low:.2f}%"},
                    ),
                    html.Span(
                        className="dot-mark", style={"left": f"{row.share / top * 100:.2f}%"}
                    ),
                ],
                className="dot-line",
                **{"aria-hidden": "true"},
            ),
            html.Span(formats.share(row.share, row.base), className="dot-value"),
            html.Span(said(row, name), className="unseen"),
        ],
        className="dot",
        title=said(row, name),
    )


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
        return [name, faces.WORDS[missing(row)], "", "" if row.posts is None else str(row.posts)]
    return [
        name,
        formats.share(row.share, row.base),
        formats.interval(row.low, row.high, row.base),
        "" if row.posts is None else formats.number(row.posts),
    ]


def axis(top: float) -> Any:
    """Zero and the right end of the lines below."""
    return html.Span(
        [html.Span("0"), html.Span(formats.share(top, None))],
        className="dot-axis",
        **{"aria-hidden": "true"},
    )


def _line(state: str) -> Any:
    return html.Span(className=f"dot-line line-{state}", **{"aria-hidden": "true"})

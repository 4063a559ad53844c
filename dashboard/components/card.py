"""A figure card: the finding, what was measured, the picture, the same as a table, the foot.

No card without its foot: of how many posts, how much was looked at, which sources, how computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import formats
from dashboard.components import strip
from dashboard.components.still import still


@dataclass(frozen=True)
class Foot:
    """of: the base, `of 4,310 posts seen`. days: coverage a day, 0 to 1. sources: codes.

    about: how it is computed, one paragraph each. tagged: said where some posts were tagged by
    other word lists than the present ones.
    """

    of: str
    days: Sequence[float]
    sources: Sequence[str]
    about: Sequence[str]
    is_invented: bool = False
    tagged: str = ""


@dataclass(frozen=True)
class Table:
    """The figures of a picture, for whoever does not see it. `#` starts a column of figures."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def figure_card(
    title: str,
    finding: str,
    measure: str,
    picture: Any,
    foot: Foot,
    table: Table | None = None,
    *,
    heading: Any = None,
    is_chart: bool = False,
) -> Any:
    """One card. heading: instead of the plain title. is_chart: the picture answers the pointer."""
    heading = html.H2(title, className="card-title") if heading is None else heading
    above = [
        html.Div([heading, invented(foot.is_invented)], className="card-head"),
        html.P(finding, className="finding") if finding else None,
        html.P(measure, className="measure") if measure else None,
    ]
    drawn = html.Div(picture, className="picture")
    below = [as_table(title, table) if table else None, foot_of(foot)]
    if is_chart:
        return html.Div([still(*above), drawn, still(*below)], className="card")
    return still(html.Div([*above, drawn, *below], className="card"))


def invented(is_invented: bool) -> Any:
    """The mark that every figure of the demo carries."""
    if not is_invented:
        return None
    return html.Span("invented posts", className="invented")


def as_table(title: str, table: Table) -> Any:
    """The same figures as a table that opens."""
    sides = ["figure" if c.startswith("#") else "" for c in table.columns]
    head = [
        html.Th(c.lstrip("#"), scope="col", className=side)
        for c, side in zip(table.columns, sides, strict=True)
    ]
    rows = [
        html.Tr([html.Td(cell, className=side) for cell, side in zip(row, sides, strict=True)])
        for row in table.rows
    ]
    return html.Details(
        [
            html.Summary("The same as a table"),
            scroller(
                f"{title}, as a table",
                html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="plain"),
            ),
        ],
        className="as-table",
    )


def scroller(label: str, content: Any) -> Any:
    """Room for what may be wider than the page: it scrolls by itself, by keyboard too."""
    return html.Div(
        content, className="scroller", tabIndex="0", role="region", **{"aria-label": label}
    )


def foot_of(foot: Foot) -> Any:
    """Base, coverage, sources and method; wraps, never shrinks."""
    facts = [
        html.Span(foot.of),
        html.Span(["coverage ", strip.coverage(foot.days)], className="foot-strip"),
        html.Span(formats.plural(len(foot.sources), "source"), title=", ".join(foot.sources)),
        *([html.Span(foot.tagged)] if foot.tagged else []),
        html.Details(
            [
                html.Summary("About this figure"),
                html.Div([html.P(p) for p in foot.about], className="about"),
            ]
        ),
    ]
    return html.Footer(html.Div(facts, className="dotted"), className="foot")

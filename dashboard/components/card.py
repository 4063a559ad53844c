"""A figure card: the finding, what was measured, the picture, the same as a table, the foot.

No card without its foot: of how many posts, how much was looked at, which sources, how computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from dashboard import formats
from dashboard.components import strip

_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+!|~&$]")


@dataclass(frozen=True)
class Foot:
    """of: the base, `of 4,310 posts seen`. days: coverage a day, 0 to 1. sources: codes.

    about: how it is computed, one paragraph each.
    """

    of: str
    days: Sequence[float]
    sources: Sequence[str]
    about: Sequence[str]
    is_invented: bool = False


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
    controls: Any = None,
) -> Any:
    """One card."""
    return html.Div(
        [
            html.Div(
                [html.H2(title, className="card-title"), invented(foot.is_invented)],
                className="card-head",
            ),
            html.P(finding, className="finding") if finding else None,
            html.P(measure, className="measure"),
            controls,
            html.Div(picture, className="picture"),
            as_table(title, table) if table else None,
            foot_of(foot),
        ],
        className="card",
    )


def invented(is_invented: bool) -> Any:
    """The mark that every figure of the demo carries."""
    if not is_invented:
        return None
    return html.Span("invented sample posts", className="invented")


def as_table(title: str, table: Table) -> Any:
    """The same figures as a table that opens; one component, however many cells."""
    names = [c.lstrip("#") for c in table.columns]
    sides = ["--:" if c.startswith("#") else ":--" for c in table.columns]
    lines = [_line(names), "|".join(["", *sides, ""]), *(_line(row) for row in table.rows)]
    return html.Details(
        [
            html.Summary("The same as a table"),
            html.Div(
                dcc.Markdown("\n".join(lines), className="plain"),
                className="scroller",
                tabIndex="0",
                role="region",
                **{"aria-label": f"{title}, as a table"},
            ),
        ],
        className="as-table",
    )


def _line(cells: Sequence[str]) -> str:
    """A row of a Markdown table; what could be markup is plain text."""
    return f"| {' | '.join(_MARKUP.sub(_escaped, c) for c in cells)} |"


def _escaped(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def foot_of(foot: Foot) -> Any:
    """Base, coverage, sources and method; wraps, never shrinks."""
    return html.Footer(
        [
            html.Span(foot.of),
            html.Span(["coverage ", strip.coverage(foot.days)], className="foot-strip"),
            html.Span(formats.plural(len(foot.sources), "source"), title=", ".join(foot.sources)),
            html.Details(
                [
                    html.Summary("About this figure"),
                    html.Div([html.P(p) for p in foot.about], className="about"),
                ]
            ),
        ],
        className="foot",
    )

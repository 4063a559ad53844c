"""Two to six cities side by side: every area as dots with intervals, one area over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analysis.compare import Comparison, Row
from dashboard import compare_table, formats, questions, words
from dashboard.address import change, parameter
from dashboard.compare_table import chosen, foot, nothing
from dashboard.components import card, dot, faces
from dashboard.components import trend as line
from dashboard.components.sentence import sentence
from dashboard.page import Page, Visit, slot
from dashboard.site import MOST_CITIES


def layout(seen: Visit) -> Any:
    """The frame."""
    many = len(seen.query.cities)
    title = f"{seen.site.names.area(chosen(seen))} over time"
    return html.Div(
        [
            html.H1("Compare cities"),
            html.P(
                "What public posts in one city talk about more than those in another, and whether"
                " the difference is larger than chance explains.",
                className="lead",
            ),
            sentence(seen, PAGE),
            html.Div(
                [
                    slot(seen, "side", "Side by side", size="wide", height=250 + 28 * many),
                    slot(seen, "table", "Areas by city", size="wide", height=1330),
                    slot(seen, "weeks", title, size="wide", height=190 + 215 * -(-many // 3)),
                ],
                className="grid",
            ),
        ]
    )


def side(seen: Visit, _: str) -> Any:
    """The chosen area, city by city, sorted; ties bracketed."""
    site, area = seen.site, chosen(seen)
    names, found = site.names, questions.compared(site, seen.query, (area,)).comparison
    rows = sorted(found.rows, key=lambda r: -1.0 if r.share is None else r.share, reverse=True)
    top = dot.scale(rows)
    brackets = tied(found, rows)
    lanes = side_by_side(brackets)
    lines = [
        html.Li(
            [
                dcc.Link(
                    names.city(r.city),
                    className="dot-name",
                    href=change(seen.given, "city", cities=(r.city,)),
                ),
                dot.dot(r, top),
            ],
            style={"gridRow": str(i)},
        )
        for i, r in enumerate(rows, 1)
    ]
    marks = [
        html.Li(
            html.Span(_tie(seen, rows[first : last + 1]), className="unseen"),
            className="tie",
            style={"gridRow": f"{first + 1} / {last + 2}", "gridColumn": str(lane + 2)},
        )
        for lane, (first, last) in zip(lanes, brackets, strict=True)
    ]
    picture = html.Div(
        [
            html.Div([html.Span(className="dot-name"), dot.axis(top)], className="row row-tied"),
            html.Ul([*lines, *marks], className="dots ties"),
        ],
        className=names.dimension_of[area],
        style={"--lanes": str(max(lanes, default=0) + 1)},
    )
    base = rows[0].base_name
    is_asked = parameter(seen.given, "area") or rows[0].share is None
    table = [dot.cells(r, names.city(r.city)) for r in rows]
    return card.figure_card(
        f"{names.area(area)}, side by side", _finding(seen, found, rows, area),
        words.DOT.format(of=words.OF[base])
        + (". A bracket joins cities that cannot be told apart" if brackets else ""),
        [picture, None if is_asked else html.P(words.CHOSEN, className="hint")],
        foot(seen, rows),
        card.Table(("City", *dot.COLUMNS), table),
    )  # fmt: skip


def tied(found: Comparison, rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Brackets over sorted rows: (first, last) of each longest run in which all are ties.

    Brackets may overlap: that A is no different from B, and B from C, says nothing of A and C.
    """
    brackets: list[tuple[int, int]] = []
    for first, row in enumerate(rows):
        last = first
        while last + 1 < len(rows) and all(
            rows[last + 1].city in found.ties(r.city, row.area) for r in rows[first : last + 1]
        ):
            last += 1
        if last > first and (not brackets or last > brackets[-1][1]):
            brackets.append((first, last))
    return brackets


def side_by_side(brackets: Sequence[tuple[int, int]]) -> list[int]:
    """The lane of each bracket: the first that is free where it begins."""
    ends: list[int] = []
    lanes = []
    for first, last in brackets:
        lane = next((i for i, end in enumerate(ends) if end < first), len(ends))
        ends[lane : lane + 1] = [last]
        lanes.append(lane)
    return lanes


def _tie(seen: Visit, rows: Sequence[Row]) -> str:
    cities = formats.listed([seen.site.names.city(r.city) for r in rows], 6)
    return f"{cities} cannot be told apart"


def weeks(seen: Visit, _: str) -> Any:
    """The chosen area by week, a small picture a city, all on one scale."""
    site, area = seen.site, chosen(seen)
    name, hue = site.names.area(area), site.names.dimension_of[area]
    step, series = questions.series(site, seen.query, area)
    top = max((p.high for s in series.values() for p in s if p.high is not None), default=0.01)
    pictures = []
    rows: list[list[str]] = []
    all_marks: list[line.Mark] = []
    for c, points in series.items():
        city = site.names.city(c)
        told = any(p.share is not None for p in points)
        said = f"{name} in {city}, share by {step}; the figures are in the table below"
        marks = questions.marks(site, c, points)
        all_marks += marks
        picture = line.trend(points, said, hue=hue, marks=marks, top=top, height=190) if told else (
            faces.state("few" if points else "no_data")
        )  # fmt: skip
        pictures.append(html.Div([html.H3(city, className="small-head"), picture]))
        rows += [[city, *r] for r in line.table(points, marks)]
    one = questions.compared(site, seen.query, (area,)).comparison.rows
    return card.figure_card(
        f"{name} over time", "",
        f"Line: share of posts {words.OF[one[0].base_name]}, by {step}, all on one scale."
        f" Band: 95 % interval{line.key([p for s in series.values() for p in s], all_marks)}",
        html.Div(pictures, className="multiples"), foot(seen, one),
        card.Table(("City", step.capitalize(), *line.COLUMNS), rows), is_chart=True,
    )  # fmt: skip


def _finding(seen: Visit, found: Comparison, rows: Sequence[Row], area: str) -> str:
    names = seen.site.names
    told = [r for r in rows if r.share is not None]
    if not told:
        return nothing(rows)
    if not found.apart:
        return f"On {formats.inside(names.area(area))} these cities cannot be told apart."
    best, least = told[0], told[-1]
    if least.city in found.ties(best.city, area):
        return "Some cities can be told apart; the first and the last cannot."
    share = formats.share
    return (f"{names.area(area)} is talked about more in {names.city(best.city)}"
            f" ({share(best.share or 0, best.base)}) than in {names.city(least.city)}"
            f" ({share(least.share or 0, least.base)}).")  # fmt: skip


PAGE = Page(
    path="compare", title="Compare", cities=MOST_CITIES, order=2, layout=layout,
    cards={"side": side, "table": compare_table.table, "weeks": weeks},
)  # fmt: skip

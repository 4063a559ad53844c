"""All cities: a card each, laid out as on a map, with its last week in a sentence."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from analysis.compare import Comparison, Row
from dashboard import formats, questions, words
from dashboard.address import change, parameter
from dashboard.components import card, dot, faces
from dashboard.components.sentence import sentence
from dashboard.page import Page, Visit, slot
from dashboard.week import said, week

_TOP = 4
_HEIGHT = 440


def layout(seen: Visit) -> Any:
    """The frame."""
    cities = seen.site.map_order(seen.query.cities)
    return html.Div(
        [
            html.H1("Cities"),
            html.P(
                "What public posts in each city talk about when it comes to living together with"
                " migrants: the main subjects, and whether last week was unusual.",
                className="lead",
            ),
            sentence(seen, PAGE),
            html.Div(
                [slot(seen, f"city:{c}", seen.site.names.city(c), height=_HEIGHT) for c in cities],
                className="grid grid-cities",
            ),
        ]
    )


def city(seen: Visit, code: str) -> Any:
    """One city: last week's sentence, its foremost areas on the scale of all cities."""
    site = seen.site
    query, everywhere = seen.query.replace(cities=(code,)), seen.query.cities
    chosen = parameter(seen.given, "area")
    found = questions.compared(site, seen.query, (chosen,) if chosen else ()).comparison
    shown = {c: _foremost(found, c) for c in everywhere}
    rows = [r for r in found.rows if r.city == code]
    top = dot.scale(r for foremost in shown.values() for r in foremost)
    there = site.workspace.registry.home(code)
    lines = [
        html.Li([_area(seen, r.area), dot.dot(r, top)], className=site.names.dimension_of[r.area])
        for r in shown[code]
    ]
    scale = html.Div([html.Span(className="dot-name"), dot.axis(top)], className="row")
    name = html.H2(
        [dcc.Link(there.name, href=change(seen.given, "city", cities=(code,))),
         html.Span(there.country, className="country")],
        className="city-name",
    )  # fmt: skip
    base = rows[0].base_name
    measure = words.DOT.format(of=words.OF[base])
    last = week(site, code, everywhere)
    usual = words.WEEK.format(usual=formats.span(last.usual.since, last.usual.until))
    is_there = questions.looked(site, query, code).share > 0
    return card.figure_card(
        there.name, said(site, last),
        measure if chosen else f"Talked about most. {measure}",
        [scale, html.Ul(lines, className="dots dots-short")] if lines
        else faces.block("few" if is_there else "no_data"),
        questions.foot(site, query, rows[0].base, code, usual, words.COVERAGE, base=base),
        card.Table(("Area", *dot.COLUMNS),
                   [dot.cells(r, site.names.area(r.area)) for r in shown[code]]),
        heading=name,
    )  # fmt: skip


def _foremost(found: Comparison, city: str) -> list[Row]:
    """The areas of a city with the largest shares."""
    told = [r for r in found.rows if r.city == city and r.share is not None]
    return sorted(told, key=lambda r: -(r.share or 0))[:_TOP]


def _area(seen: Visit, code: str) -> Any:
    return html.Span(seen.site.names.area(code), className="dot-name")


PAGE = Page(path="", title="Cities", cities=99, order=0, layout=layout, cards={"city": city})

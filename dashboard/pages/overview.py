"""All cities: a card each, laid out as on a map, with its last week in a sentence."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import questions, words
from dashboard.address import change, parameter
from dashboard.components import card, dot, faces
from dashboard.components.sentence import sentence
from dashboard.page import Page, Visit, slot
from dashboard.week import week

_TOP = 4
_HEIGHT = 400


def layout(seen: Visit) -> Any:
    """The frame."""
    cities = seen.site.map_order(seen.query.cities)
    return html.Div(
        [
            html.H1("Cities"),
            html.P(
                "What public posts in each city talk about, where living together is the matter.",
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
    """One city: this week's sentence, its foremost areas, coverage."""
    site = seen.site
    query, everywhere = seen.query.replace(cities=(code,)), seen.query.cities
    chosen = parameter(seen.given, "area")
    found = questions.compared(site, seen.query, (chosen,) if chosen else ()).comparison
    rows = [r for r in found.rows if r.city == code]
    told = sorted((r for r in rows if r.share is not None), key=lambda r: -(r.share or 0))[:_TOP]
    top = dot.scale(told)
    there = site.workspace.registry.city(code)
    lines = [
        html.Li([_area(seen, r.area), dot.dot(r, top)], className=site.names.dimension_of[r.area])
        for r in told
    ]
    looked = questions.looked(site, query, code)
    of = words.OF[rows[0].base_name]
    name = html.H2(
        [dcc.Link(there.name, href=change(seen.given, "city", cities=(code,))),
         html.Span(there.country, className="country")],
        className="city-name",
    )  # fmt: skip
    picture: Any
    if told:
        picture = html.Ul(lines, className="dots dots-short")
    else:
        picture = faces.state("few" if looked.share > 0 else "no_data")
    return html.Div(
        [
            html.Div([name, card.invented(site.is_invented)], className="card-head"),
            html.P(str(week(site, code, everywhere)), className="finding"),
            html.P(
                ("" if chosen else "Talked about most: ") + f"share of posts {of}, 95 % interval",
                className="measure",
            ),
            html.Div(picture, className="picture"),
            card.as_table(
                there.name,
                card.Table(("Area", "#Share", "#95 % interval", "#Posts"),
                           [dot.cells(r, site.names.area(r.area)) for r in told]),
            ),
            card.foot_of(questions.foot(
                site, query, rows[0].base, code, words.WEEK, words.COVERAGE, base=rows[0].base_name,
            )),
        ],
        className="card",
    )  # fmt: skip


def _area(seen: Visit, code: str) -> Any:
    return html.Span(seen.site.names.area(code), className="dot-name")


PAGE = Page(path="", title="Cities", cities=99, order=0, layout=layout, cards={"city": city})

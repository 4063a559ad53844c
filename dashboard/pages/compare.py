"""Two to six cities side by side: every area as dots with intervals, one area over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analysis.compare import Comparison, Row
from base.errors import BadInput
from dashboard import formats, questions, words
from dashboard.address import change, parameter
from dashboard.components import card, dot, faces, strip
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


def chosen(seen: Visit) -> str:
    """The area of the address, else one that most cities have figures for and differ in."""
    named = parameter(seen.given, "area")
    if named:
        return named
    found = questions.compared(seen.site, seen.query).comparison
    apart = [area for area, *_ in found.apart]
    shares: dict[str, list[float]] = {}
    for row in found.rows:
        shares.setdefault(row.area, []).extend([] if row.share is None else [row.share])
    return max(shares, key=lambda a: (len(shares[a]), apart.count(a), max(shares[a], default=0)))


def side(seen: Visit, _: str) -> Any:
    """The chosen area, city by city, sorted; ties bracketed."""
    site, area = seen.site, chosen(seen)
    names, found = site.names, questions.compared(site, seen.query, (area,)).comparison
    rows = sorted(found.rows, key=lambda r: -1.0 if r.share is None else r.share, reverse=True)
    top = dot.scale(rows)
    lines: list[Any] = [
        html.Div([html.Span(className="dot-name"), dot.axis(top)], className="row row-tied")
    ]
    for group in tied(found, rows):
        items = [
            html.Li([
                dcc.Link(names.city(r.city), className="dot-name",
                         href=change(seen.given, "city", cities=(r.city,))),
                dot.dot(r, top),
            ])
            for r in group
        ]  # fmt: skip
        label = "cannot be told apart" if len(group) > 1 else ""
        lines.append(
            html.Div(
                [html.Ul(items, className="dots"),
                 html.Span(label, className="tie" if label else "tie-none")],
                className="tied",
            )
        )  # fmt: skip
    base = rows[0].base_name
    table = [dot.cells(r, names.city(r.city)) for r in rows]
    return card.figure_card(
        f"{names.area(area)}, side by side", _finding(seen, found, rows, area),
        f"{names.area(area)}: share of posts {words.OF[base]}, 95 % interval",
        html.Div(lines, className=names.dimension_of[area]), _foot(seen, rows),
        card.Table(("City", *dot.COLUMNS), table),
    )  # fmt: skip


def tied(found: Comparison, rows: Sequence[Row]) -> list[list[Row]]:
    """Sorted rows in runs whose members cannot be told apart from the first of the run."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and row.share is not None and row.city in found.ties(runs[-1][0].city, row.area):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def table(seen: Visit, _: str) -> Any:
    """Areas × cities. Sorted by dimension, or by a city's share."""
    site, cities = seen.site, seen.query.cities
    names, found = site.names, questions.compared(site, seen.query).comparison
    by = {(r.city, r.area): r for r in found.rows}
    top, sort, area = dot.scale(found.rows), parameter(seen.given, "sort"), chosen(seen)
    if sort and sort not in cities:
        raise BadInput(f"nothing to sort by in {sort!r}", available=cities)
    head = [html.Th(_sorter(seen, "", "Area"), scope="col", **_sorted(not sort, "ascending"))]
    for c in cities:
        name = _sorter(seen, c, names.city(c))
        head.append(html.Th([name, dot.axis(top)], scope="col", **_sorted(sort == c, "descending")))
    order = list(names.areas)
    if sort:
        order.sort(key=lambda a: by[sort, a].share or -1.0, reverse=True)
    body, last = [], ""
    for a in order:
        dimension = names.dimension_of[a]
        if not sort and dimension != last:
            last = dimension
            label = html.Th(names.dimensions[dimension], colSpan=len(cities) + 1, scope="colgroup")
            body.append(html.Tr(label, className=f"group {dimension}"))
        cells = [html.Td(dot.dot(by[c, a], top)) for c in cities]
        link = dcc.Link(names.area(a), href=change(seen.given, _area=a))
        style = f"{dimension} is-chosen" if a == area else dimension
        body.append(html.Tr([html.Th(link, scope="row"), *cells], className=style))
    whole = html.Table(
        [html.Caption("Areas by city", className="unseen"), html.Thead(html.Tr(head)),
         html.Tbody(body), html.Tfoot(_feet(seen, [by[c, order[0]] for c in cities]))],
        className="matrix",
    )  # fmt: skip
    first = found.rows[0]
    told = len({a for a, *_ in found.apart})
    finding = f"In {told} of {len(order)} areas some cities can be told apart." if told else (
        "In no area can these cities be told apart."
    )  # fmt: skip
    return card.figure_card(
        "Areas by city", finding,
        f"Share of posts {words.OF[first.base_name]}, 95 % interval; one scale,"
        f" 0 to {formats.share(top, None)}",
        html.Div(whole, className="scroller", tabIndex="0", role="region",
                 **{"aria-label": "Areas by city"}),
        _foot(seen, [by[c, order[0]] for c in cities]),
    )  # fmt: skip


def weeks(seen: Visit, _: str) -> Any:
    """The chosen area by week, a small picture a city, all on one scale."""
    site, area = seen.site, chosen(seen)
    name, hue = site.names.area(area), site.names.dimension_of[area]
    series = {c: questions.series(site, seen.query, c, area) for c in seen.query.cities}
    top = max((p.high for _, s in series.values() for p in s if p.high is not None), default=0.01)
    pictures = []
    rows: list[list[str]] = []
    for c, (step, points) in series.items():
        city = site.names.city(c)
        told = any(p.share is not None for p in points)
        said = f"{name} in {city}, share by {step}; the figures are in the table below"
        picture = line.trend(points, said, hue=hue, top=top, height=180) if told else (
            faces.state("few" if points else "no_data")
        )  # fmt: skip
        pictures.append(
            html.Div(
                [
                    html.H3(
                        [city, html.Span(f" by {step}", className="muted")], className="small-head"
                    ),
                    picture,
                ]
            )
        )
        rows += [[city, *r] for r in line.table(points)]
    one = questions.compared(site, seen.query, (area,)).comparison.rows
    return card.figure_card(
        f"{name} over time", "",
        f"Share of posts {words.OF[one[0].base_name]}, 95 % interval, one scale; grey: {line.GREY}",
        html.Div(pictures, className="multiples"), _foot(seen, one),
        card.Table(("City", "When", "#Share", "#95 % interval", "#Of posts"), rows),
    )  # fmt: skip


def _finding(seen: Visit, found: Comparison, rows: Sequence[Row], area: str) -> str:
    names = seen.site.names
    told = [r for r in rows if r.share is not None]
    if not told:
        return "Too few posts to tell."
    if not found.apart:
        return f"On {names.area(area).lower()} these cities cannot be told apart."
    best, least = told[0], told[-1]
    if least.city in found.ties(best.city, area):
        return "Some cities can be told apart; the first and the last cannot."
    share = formats.share
    return (f"{names.area(area)} is talked about more in {names.city(best.city)}"
            f" ({share(best.share or 0, best.base)}) than in {names.city(least.city)}"
            f" ({share(least.share or 0, least.base)}).")  # fmt: skip


def _sorter(seen: Visit, city: str, name: str) -> Any:
    is_now = parameter(seen.given, "sort") == city
    mark = html.Span("▾" if is_now and city else "", className="sort", **{"aria-hidden": "true"})
    return dcc.Link([name, mark], href=change(seen.given, _sort=city or None), className="sorter")


def _sorted(is_now: bool, way: str) -> dict[str, str]:
    return {"aria-sort": way} if is_now else {}


def _feet(seen: Visit, rows: Sequence[Row]) -> list[Any]:
    """Bases, coverage and sources under each city's column."""
    looked = [questions.looked(seen.site, seen.query, r.city) for r in rows]
    bases = [faces.WORDS["few"] if r.base is None else formats.number(r.base) for r in rows]
    told = {
        f"Posts {words.OF[rows[0].base_name]}": bases,
        "Coverage": [strip.coverage(found.days) for found in looked],
        "Sources": [str(len(found.sources)) for found in looked],
    }
    return [
        html.Tr([html.Th(name, scope="row"), *(html.Td(v) for v in values)])
        for name, values in told.items()
    ]


def _foot(seen: Visit, rows: Sequence[Row]) -> card.Foot:
    """The foot of a card of several cities: the least base, all coverage, all sources."""
    site = seen.site
    found = [questions.looked(site, seen.query, r.city) for r in rows]
    least = min((r.base for r in rows if r.base is not None), default=None)
    days = [sum(d) / len(d) for d in zip(*(f.days for f in found), strict=False)]
    base = rows[0].base_name
    of = f"of {formats.number(least)} or more posts {words.OF[base]} a city" if least else words.FEW
    sources = [s for f in found for s in f.sources]
    return card.Foot(of, days, sources, words.figure(base), site.is_invented)


PAGE = Page(
    path="compare", title="Compare", cities=MOST_CITIES, order=2, layout=layout,
    cards={"side": side, "table": table, "weeks": weeks},
)  # fmt: skip

"""Areas by city as one table of dots: sorted by dimension or by a city, bases under each column.

Under an area's name stands which city is above which; where nothing stands, none can be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analysis.compare import Comparison, Row
from base.errors import BadInput
from dashboard import formats, questions, words
from dashboard.address import change, parameter
from dashboard.components import card, dot, faces, strip
from dashboard.page import Visit


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


def table(seen: Visit, _: str) -> Any:
    """Areas × cities. Sorted by dimension, or by a city's share."""
    site, cities = seen.site, seen.query.cities
    compared = questions.compared(site, seen.query)
    names, found = site.names, compared.comparison
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
        link = dcc.Link(names.area(a), href=change(seen.given, _area=a), className="row-link")
        above = difference(found, a)
        note = html.Span(_above(seen, *above), className="above") if above else None
        style = f"{dimension} is-chosen" if a == area else dimension
        body.append(html.Tr([html.Th([link, note], scope="row"), *cells], className=style))
    whole = html.Table(
        [html.Caption("Areas by city", className="unseen"), html.Thead(html.Tr(head)),
         html.Tbody(body), html.Tfoot(_feet(seen, [by[c, order[0]] for c in cities]))],
        className="matrix",
        style={"--many": str(len(cities))},
    )  # fmt: skip
    first = found.rows[0]
    told = len({a for a, *_ in found.apart})
    finding = (f"In {told} of {len(order)} areas some of these cities clearly differ: see the line"
               " under the area's name.") if told else (
        "In no area can these cities be told apart."
        if any(r.share is not None for r in found.rows) else nothing(found.rows)
    )  # fmt: skip
    return card.figure_card(
        "Areas by city", finding,
        f"{words.DOT.format(of=words.OF[first.base_name])}. All cities on one scale, 0 to"
        f" {formats.share(top, None)}; a city's name sorts by it",
        [card.scroller("Areas by city", whole),
         *(html.P(f"{names.city(c)}: {note}.", className="hint") for c, note in compared.notes)],
        foot(seen, [by[c, order[0]] for c in cities]),
    )  # fmt: skip


def foot(seen: Visit, rows: Sequence[Row]) -> card.Foot:
    """The foot of a card of several cities: the least base, all coverage, all sources."""
    site = seen.site
    found = [questions.looked(site, seen.query, r.city) for r in rows]
    least = min((r.base for r in rows if r.base is not None), default=None)
    days = [sum(d) / len(d) for d in zip(*(f.days for f in found), strict=False)]
    base = rows[0].base_name
    of = f"of {formats.number(least)} or more posts {words.OF[base]} a city" if least else words.FEW
    if not least and max(days, default=0.0) <= 0:
        of = words.NOBODY
    sources = [s for f in found for s in f.sources]
    return card.Foot(of, days, sources, words.figure(base), site.is_invented, site.tagged())


def nothing(rows: Sequence[Row]) -> str:
    """Why nothing can be said about any of the rows."""
    if all(r.state == "no_data" for r in rows):
        return "Nobody looked in this period: nothing can be said."
    return "Too few posts to tell."


def difference(found: Comparison, area: str) -> tuple[str, tuple[str, ...]] | None:
    """The highest city that is told apart from lower ones, and those; None where none is."""
    rows = sorted(
        (r for r in found.rows if r.area == area and r.share is not None),
        key=lambda r: -(r.share or 0),
    )
    for i, row in enumerate(rows):
        ties = found.ties(row.city, area)
        lower = tuple(r.city for r in rows[i + 1 :] if r.city not in ties)
        if lower:
            return row.city, lower
    return None


def _above(seen: Visit, city: str, lower: Sequence[str]) -> str:
    names = seen.site.names
    return f"{names.city(city)} above {formats.listed([names.city(c) for c in lower])}"


def _sorter(seen: Visit, city: str, name: str) -> Any:
    is_now = parameter(seen.given, "sort") == city
    mark = html.Span("▾" if is_now else "", className="sort", **{"aria-hidden": "true"})
    return dcc.Link([name, mark], href=change(seen.given, _sort=city or None), className="sorter")


def _sorted(is_now: bool, way: str) -> dict[str, str]:
    return {"aria-sort": way} if is_now else {}


def _posts(number: int | None) -> str:
    return faces.WORDS["few"] if number is None else formats.number(number)


def _feet(seen: Visit, rows: Sequence[Row]) -> list[Any]:
    """Bases, coverage, sources and posts from elsewhere under each city's column."""
    looked = [questions.looked(seen.site, seen.query, r.city) for r in rows]
    bases = [
        formats.number(r.base) if r.base is not None
        else faces.WORDS["no_data" if r.state == "no_data" else "few"]
        for r in rows
    ]  # fmt: skip
    told = {
        f"Posts {words.OF[rows[0].base_name]}": bases,
        "Coverage": [strip.coverage(found.days) for found in looked],
        "Sources": [str(len(found.sources)) for found in looked],
        "Found in other cities' sources": [_posts(r.from_elsewhere) for r in rows],
        "Own sources about other cities": [_posts(r.about_elsewhere) for r in rows],
    }
    return [
        html.Tr([html.Th(name, scope="row"), *(html.Td(v, className="figure") for v in values)])
        for name, values in told.items()
    ]

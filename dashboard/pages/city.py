"""One city: what is talked about, how it went, how people talk, who talks, where."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from analysis.compare import Row
from dashboard import city_cards, formats, questions, words
from dashboard import week as last
from dashboard.address import change, parameter
from dashboard.components import card, dot, faces
from dashboard.components import trend as line
from dashboard.components.sentence import sentence
from dashboard.page import Page, Visit, slot


def layout(seen: Visit) -> Any:
    """The frame."""
    site, code = seen.site, seen.query.cities[0]
    return html.Div(
        [
            html.H1(site.names.city(code)),
            slot(seen, "week", "Last week", height=28),
            sentence(seen, PAGE),
            html.Div(
                [
                    html.Div(
                        [
                            slot(seen, "areas", "What is talked about", height=1010),
                            slot(seen, "districts", "Districts", height=520),
                        ]
                    ),
                    html.Div(
                        [
                            slot(seen, "trend", "Over time", height=420),
                            slot(seen, "talk", "How people talk", height=340),
                            slot(seen, "mix", "Who talks, where", height=560),
                        ]
                    ),
                ],
                className="columns",
            ),
            slot(seen, "sources", "Sources", height=400),
        ]
    )


def week(seen: Visit, _: str) -> Any:
    """The last whole week in a sentence."""
    found = last.week(seen.site, seen.query.cities[0])
    whole = " All languages and platforms." if seen.is_filtered else ""
    return html.P(last.said(seen.site, found) + whole, className="lead")


def areas(seen: Visit, _: str) -> Any:
    """Every area by dimension, as dots on one scale."""
    site, code = seen.site, seen.query.cities[0]
    rows = {r.area: r for r in questions.compared(site, seen.query).comparison.rows}
    first = next(iter(rows.values()))
    top, names = dot.scale(rows.values()), site.names
    blocks: list[Any] = [
        html.Div([html.Span(className="dot-name"), dot.axis(top)], className="row")
    ]
    for dimension, label in names.dimensions.items():
        own = [rows[a] for a in names.areas if names.dimension_of[a] == dimension]
        own.sort(key=lambda r: -1.0 if r.share is None else r.share, reverse=True)
        lines = [html.Li([_link(seen, r), dot.dot(r, top)]) for r in own]
        blocks += [html.H3(label, className="small-head"),
                   html.Ul(lines, className="dots")]  # fmt: skip
        blocks[-2:] = [html.Div(blocks[-2:], className=dimension)]
    table = [dot.cells(r, names.area(r.area)) for r in rows.values()]
    return card.figure_card(
        "What is talked about", _most(seen, dot.leading(rows.values())),
        words.DOT.format(of=words.OF[first.base_name]), blocks,
        questions.foot(site, seen.query, first.base, code, base=first.base_name),
        card.Table(("Area", *dot.COLUMNS), table),
    )  # fmt: skip


def trend(seen: Visit, _: str) -> Any:
    """The chosen area, or the one talked about most, by week."""
    site, code = seen.site, seen.query.cities[0]
    area = chosen(seen)
    name = site.names.area(area)
    step, by_city = questions.series(site, seen.query, area)
    points = by_city[code]
    told = [p for p in points if p.share is not None]
    base = questions.compared(site, seen.query, (area,)).comparison.rows[0]
    foot = questions.foot(site, seen.query, base.base, code, words.GAPS, base=base.base_name)
    if not told:
        state = faces.block("few" if points else "no_data")
        return card.figure_card(f"{name} over time", "", "", state, foot)
    said, marks = _story(name, step, points), questions.marks(site, code, points)
    return card.figure_card(
        f"{name} over time", said,
        f"Line: share of posts {words.OF[base.base_name]}, by {step}. Band: 95 % interval"
        + line.key(points, marks),
        [line.trend(points, said, hue=site.names.dimension_of[area], marks=marks),
         html.P(f"Sources changed: {line.changes(marks)}.", className="hint") if marks else None],
        foot, card.Table((step.capitalize(), *line.COLUMNS), line.table(points, marks)),
        is_chart=True,
    )  # fmt: skip


def chosen(seen: Visit) -> str:
    """The area of the address, else the one talked about most."""
    named = parameter(seen.given, "area")
    if named:
        return named
    rows = questions.compared(seen.site, seen.query).comparison.rows
    return max(rows, key=lambda r: r.share or 0).area


def _link(seen: Visit, row: Row) -> Any:
    style = "dot-name chosen" if parameter(seen.given, "area") == row.area else "dot-name"
    return dcc.Link(
        seen.site.names.area(row.area), href=change(seen.given, _area=row.area), className=style
    )


def _most(seen: Visit, rows: list[Row]) -> str:
    """What is talked about most: one area, or those that cannot be told from it."""
    if not rows:
        return "Too few posts, or nobody looked: nothing can be said."
    first, of = rows[0], words.OF[rows[0].base_name]
    if len(rows) > 3:
        name = seen.site.names.area(first.area)
        return (f"{name} comes first with {_share(first)} of posts {of}; the intervals"
                f" of {len(rows) - 1} more areas reach its own.")  # fmt: skip
    if len(rows) > 1:
        names = [f"{seen.site.names.area(r.area)} ({_share(r)})" for r in rows]
        return f"Talked about most: {formats.listed(names)} of posts {of}; their intervals overlap."
    said = formats.one_in(first.share or 0)
    return (f"{seen.site.names.area(first.area)} is talked about most: {_share(first)}"
            f" of posts {of}{said and ', '}{said}.")  # fmt: skip


def _share(row: Row) -> str:
    return formats.share(row.share or 0, row.base)


def _story(name: str, step: str, points: list[line.Point]) -> str:
    """The highest week or month, and how many are missing."""
    told = [p for p in points if p.share is not None and p.low is not None and p.high is not None]
    peak = max(told, key=lambda p: p.share or 0)
    gaps = len(points) - len(told)
    text = (f"{name} was highest in {formats.step(step, peak.start)}: "
            f"{formats.share(peak.share or 0, peak.base)} of posts.")  # fmt: skip
    text = f"{text} {formats.plural(gaps, step)} cannot be told." if gaps else text
    lost = [p for p in points if p.why]
    if not lost:
        return text
    return f"{text} Lost in {formats.step(step, lost[-1].start)}: {lost[-1].why}."


PAGE = Page(
    path="city", title="City", cities=1, order=1, layout=layout,
    cards={"week": week, "areas": areas, "trend": trend, "talk": city_cards.talk,
           "mix": city_cards.mix, "districts": city_cards.districts, "sources": city_cards.sources},
)  # fmt: skip

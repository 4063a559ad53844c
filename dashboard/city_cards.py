"""Cards of the city page about how people talk, who talks, where, and what was looked at."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import formats, questions, words
from dashboard.components import bars, card, dot, faces, strip
from dashboard.page import Visit
from monitor.measured import is_measured
from store.query import Query

_TONES = (("negative", "tone-negative", "negative"), ("neutral", "tone-neutral", "neutral"),
          ("positive", "tone-positive", "positive"))  # fmt: skip
_SPEECH = (("plain", "tone-neutral", "plain"), ("quote", "quote", "quotes hate"),
           ("counter", "counter", "answers hate"), ("hate", "hate", "hate"))  # fmt: skip
_HATE = (("yes", "hate", "hate"), ("no", "tone-neutral", "no hate"))
_MIXES = (("voice", "Voices"), ("platform", "Platforms"), ("lang", "Languages"))
_OF = words.DOT.format(of=words.OF["relevant"])
_MOST = 6
_SHOWN = 12  # districts before the rest is folded away


def talk(seen: Visit, _: str) -> Any:
    """Tone, hate and speech as 100 % bars, where an evaluation stands behind them."""
    query, note = _whole(seen)
    languages = seen.site.workspace.registry.home(query.cities[0]).languages
    blocks, table, base = [], [], None
    for column, title, names in (
        ("tone", "Tone", _TONES), ("hate", "Hate", _HATE), ("speech", "Speech", _SPEECH),
    ):  # fmt: skip
        rows, cell = questions.mix(seen.site, query, column)
        base = cell.posts
        if rows and is_measured(column, languages):
            blocks.append(bars.bar(title, questions.parts(rows, names)))
            table += [dot.cells(r, f"{title}: {r.area}") for r in rows]
        else:
            blocks.append(bars.unmeasured(title))
    finding = (
        ""
        if table
        else ("Not measured yet: no model for this has been tested in this city's languages.")
    )
    return card.figure_card(
        "How people talk", finding, f"{note}Share of posts about integration", blocks,
        questions.foot(seen.site, query, base, query.cities[0], words.HEADS),
        card.Table(("What", *dot.COLUMNS), table) if table else None,
    )  # fmt: skip


def mix(seen: Visit, _: str) -> Any:
    """Languages, platforms and voices of the posts."""
    query, note = _whole(seen)
    names = seen.site.names
    labels = {"lang": names.languages, "platform": names.platforms, "voice": words.VOICES}
    scale = html.Div([html.Span(className="dot-name"), dot.axis(1.0)], className="row")
    blocks, table, found, base = [scale], [], [], None
    for column, title in _MIXES:
        rows, cell = questions.mix(seen.site, query, column)
        base = cell.posts
        called = labels[column]
        lines = [
            html.Li([html.Span(called.get(r.area, r.area), className="dot-name"), dot.dot(r, 1.0)])
            for r in rows[:_MOST]
        ]
        rest = len(rows) - _MOST
        more = html.P(f"and {rest} more in the table", className="muted") if rest > 0 else None
        blocks.append(html.Div([html.H3(title, className="small-head"),
                                html.Ul(lines, className="dots"), more]))  # fmt: skip
        first = next((r for r in rows if r.share is not None), None)
        if first:
            found.append(f"{called.get(first.area, first.area)}"
                         f" ({formats.share(first.share or 0, first.base)})")  # fmt: skip
        table += [dot.cells(r, f"{title}: {called.get(r.area, r.area)}") for r in rows]
    return card.figure_card(
        "Who talks, and where", f"Mostly: {', '.join(found)}." if found else "", note + _OF, blocks,
        questions.foot(seen.site, query, base, query.cities[0]),
        card.Table(("What", *dot.COLUMNS), table),
    )  # fmt: skip


def districts(seen: Visit, _: str) -> Any:
    """Districts that posts name."""
    query, note = _whole(seen)
    code = query.cities[0]
    there = {f"{code}/{d.code}": d.name for d in seen.site.workspace.registry.home(code).districts}
    found, base = questions.mix(seen.site, query, "place")
    told = [r for r in found if r.area in there and r.share is not None]
    foot = questions.foot(seen.site, query, base.posts, code)
    if not told:
        few = faces.block("few", "No district is named in enough posts.")
        return card.figure_card("Districts", "", "", few, foot)
    top = dot.scale(told)
    lines = [
        html.Li([html.Span(there[r.area], className="dot-name"), dot.dot(r, top)]) for r in told
    ]
    scale = html.Div([html.Span(className="dot-name"), dot.axis(top)], className="row")
    rest = html.Details(
        [html.Summary(formats.plural(len(lines) - _SHOWN, "more district")),
         html.Ul(lines[_SHOWN:], className="dots")]
    ) if len(lines) > _SHOWN else None  # fmt: skip
    silent = len(there) - len(told)
    rest_said = f"{silent} of {len(there)} districts: too few posts, or none." if silent else ""
    return card.figure_card(
        "Districts", _named([there[r.area] for r in dot.leading(told)]),
        f"{note}Dot: share of posts about integration that name the district. Bar: 95 % interval",
        [scale, html.Ul(lines[:_SHOWN], className="dots"), rest,
         html.P(rest_said, className="muted") if rest_said else None],
        foot,
        card.Table(("District", *dot.COLUMNS), [dot.cells(r, there[r.area]) for r in told]),
    )  # fmt: skip


def sources(seen: Visit, _: str) -> Any:
    """Every source of the city and how much of the time it was looked at."""
    query, note = _whole(seen)
    site, code = seen.site, query.cities[0]
    since, until = questions.ends(query)
    found = site.looked_by_source(code, since, until)
    base = questions.mix(site, query, "voice")[1]
    foot = questions.foot(site, query, base.posts, code, words.COVERAGE)
    if not found:
        return card.figure_card("Sources", "", "", faces.block("no_data"), foot)
    city = site.workspace.registry.city(code)
    listed = {s.code: s for s in (*city.sources, *city.retired) if s.code in found}
    names = ["Source", *(("Platform", "Voice") if listed else ()), "By week", "Days", "Gaps"]
    rows = []
    for source, there in sorted(found.items()):
        cells = [html.Th(source, scope="row")]
        if listed:
            known = listed.get(source)
            platform = site.names.platforms.get(known.platform, known.platform) if known else ""
            cells += [html.Td(platform), html.Td(known.voice if known else "")]
        cells += [
            html.Td(strip.coverage(there.days)),
            html.Td(formats.share(there.share, None), className="figure"),
            html.Td("; ".join(there.reasons) or "none", className="muted"),
        ]
        rows.append(html.Tr(cells))
    head = [html.Th(h, scope="col", className="figure" if h == "Days" else "") for h in names]
    whole = sum(1 for s in found.values() if s.share > 0.995)
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="plain")
    return card.figure_card(
        "Sources",
        f"{whole} of {formats.plural(len(rows), 'source')} without a gap."
        f" {_elsewhere(seen, query)}",
        f"{note}Share of the days on which each source was looked at, up to"
        f" {formats.day(site.newest())}",
        card.scroller("Sources, by week", table), foot,
    )  # fmt: skip


def _elsewhere(seen: Visit, query: Query) -> str:
    """How much was found in other cities' sources, and in this city's about others."""
    code = query.cities[0]
    found = questions.elsewhere(seen.site, query)[code]
    came, went = (
        "too few to say how many" if n is None else formats.plural(n, "post")
        for n in (found.came, found.went)
    )
    return (
        f"About {seen.site.names.city(code)} in the sources of other cities: {came}. About other"
        f" cities in these sources: {went}."
    )


def _named(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is named most."
    if len(names) > 3:
        return (f"{names[0]} comes first; the intervals of {len(names) - 1} more districts reach"
                " its own.")  # fmt: skip
    return f"Named most: {formats.listed(names)}; their intervals overlap."


def _whole(seen: Visit) -> tuple[Query, str]:
    """The Query without the filters that these cards cannot take, and words that say so."""
    return questions.whole(seen.query), words.WHOLE if seen.is_filtered else ""

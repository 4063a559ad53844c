"""Cards of the city page about how people talk, who talks, where, and what was looked at."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import formats, questions, words
from dashboard.components import bars, card, dot, faces, strip
from dashboard.page import Visit
from monitor.measured import is_measured

_TONES = (("negative", "tone-negative", "negative"), ("neutral", "tone-neutral", "neutral"),
          ("positive", "tone-positive", "positive"))  # fmt: skip
_SPEECH = (("plain", "tone-neutral", "plain"), ("quote", "quote", "quotes hate"),
           ("counter", "counter", "answers hate"), ("hate", "hate", "hate"))  # fmt: skip
_HATE = (("yes", "hate", "hate"), ("no", "tone-neutral", "no hate"))
_MIXES = (("lang", "Languages"), ("platform", "Platforms"), ("voice", "Voices"))
_OF = "Share of posts on integration, 95 % interval"
_MOST = 6
_SHOWN = 12  # districts before the rest is folded away


def talk(seen: Visit, _: str) -> Any:
    """Tone, hate and speech as 100 % bars, where an evaluation stands behind them."""
    languages = seen.site.workspace.registry.city(seen.query.cities[0]).languages
    blocks, table, base = [], [], None
    for column, title, names in (
        ("tone", "Tone", _TONES), ("hate", "Hate", _HATE), ("speech", "Speech", _SPEECH),
    ):  # fmt: skip
        rows, cell = questions.mix(seen.site, seen.query, column)
        base = cell.posts
        if rows and is_measured(column, languages):
            blocks.append(bars.bar(title, questions.parts(rows, names)))
            table += [dot.cells(r, f"{title}: {r.area}") for r in rows]
        else:
            blocks.append(bars.unmeasured(title))
    finding = "" if table else "Not measured yet: no tested model stands behind these figures."
    return card.figure_card(
        "How people talk", finding, "Share of posts on integration", blocks,
        questions.foot(seen.site, seen.query, base, seen.query.cities[0], words.HEADS),
        card.Table(("What", *dot.COLUMNS), table) if table else None,
    )  # fmt: skip


def mix(seen: Visit, _: str) -> Any:
    """Languages, platforms and voices of the posts."""
    names = seen.site.names
    labels = {"lang": names.languages, "platform": names.platforms, "voice": words.VOICES}
    blocks, table, base = [], [], None
    for column, title in _MIXES:
        rows, cell = questions.mix(seen.site, seen.query, column)
        base = cell.posts
        called = labels[column]
        lines = [
            html.Li([html.Span(called.get(r.area, r.area), className="dot-name"), dot.dot(r, 1.0)])
            for r in rows[:_MOST]
        ]
        rest = len(rows) - _MOST
        note = html.P(f"and {rest} more in the table", className="muted") if rest > 0 else None
        blocks.append(html.Div([html.H3(title, className="small-head"),
                                html.Ul(lines, className="dots"), note]))  # fmt: skip
        table += [dot.cells(r, f"{title}: {called.get(r.area, r.area)}") for r in rows]
    return card.figure_card(
        "Who talks, where", "", _OF, blocks,
        questions.foot(seen.site, seen.query, base, seen.query.cities[0]),
        card.Table(("What", *dot.COLUMNS), table),
    )  # fmt: skip


def districts(seen: Visit, _: str) -> Any:
    """Districts that posts name."""
    code = seen.query.cities[0]
    there = {f"{code}/{d.code}": d.name for d in seen.site.workspace.registry.city(code).districts}
    found, base = questions.mix(seen.site, seen.query, "place")
    told = [r for r in found if r.area in there and r.share is not None]
    if not told:
        return faces.whole("Districts", "few", "No district is named in enough posts.")
    top = dot.scale(told)
    lines = [
        html.Li([html.Span(there[r.area], className="dot-name"), dot.dot(r, top)]) for r in told
    ]
    rest = html.Details(
        [html.Summary(formats.plural(len(lines) - _SHOWN, "more district")),
         html.Ul(lines[_SHOWN:], className="dots")]
    ) if len(lines) > _SHOWN else None  # fmt: skip
    silent = len(there) - len(told)
    note = f"{silent} of {len(there)} districts: too few posts, or none." if silent else ""
    return card.figure_card(
        "Districts", f"{there[told[0].area]} is named most.",
        "Share of posts on integration that name the district, 95 % interval",
        [html.Ul(lines[:_SHOWN], className="dots"), rest, html.P(note, className="muted")],
        questions.foot(seen.site, seen.query, base.posts, code),
        card.Table(("District", *dot.COLUMNS), [dot.cells(r, there[r.area]) for r in told]),
    )  # fmt: skip


def sources(seen: Visit, _: str) -> Any:
    """Every source of the city and how much of the time it was looked at."""
    site, code = seen.site, seen.query.cities[0]
    since, until = questions.ends(seen.query)
    found = site.looked_by_source(code, since, until)
    if not found:
        return faces.whole("Sources", "no_data")
    listed = {s.code: s for s in site.workspace.registry.city(code).sources if s.code in found}
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
            html.Td("; ".join(there.reasons), className="muted"),
        ]
        rows.append(html.Tr(cells))
    head = [html.Th(h, scope="col", className="figure" if h == "Days" else "") for h in names]
    whole = sum(1 for s in found.values() if s.share > 0.995)
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="plain")
    base = questions.mix(site, seen.query, "voice")[1]
    return card.figure_card(
        "Sources", f"{whole} of {formats.plural(len(rows), 'source')} without a gap.",
        "Days of the period that were looked at, up to the newest",
        html.Div(table, className="scroller", tabIndex="0", role="region",
                 **{"aria-label": "Sources, by week"}),
        questions.foot(site, seen.query, base.posts, code, words.COVERAGE),
    )  # fmt: skip

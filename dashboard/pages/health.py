"""Health of the sources, for the administrator: alerts first, then every source, worst first.

Counts here are of what was collected, whatever it says: by source alone, never by subject.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import MATCH, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from base.time import now
from dashboard import formats, roles, words
from dashboard.address import change, parameter
from dashboard.callback import Callbacks
from dashboard.components import alert, card
from dashboard.components.spark import spark
from dashboard.components.still import still
from dashboard.page import Page, Visit, slot
from dashboard.site import Site
from monitor.sources import alerts
from monitor.sources.health import Health, health
from monitor.sources.looks import Gap
from monitor.sources.verdict import STATES, span

_MOST_REASONS = 50


def layout(seen: Visit) -> Any:
    """The frame."""
    return html.Div(
        [
            html.H1("Health"),
            html.P(
                "Whether the sources still bring what they usually do, what was lost, and what"
                " waits for somebody.",
                className="lead",
            ),
            html.Div(
                [
                    slot(seen, "alerts", "Alerts", size="wide", height=180, is_fresh=True),
                    slot(seen, "sources", "Sources", size="wide", height=700, is_fresh=True),
                    slot(seen, "quarantine", "Items that could not be read", size="wide",
                         height=180, is_fresh=True),
                ],
                className="grid",
            ),
        ]
    )  # fmt: skip


def open_alerts(seen: Visit, _: str) -> Any:
    """What waits for somebody, and what somebody knows but is not over."""
    workspace = seen.site.workspace
    cities = set(seen.query.cities)
    every = alerts.follow(workspace.database, health(workspace))
    found = [a for a in every if not seen.given.query.cities or a.home in cities]
    waiting = [a for a in found if a.is_open]
    finding = (f"{formats.plural(len(waiting), 'alert')} waiting for somebody." if waiting
               else "Nothing waits for anybody.")  # fmt: skip
    rows = [
        alert.row(a, seen.site.names.city(a.home))
        for a in sorted(found, key=lambda a: (not a.is_open, a.number))
    ]
    listed = html.Ul(rows, className="alerts") if rows else None
    return _card(seen, "Alerts", finding, listed, about=(words.ALERTS,))


def sources(seen: Visit, _: str) -> Any:
    """Every source of the cities asked for, worst state first."""
    site = seen.site
    asked = seen.given.query.cities
    every = [h for h in health(site.workspace) if h.home in (asked or seen.query.cities)]
    counts = Counter(h.state for h in every)
    chosen = parameter(seen.given, "state")
    shown = [h for h in every if not chosen or h.state == chosen]
    at = now()
    wrong = len(every) - counts["ok"] - counts["new"] - counts["retired"]
    names = ["State", "Source", "What is known", "Posts a day, 8 weeks", "Looked at",
             "#Newest post was", "#Unread", "Gaps in 8 weeks", "Quota left"]  # fmt: skip
    head = [html.Th(n.lstrip("#"), scope="col", className="figure" if n[0] == "#" else "")
            for n in names]  # fmt: skip
    table = html.Table(
        [html.Caption("Sources and how they are", className="unseen"),
         html.Thead(html.Tr(head)), html.Tbody([_row(seen, h, at) for h in shown])],
        className="plain health",
    )  # fmt: skip
    content = [_choices(seen, counts, chosen), card.scroller("Sources", table)]
    return still(_card(seen, "Sources", _finding(len(every), wrong), *content, about=words.HEALTH))


def quarantine(seen: Visit, _: str) -> Any:
    """Why items could not be read, most frequent first; never what they say."""
    asked = seen.given.query.cities
    rows = [r for r in seen.site.workspace.database.quarantined() if not asked or r[0] in asked]
    items = sum(r[3] for r in rows)
    body = [
        html.Tr([html.Td(seen.site.names.city(home)), html.Td(source), html.Td(reason),
                 html.Td(formats.number(count), className="figure")])
        for home, source, reason, count in rows[:_MOST_REASONS]
    ]  # fmt: skip
    head = [html.Th(n, scope="col") for n in ("City", "Source", "Reason")]
    table = html.Table(
        [html.Thead(html.Tr([*head, html.Th("Items", scope="col", className="figure")])),
         html.Tbody(body)],
        className="plain",
    )  # fmt: skip
    finding = f"{formats.plural(items, 'item')} in quarantine." if items else "None in quarantine."
    shown = card.scroller("Reasons", table) if body else None
    return still(_card(seen, "Items that could not be read", finding, shown,
                       about=(words.QUARANTINE,)))  # fmt: skip


def _card(seen: Visit, title: str, finding: str, *content: Any, about: Sequence[str]) -> Any:
    """A card that holds no figure of posts: its foot says how it is told."""
    told = html.Details([html.Summary("How this is told"),
                         html.Div([html.P(p) for p in about], className="about")])  # fmt: skip
    heading = html.H2(title, className="card-title")
    return html.Div(
        [
            html.Div([heading, card.invented(seen.site.is_invented)], className="card-head"),
            html.P(finding, className="finding"),
            *content,
            html.Footer(told, className="foot"),
        ],
        className="card",
    )


def _finding(many: int, wrong: int) -> str:
    if not many:
        return "No source yet."
    if not wrong:
        return f"{formats.plural(many, 'source')}, none of them in trouble."
    verb = "needs" if wrong == 1 else "need"
    return f"{formats.number(wrong)} of {formats.plural(many, 'source')} {verb} a look."


def _choices(seen: Visit, counts: Counter[str], chosen: str) -> Any:
    """The filters: a line of cities, a line of states."""
    site, asked = seen.site, seen.given.query.cities

    def link(name: str, address: str, *, is_here: bool) -> Any:
        return html.Span(dcc.Link(name, href=address, className="chosen" if is_here else ""))

    cities = [link("all cities", change(seen.given, cities=()), is_here=not asked)]
    cities += [link(site.names.city(c), change(seen.given, cities=(c,)), is_here=asked == (c,))
               for c in site.cities()]  # fmt: skip
    states = [link("every state", change(seen.given, _state=None), is_here=not chosen)]
    states += [link(f"{s} {counts[s]}", change(seen.given, _state=s), is_here=s == chosen)
               for s in STATES if counts[s] or s == chosen]  # fmt: skip
    return html.Nav(
        [html.Div(cities, className="dotted"), html.Div(states, className="dotted")],
        className="choices", **{"aria-label": "Which sources"},
    )  # fmt: skip


def _row(seen: Visit, found: Health, at: datetime) -> Any:
    names = seen.site.names
    platform = names.platforms.get(found.platform, found.platform)
    where = " · ".join(n for n in (names.city(found.home), platform) if n)
    looked = "never" if found.looked is None else f"{span(max(at - found.looked, _ZERO))} ago"
    unread = formats.share(found.unread / found.items, None) if found.items else ""
    before = html.Span(
        f"{formats.share(found.past_unread / found.past_items, None)} before", className="above"
    ) if found.past_items else None  # fmt: skip
    dropped = html.Span(
        f"{formats.number(found.dropped)} dropped", className="above"
    ) if found.dropped else None  # fmt: skip
    return html.Tr(
        [
            html.Td(html.Span(found.state, className=f"health-state health-{found.state}")),
            html.Th([found.source, html.Span(where, className="above")], scope="row"),
            html.Td(f"{found.says[:1].upper()}{found.says[1:]}.", className="says"),
            html.Td(
                spark(found.posts, _said(found))
                if any(n is not None for n in found.posts)
                else html.Span("no whole day yet", className="muted")
            ),
            html.Td([looked, _rhythm(found)]),
            html.Td("" if found.age is None else f"{span(found.age)} old", className="figure"),
            html.Td([unread, before, dropped], className="figure"),
            html.Td(_gaps(found.gaps)),
            html.Td(found.quota or "not told", className="" if found.quota else "muted"),
        ]
    )


_ZERO = timedelta()


def _rhythm(found: Health) -> Any:
    if found.rhythm is None:
        return None
    return html.Span(f"usually every {span(found.rhythm)}", className="above")


def _said(found: Health) -> str:
    """The spark line in words."""
    known = [n for n in found.posts if n is not None]
    if not known:
        return "no day was looked at in full"
    usual = found.usual
    of = f", usually {usual.low:.0f} to {usual.high:.0f}" if usual else ""
    return (f"{formats.plural(sum(known), 'post')} on {formats.plural(len(known), 'day')}; on the"
            f" last {formats.number(known[-1])}{of}")  # fmt: skip


def _gaps(gaps: Sequence[Gap]) -> Any:
    if not gaps:
        return html.Span("none", className="muted")
    lines = [html.Li(f"{formats.span(g.since, g.until)}: {g.reason}") for g in gaps]
    if len(lines) == 1:
        return html.Ul(lines)
    days = sum((g.until - g.since).days for g in gaps)
    said = f"{formats.plural(len(gaps), 'gap')}, {formats.plural(days, 'day')}"
    return html.Details([html.Summary(said), html.Ul(lines)])


CARDS: dict[str, Callable[[Visit, str], Any]] = {
    "alerts": open_alerts, "sources": sources, "quarantine": quarantine,
}  # fmt: skip


def register(callbacks: Callbacks, site: Site) -> None:
    """Acknowledge an alert."""

    def acknowledge(clicks: int | None, truly: int | None, asked: dict[str, Any]) -> Any:
        if not (clicks or truly):
            raise PreventUpdate
        number, database = int(asked["number"]), site.workspace.database
        return alert.known(alerts.acknowledge(database, number, "local", is_true=bool(truly)))

    one = {"number": MATCH}
    callbacks.add(
        roles.TEND, acknowledge, Output({"type": "acknowledged", **one}, "children"),
        [Input({"type": "ack", **one}, "n_clicks"),
         Input({"type": "ack-true", **one}, "n_clicks")],
        [State({"type": "ack", **one}, "id")], first=False,
    )  # fmt: skip


PAGE = Page(
    path="health", title="Health", cities=99, order=8, layout=layout, cards=CARDS,
    action=roles.TEND, register=register,
)  # fmt: skip

"""What the page "Enter your city" shows: fields, what was found, what was saved, the history."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from base.errors import UniteError
from dashboard import formats
from dashboard.components import card
from dashboard.entering import Draft
from monitor.entering import drafting
from monitor.entering.gathering import Candidate
from monitor.entering.overlay import Change, Overlay

_HEAD = ("Save", "Source", "Last post", "#Posts a day", "#Touch an area")


def field(name: str, label: str, hint: str, **more: Any) -> Any:
    """A line to type in, with its label above and what is expected below."""
    return html.Div(
        [
            html.Label(label, htmlFor=f"enter-{name}", className="label"),
            dcc.Input(id=f"enter-{name}", type="text", value="", className="input", debounce=False,
                      autoComplete="off", **more),
            html.P(hint, className="hint"),
        ],
        className="field",
    )  # fmt: skip


def found(draft: Draft, token: str) -> Any:
    """The place and its sources with their trials, to tick and save."""
    cells, there = draft.cells, draft.found
    facts = [("Code", cells["code"]), ("Languages", ", ".join(cells["languages"])),
             ("Time zone", cells["time_zone"])]  # fmt: skip
    if there is not None:
        people = formats.number(there.population) if there.population else "not known"
        if there.as_of:
            people += f" ({there.as_of[:4]}, GeoNames)"
        facts = [
            facts[0], ("Where", f"{there.country}, {there.latitude:.2f}, {there.longitude:.2f}"),
            ("People", people), *facts[1:],
            ("Districts", formats.number(len(cells.get("district", ())))),
            ("Names that count", ", ".join(cells["names"])),
        ]  # fmt: skip
        if there.other_names:
            facts.append(("Also called", f"{', '.join(there.other_names[:12])}: these do not count"
                          " unless you name them"))  # fmt: skip
    unread = drafting.unread(cells["languages"])
    note = f"No word lists for {', '.join(unread)} yet: of such posts little is found."
    intro = (
        f"{cells['name']} is there already: sources that you tick are added to it."
        if draft.is_known
        else None
    )
    return html.Section(
        [
            html.H2(cells["name"], className="card-title"),
            html.P(intro, className="finding") if intro else None,
            html.Dl([part for k, v in facts for part in (html.Dt(k), html.Dd(v))]),
            html.P(note, className="hint") if unread else None,
            *(_problem(f.error, html.Strong(f.site), ": ") for f in draft.failed),
            _candidates(draft),
            html.Div(
                [
                    field("author", "Your name", "it stays in the history"),
                    field("reason", "Why", "in a sentence"),
                ],
                className="fields",
            ),
            html.Button("Save", id="enter-save", className="button", n_clicks=0),
            dcc.Store(id="enter-token", data=token),
        ],
        className="card form", **{"aria-label": "What was found"},
    )  # fmt: skip


def _candidates(draft: Draft) -> Any:
    if not draft.candidates:
        return html.P(
            "No source yet: the city is then known as a place, and files can be imported for it.",
            className="hint",
        )
    head = [
        html.Th(h.lstrip("#"), scope="col", className="figure" if h[0] == "#" else "")
        for h in _HEAD
    ]
    table = html.Table(
        [html.Thead(html.Tr(head)), html.Tbody([_line(one) for one in draft.candidates])],
        className="plain",
    )
    reached = sum(one.tried.is_reached for one in draft.candidates)
    return html.Div(
        [
            html.P(
                f"{formats.plural(len(draft.candidates), 'feed')} found, {reached} answered."
                " One that did not is saved as unverified if you tick it.",
                className="measure",
            ),
            card.scroller("Sources and what their trial said", table),
        ]
    )


def _line(one: Candidate) -> Any:
    cells, tried = one.cells, one.tried
    box = dmc.Checkbox(
        id={"type": "enter-choose", "code": cells["code"]}, checked=tried.is_reached,
        label=html.Span(f"Save {cells['name']}", className="unseen"),
    )  # fmt: skip
    name = html.Th([cells["name"], html.Span(cells["address"], className="above")], scope="row")
    if tried.error is not None:
        told = html.Td(_problem(tried.error), colSpan=3)
        return html.Tr([html.Td(box), name, told])
    if tried.last is None or tried.touching is None:
        return html.Tr([html.Td(box), name, html.Td(str(tried), colSpan=3)])
    return html.Tr(
        [
            html.Td(box),
            name,
            html.Td(formats.day(tried.last.date())),
            html.Td(f"{tried.a_day:.1f}", className="figure"),
            html.Td(f"{formats.share(tried.touching, tried.posts)} of {tried.posts}",
                    className="figure"),
        ]
    )  # fmt: skip


def _problem(error: UniteError, *before: Any) -> Any:
    """What went wrong and what to do, in a line."""
    hint = error.hint or ""
    return html.P(
        [*before, f"{error.what}.", f" {hint[:1].upper()}{hint[1:]}." if hint else ""],
        className="failed",
    )


def saved(change: Change) -> Any:
    """What was saved, and what comes next."""
    many = formats.plural(len(change.entries), "source")
    name = change.entry.get("name", change.city)
    said = f"{name} was entered" if change.of == "city" else f"{name} was changed"
    return html.Section(
        [
            html.H2("Saved", className="card-title"),
            html.P(f"{said} with {many} (change {change.number}).", className="finding"),
            html.P(["Collect: ", html.Code(f"unite collect {change.city}"), ". Posts collected"
                    " before know nothing of its names: ", html.Code("unite retag"), "."]),
        ],
        className="card", **{"aria-label": "Saved"},
    )  # fmt: skip


def undone(change: Change) -> Any:
    """What was taken back."""
    return html.Section(
        [html.P(f"Change {change.number} of {change.city} is undone.", className="finding")],
        className="card", **{"aria-label": "Undone"},
    )  # fmt: skip


def log(overlay: Overlay) -> Any:
    """Every change ever made here, the newest first, with its undo."""
    problems = [_problem(p, html.Strong(p.where), ": ") for p in overlay.problems]
    if not overlay.changes:
        body: Any = html.P("Nothing was entered here yet.", className="hint")
    else:
        names = ("Change", "What", "City", "Sources", "By", "Why", "")
        head = [html.Th(n or html.Span("Undo", className="unseen"), scope="col") for n in names]
        rows = [_change(c) for c in reversed(overlay.changes)]
        table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="plain")
        body = html.Div(
            [
                card.scroller("What was entered here", table),
                html.Div(field("undo-author", "Your name", "to take a change back"),
                         className="fields"),
            ]
        )  # fmt: skip
    return html.Section(
        [html.H2("What was entered here", className="card-title"), *problems, body],
        className="card form", **{"aria-label": "What was entered here"},
    )  # fmt: skip


def _change(change: Change) -> Any:
    if change.undone:
        last: Any = html.Span(
            f"undone by {change.undone_by}, {formats.day(change.undone)}", className="muted"
        )
    else:
        last = html.Button(
            ["Undo", html.Span(f" change {change.number}", className="unseen")],
            id={"type": "enter-undo", "number": change.number}, className="theme", n_clicks=0,
        )  # fmt: skip
    codes = [e["code"] for e in change.entries if change.of != "district"]
    return html.Tr(
        [
            html.Th(str(change.number), scope="row"),
            html.Td(f"{change.action} {change.of}"),
            html.Td(change.city),
            html.Td(formats.listed(codes, 4) or "none"),
            html.Td(f"{change.author}, {formats.day(change.day)}"),
            html.Td(change.reason),
            html.Td(last),
        ]
    )

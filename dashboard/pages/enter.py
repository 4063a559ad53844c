"""Enter your city: the place, its districts, feeds of its sites that were tried; saved, undone."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard import enter_faces as faces
from dashboard import roles
from dashboard.callback import Callbacks
from dashboard.components.faces import error as error_face
from dashboard.entering import Drafts, Form, drafted, save
from dashboard.page import Page, Visit
from dashboard.site import Site
from monitor.entering import editing, effective, place
from store.schema import VOICES

_WAIT = "Asking the sites, a second between two questions: this may take a minute."
_FIELDS = ("name", "country", "at", "also", "languages", "time_zone")


def layout(seen: Visit) -> Any:
    """The form, what was found, what was entered here before."""
    del seen
    return html.Div(
        [
            html.H1("Enter your city"),
            html.P(
                "A city needs a name and, to collect from, sources: each is tried before it is"
                " saved. What ships is never changed; every change can be taken back.",
                className="lead",
            ),
            html.Div(
                [
                    _form(),
                    html.Div(
                        [html.P(id="enter-busy", className="hint"), html.Div(id="enter-found")],
                        role="status",
                    ),
                ],
                className="enter",
            ),
            html.Div(id="enter-saved", role="status"),
            html.Div(id="enter-undone", role="status"),
            html.Div(id="enter-log"),
        ]
    )


def _form() -> Any:
    known = place.countries().values()
    countries = html.Datalist([html.Option(c.name, value=c.code) for c in known], id="enter-known")
    zones = sorted({z for c in known for z in c.time_zones})
    return html.Section(
        [
            html.H2("The city", className="card-title"),
            faces.field("name", "Name", "what its people call it, such as Uppsala"),
            html.Div(
                [
                    faces.field("country", "Country", "only where several places bear the name: DE",
                                list="enter-known"),
                    faces.field("at", "Point", "latitude,longitude, where no list knows it"),
                    faces.field("languages", "Languages", "empty: those of the country"),
                    faces.field("time_zone", "Time zone", "empty: that of the country",
                                list="enter-zones"),
                ],
                className="fields",
            ),
            faces.field("also", "Other names", "that should count in posts, with commas between"),
            countries,
            html.Datalist([html.Option(value=z) for z in zones], id="enter-zones"),
            html.Div(
                [
                    html.Span("Districts", className="label"),
                    # what it draws has no name of its own: page.js gives it this one
                    html.Div(
                        dcc.Upload(html.Span("Choose a file", className="theme"),
                                   id="enter-upload", className="upload", max_size=5_000_000),
                        **{"data-names-file": "Districts: choose a file"},
                    ),
                    html.Span(id="enter-file", className="hint", role="status"),
                    html.P("CSV with a column name (and names, with | between), or GeoJSON with"
                           " name", className="hint"),
                ]
            ),
            html.H2("Its sources", className="card-title"),
            html.Div(
                [
                    html.Label("Sites", htmlFor="enter-sites", className="label"),
                    dcc.Textarea(id="enter-sites", className="input", rows=3, value=""),
                    html.P("Addresses of the town hall, newspapers, associations; one a line. Their"
                           " feeds are looked for, as robots.txt allows.", className="hint"),
                ]
            ),
            dmc.RadioGroup(
                dmc.Group([dmc.Radio(label=v, value=v) for v in VOICES], gap=16),
                id="enter-voice", value="media", label="Whose words",
            ),
            html.Button("Look and try", id="enter-look", className="button", n_clicks=0),
        ],
        className="card form", **{"aria-label": "What is entered"},
    )  # fmt: skip


def register(callbacks: Callbacks, site: Site) -> None:
    """Look, save, undo, and the list of what was entered."""
    drafts = Drafts()

    def look(
        clicks: int | None, upload: str, file: str, sites: str, voice: str, *fields: str
    ) -> Any:
        if not clicks:
            raise PreventUpdate
        given = dict(zip(_FIELDS, (f or "" for f in fields), strict=True))
        form = Form(**given, upload=upload or "", file=file or "", sites=sites or "", voice=voice)
        draft = drafted(site.workspace, form)
        return faces.found(draft, drafts.keep(draft))

    def keep(
        clicks: int | None,
        token: str,
        ticked: list[bool],
        boxes: list[dict[str, str]],
        author: str,
        reason: str,
    ) -> Any:
        if not clicks:
            raise PreventUpdate
        chosen = [box["code"] for box, is_ticked in zip(boxes, ticked, strict=True) if is_ticked]
        change = save(site.workspace, drafts.of(token), chosen, author or "", reason or "")
        site.follow()
        return faces.saved(change)

    def undo(clicks: list[int | None], numbers: list[dict[str, Any]], author: str) -> Any:
        pressed = [i["number"] for i, n in zip(numbers, clicks, strict=True) if n]
        if not pressed:
            raise PreventUpdate
        change = editing.undo(site.workspace, pressed[0], author or "")
        site.follow()
        return faces.undone(change)

    def log(*_: Any) -> Any:
        return faces.log(effective.overlay_of(site.workspace.settings))

    def file(name: str | None) -> str:
        return name or "none chosen"

    callbacks.add(
        roles.ENTER, look, Output("enter-found", "children"), [Input("enter-look", "n_clicks")],
        [State("enter-upload", "contents"), State("enter-upload", "filename"),
         State("enter-sites", "value"), State("enter-voice", "value"),
         *(State(f"enter-{name}", "value") for name in _FIELDS)],
        first=False, on_error=_inline,
        running=[(Output("enter-look", "disabled"), True, False),
                 (Output("enter-busy", "children"), _WAIT, "")],
    )  # fmt: skip
    callbacks.add(
        roles.ENTER, keep, Output("enter-saved", "children"), [Input("enter-save", "n_clicks")],
        [State("enter-token", "data"), State({"type": "enter-choose", "code": ALL}, "checked"),
         State({"type": "enter-choose", "code": ALL}, "id"),
         State("enter-author", "value"), State("enter-reason", "value")],
        first=False, on_error=_inline,
        running=[(Output("enter-save", "disabled"), True, False)],
    )  # fmt: skip
    callbacks.add(
        roles.ENTER, undo, Output("enter-undone", "children"),
        [Input({"type": "enter-undo", "number": ALL}, "n_clicks")],
        [State({"type": "enter-undo", "number": ALL}, "id"), State("enter-undo-author", "value")],
        first=False, on_error=_inline,
    )  # fmt: skip
    callbacks.add(
        roles.ENTER, log, Output("enter-log", "children"),
        [Input("enter-saved", "children"), Input("enter-undone", "children")], on_error=_inline,
    )  # fmt: skip
    callbacks.add(
        roles.ENTER, file, Output("enter-file", "children"), [Input("enter-upload", "filename")]
    )


def _inline(problem: Any) -> Any:
    return error_face(problem, title="This cannot be used as it is", back=False)


PAGE = Page(path="enter", title="Enter your city", cities=0, order=9, layout=layout, cards={},
            action=roles.ENTER, register=register)  # fmt: skip

"""The application: Dash on FastAPI behind the door, with nothing asked of another host.

Comes in: a Workspace and the sessions of this server. Goes out: an ASGI application. The frame
paints at once; a page is a function of its address, and each of its cards loads by itself.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate
from fastapi import FastAPI
from starlette.responses import Response

from base.errors import BadInput, UniteError, unknown
from dashboard import address, headers, roles, tokens
from dashboard.callback import Callbacks
from dashboard.components import faces
from dashboard.components.still import still
from dashboard.page import Page, find, visit
from dashboard.sign_in import Door, Sessions
from dashboard.site import Site
from dashboard.watching import Watch
from monitor.metrics.scrape import Scrape
from monitor.readiness import Readiness
from monitor.workspace import Workspace
from store.query import View

NAME = "UniteEurope"
LANGUAGE = "en"
_INVENTED = "Invented sample posts: nothing here says anything about a real city."


def create_app(workspace: Workspace, sessions: Sessions, port: int) -> Watch:
    """The pages of one installation, served on that port of this machine."""
    settings = workspace.settings
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    site = Site(workspace)
    site.warm()
    app = build(site, server, settings.dashboard_threads)
    secured = headers.security(app.csp_hashes())
    token = settings.dashboard_metrics_token
    return Watch(
        Door(server, sessions, port, secured, settings.dashboard_address),
        Readiness(workspace),
        Scrape(workspace),
        token=token.get_secret_value() if token else None,
        port=port,
        headers=secured,
    )


def build(site: Site, server: FastAPI, threads: int) -> Dash:
    """The Dash application with every page's callbacks."""
    server.add_api_route("/tokens.css", _tokens, include_in_schema=False)
    app = Dash(
        __name__,
        server=server,
        backend="fastapi",
        title=NAME,
        update_title="",
        serve_locally=True,
        suppress_callback_exceptions=True,  # cards come and go with their page
        websocket_callbacks=False,
        enable_mcp=False,
        add_log_handler=False,
        assets_ignore=r"page\.js",  # stands in the head: the theme is set before anything paints
        index_string=_index(),
    )
    app.backend.websocket_capability = False  # else each browser tries one, and the door refuses
    pages = find()
    app.layout = frame(site, pages)
    register(app, site, pages, threads)
    # Dash does this at the first request of `/`; an address of another page may come first.
    app._setup_server()
    return app


def register(app: Dash, site: Site, pages: dict[str, Page], threads: int) -> Callbacks:
    """Lay a page out, draw a card, choose cities; what single pages do beside that is theirs."""

    def needs(address: str, otherwise: str) -> str:
        page = pages.get(View.from_url(address).page)  # as `visit` reads it, which refuses others
        return otherwise if page is None or page.action == roles.READ else page.action

    def page(pathname: str, search: str) -> Any:
        site.follow()
        seen = visit(site, (pathname or "/") + (search or ""), pages)
        chosen = pages[seen.given.page]
        # who looked at what; the cards of a page are the same question
        site.workspace.database.log_access(
            "local", "page", purpose=None, view=seen.given.to_json(), rows=0
        )
        return html.Div(chosen.layout(seen), **{"data-title": f"{chosen.title} · {NAME}"})

    def card(asked: dict[str, str]) -> Any:
        seen = visit(site, asked["address"], pages)
        name, _, argument = asked["card"].partition(":")
        cards = pages[seen.given.page].cards
        if name not in cards:
            raise unknown("card", name, cards)
        return cards[name](seen, argument)

    def choose(clicks: int | None, cities: list[str], pathname: str, search: str) -> str:
        if not clicks:
            raise PreventUpdate
        seen = visit(site, pathname + (search or ""), pages)
        return address.change(seen.given, cities=tuple(cities))

    callbacks = Callbacks(
        app,
        threads=threads,
        generation=site.state,
        role=lambda: _role(app),
        on_error=faces.error,
    )
    callbacks.add(
        lambda path, given: needs((path or "/") + (given or ""), roles.OPEN), page,
        Output("page", "children"),
        [Input("address", "pathname"), Input("address", "search")],
        on_error=lambda error: html.Div(
            faces.error(error, is_page=True), **{"data-title": f"Error · {NAME}"}
        ),
    )  # fmt: skip
    callbacks.add(
        lambda asked: needs(asked["address"], roles.READ), card,
        Output({"type": "card", "card": MATCH}, "children"),
        [Input({"type": "asked", "card": MATCH}, "data")], keep=True,
    )  # fmt: skip
    callbacks.add(
        roles.CHOOSE, choose, Output("address", "href"), [Input("cities-apply", "n_clicks")],
        [State("cities-chosen", "value"), State("address", "pathname"),
         State("address", "search")],
        first=False, on_error=_stay,
    )  # fmt: skip
    for one in pages.values():
        if one.register is not None:
            one.register(callbacks, site)
    return callbacks


def frame(site: Site, pages: dict[str, Page]) -> Any:
    """What stands on every page."""
    menu = [html.Li(dcc.Link(p.title, href=f"/{p.path}", className="menu-link"))
            for p in pages.values()]  # fmt: skip
    return dmc.MantineProvider(
        [
            dcc.Location(id="address", refresh="callback-nav"),
            html.A("Skip to content", href="#page", className="skip"),
            html.P(_INVENTED, className="banner") if site.is_invented else None,
            html.Header(
                [
                    dcc.Link(NAME, href="/", className="name"),
                    html.Nav(html.Ul(menu), **{"aria-label": "Pages"}),
                    html.Button("Dark or light", className="theme", **{"data-theme-switch": "1"}),
                ],
                className="top",
            ),
            html.Main(faces.loading(NAME), id="page", tabIndex="-1"),
            html.Footer(
                # drawn first, it fetches what the cards are drawn with
                still(
                    html.P(
                        "What collected public posts talk about; not what inhabitants think. No"
                        " author can be searched for, and small figures are not shown."
                    )
                ),
                className="bottom",
            ),
        ],
        defaultColorScheme="auto",
        theme={"fontFamily": "Noto Sans, sans-serif"},
    )


async def _tokens() -> Response:
    return Response(tokens.style_sheet(), media_type="text/css")


def _role(app: Dash) -> str | None:
    """The role the door gave the request that is being answered."""
    role = getattr(app.backend.request_adapter().context, "role", None)
    return role if isinstance(role, str) else None


def _stay(error: UniteError) -> Any:
    raise PreventUpdate from (error if isinstance(error, BadInput) else None)


def _index() -> str:
    return f"""<!DOCTYPE html>
<html lang="{LANGUAGE}">
<head>
{{%metas%}}
<title>{{%title%}}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<script src="/assets/page.js"></script>
<link rel="stylesheet" href="/tokens.css">
{{%css%}}
</head>
<body>
<noscript>{NAME} draws its figures in the browser: please allow its scripts.</noscript>
{{%app_entry%}}
{{%config%}}
{{%scripts%}}
{{%renderer%}}
</body>
</html>"""

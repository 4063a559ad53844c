"""The filter is a sentence: In [Wien] · about [Housing] · [13 weeks] · [languages] · [platforms].

Each bracket opens its chooser. A choice of one value is a link to the View that it makes; the
choice of several cities is a list with a button. What is not filtered stays quiet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import formats
from dashboard.address import change, parameter, periods
from dashboard.components.still import still
from dashboard.page import Page, Visit
from dashboard.site import MOST_CITIES
from store.query import NAMES

Option = tuple[str, str, bool]  # words, address, is chosen
_SHOWN = ("cities", "areas", "since", "until", "languages", "platforms", "relevant")


def sentence(seen: Visit, page: Page) -> Any:
    """The filter bar of a page."""
    brackets = [
        ["In ", _cities(seen, page)],
        ["about ", _areas(seen)],
        [_period(seen)],
        [_codes(seen, "languages", "all languages", seen.site.names.languages)],
        [_codes(seen, "platforms", "all platforms", seen.site.names.platforms)],
        *([_other(seen, name)] for name in NAMES if name not in _SHOWN
          if getattr(seen.given.query, name)),
    ]  # fmt: skip
    parts = [html.Span(bracket, className="clause") for bracket in brackets]
    line = html.Button(
        html.Span(words(seen, page)), className="sentence-line",
        **{"aria-expanded": "false", "data-opens": "1"},
    )  # fmt: skip
    return html.Div(
        [
            line,
            html.Div(
                parts, className="sentence dotted", role="group",
                **{"aria-label": "What is shown"},
            ),
            html.P(_upto(seen), className="upto"),
        ],
        className="filter",
    )  # fmt: skip


def _upto(seen: Visit) -> str:
    """Up to when there are posts, and whether the period goes on after that."""
    newest, until = seen.site.newest(), seen.query.until
    rest = (until - newest).days - 1 if until else 0
    said = f"Posts up to {formats.day(newest)}"
    if rest > 0:
        said += f"; the last {formats.plural(rest, 'day')} of the period have none yet"
    return f"{said}."


def words(seen: Visit, page: Page) -> str:
    """The View in words: the title of what is shown."""
    names, query = seen.site.names, seen.query
    cities = formats.listed([names.city(c) for c in query.cities], 6)
    if not seen.given.query.cities and page.cities > MOST_CITIES:
        cities = "all cities"
    area = parameter(seen.given, "area")
    rest = [
        names.area(area) if area else "everything",
        formats.period(query.since, query.until),
        *(names.languages.get(c, c) for c in query.languages),
        *(names.platforms.get(c, c) for c in query.platforms),
    ]
    return f"In {cities} · about {' · '.join(rest)}"


def _cities(seen: Visit, page: Page) -> Any:
    names, known = seen.site.names, seen.site.cities()
    chosen = seen.query.cities
    if page.cities > MOST_CITIES:
        options: list[Option] = [("all cities", change(seen.given, cities=()), True)]
        options += [(names.city(c), change(seen.given, "city", cities=(c,)), False) for c in known]
        return _chooser("cities", "all cities", _links(options), quiet=True)
    shown = formats.listed([names.city(c) for c in chosen], 6)
    if page.cities == 1:
        one = [(names.city(c), change(seen.given, cities=(c,)), c in chosen) for c in known]
        return _chooser("cities", shown, _links(one))
    boxes = dcc.Checklist(
        id="cities-chosen",
        options=[{"label": names.city(c), "value": c} for c in known],
        value=list(chosen),
        className="boxes",
    )
    button = html.Button("Show", id="cities-apply", className="button", n_clicks=0)
    note = html.P(f"Two to {MOST_CITIES} cities.", className="muted")
    return _chooser("cities", shown, [note, boxes, button])


def _areas(seen: Visit) -> Any:
    names, chosen = seen.site.names, parameter(seen.given, "area")
    content: list[Any] = [_links([("everything", change(seen.given, _area=None), not chosen)])]
    for code, label in names.dimensions.items():
        options = [
            (words, change(seen.given, _area=area), area == chosen)
            for area, words in names.areas.items()
            if names.dimension_of[area] == code
        ]
        content += [html.H3(label, className=f"chooser-head {code}"), _links(options)]
    return _chooser(
        "areas", names.area(chosen) if chosen else "everything", content, quiet=not chosen
    )


def _period(seen: Visit) -> Any:
    query = seen.query
    options = []
    for name, period in periods(seen.site.newest()):
        where = change(seen.given, since=period.since, until=period.until)
        is_chosen = (query.since, query.until) == (period.since, period.until)
        words = formats.period(period.since, period.until).replace(f"{period.kind}, ", "")
        options.append((f"{name}: {words}", where, is_chosen))
    return _chooser("period", formats.period(query.since, query.until), _links(options))


def _codes(seen: Visit, field: str, every: str, names: Any) -> Any:
    """One language or one platform: the grid answers one further column at a time."""
    chosen: tuple[str, ...] = getattr(seen.query, field)
    other = {"languages": "platforms", "platforms": "languages"}[field]
    options: list[Option] = [(every, change(seen.given, **{field: ()}), not chosen)]
    options += [
        (name, change(seen.given, **{field: (code,), other: ()}), code in chosen)
        for code, name in names.items()
    ]
    shown = formats.listed([names.get(c, c) for c in chosen]) or every
    return _chooser(field, shown, _links(options), quiet=not chosen)


def _other(seen: Visit, name: str) -> Any:
    """A filter without a chooser here, with the way to drop it."""
    value = getattr(seen.given.query, name)
    shown = ", ".join(value) if isinstance(value, tuple) else str(value)
    without = change(seen.given, **{name: () if isinstance(value, tuple) else type(value)()})
    return dcc.Link(f"{NAMES[name]} {shown} ×", href=without, className="bracket")


def _links(options: Sequence[Option]) -> Any:
    return still(
        html.Ul(
            [
                html.Li(
                    dcc.Link(
                        words, href=where, className="option chosen" if is_chosen else "option",
                        title="chosen" if is_chosen else None,
                    )
                )
                for words, where, is_chosen in options
            ],
            className="options",
        )
    )  # fmt: skip


def _chooser(name: str, shown: str, content: Any, *, quiet: bool = False) -> Any:
    """A bracket and what it opens; Escape and a click outside close it."""
    style = "bracket quiet" if quiet else "bracket"
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                html.Button(
                    shown, className=style, id=f"bracket-{name}", **{"aria-haspopup": "dialog"}
                )
            ),
            dmc.PopoverDropdown(
                html.Div(content, className="chooser", role="dialog", **{"aria-label": name})
            ),
        ],
        position="bottom-start",
        trapFocus=True,
        withinPortal=True,
        returnFocus=True,
        shadow="sm",
        withRoles=False,  # Mantine would set them on a wrapper that may not have them
    )

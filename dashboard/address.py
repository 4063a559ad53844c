"""Addresses and Views: what an address means, what it means by default, where a change leads.

An address names a page, filters of the Query and, with an underscore, the page's own parameters
(`_area`, `_sort`, `_state`). What it leaves out takes a default that is worked out here and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from analysis.periods import Period, before, containing
from base.errors import BadInput, unknown
from dashboard.site import MOST_CITIES, Site
from monitor.cli.options import known
from monitor.sources.verdict import STATES
from store.query import View

PARAMETERS = ("area", "sort", "state")
_TOO_LITTLE = timedelta(weeks=4)


def read(site: Site, address: str, pages: Mapping[str, Any]) -> View:
    """The View of `/page?…` with its defaults. Raises BadInput with the names there are."""
    view = View.from_url(address or "/")
    if view.page not in pages:
        raise unknown("page", view.page, [p for p in pages if p] or ["overview"])
    view.query.check(known(site.workspace.registry))
    for name, value in view.parameters:
        if name not in PARAMETERS:
            raise unknown("parameter", f"_{name}", [f"_{p}" for p in PARAMETERS])
        if name == "area" and value not in site.names.areas:
            raise unknown("area", value, site.names.areas)
        if name == "state" and value not in STATES:
            raise unknown("state", value, STATES)
    if len(view.query.cities) > MOST_CITIES:
        raise BadInput(
            f"{len(view.query.cities)} cities at once", expected=f"at most {MOST_CITIES}"
        )
    return view


def with_defaults(site: Site, view: View, cities: int) -> View:
    """The View as it is drawn: a period, and at most so many cities where none is named."""
    query = view.query
    if query.since is None and query.until is None:
        period = default_period(site.newest())
        query = query.replace(since=period.since, until=period.until)
    if not query.cities:
        query = query.replace(cities=tuple(site.cities()[:cities]))
    return replace(view, query=query.replace(cities=query.cities[:cities]))


def default_period(newest: date) -> Period:
    """The block of 13 weeks that the newest day lies in, or the one before while it is young."""
    here = containing("13 weeks", newest)
    return here if newest - here.since >= _TOO_LITTLE else before("13 weeks", newest)


def periods(newest: date) -> list[tuple[str, Period]]:
    """The periods that the chooser offers, all on the grid, with their names."""
    after = newest + timedelta(days=1)
    four = containing("4 weeks", newest)
    if newest - four.since < timedelta(weeks=2):
        four = before("4 weeks", newest)
    return [
        ("Last whole week", before("week", after)),
        ("Latest 4 weeks", four),
        ("Latest 13 weeks", default_period(newest)),
        ("This month", containing("month", newest)),
        ("Last month", before("month", newest)),
        ("This quarter", containing("quarter", newest)),
        ("Last quarter", before("quarter", newest)),
        ("This year", containing("year", newest)),
        ("Latest 52 weeks", before("52 weeks", newest)
         if newest - containing("52 weeks", newest).since < timedelta(weeks=13)
         else containing("52 weeks", newest)),
    ]  # fmt: skip


def parameter(view: View, name: str, otherwise: str = "") -> str:
    """One of the page's own parameters."""
    return dict(view.parameters).get(name, otherwise)


def change(view: View, page: str | None = None, /, **changes: Any) -> str:
    """The address of the View with other filters; `_name` changes a parameter, None drops it."""
    own = dict(view.parameters)
    filters = {}
    for name, value in changes.items():
        if not name.startswith("_"):
            filters[name] = value
        elif value is None:
            own.pop(name[1:], None)
        else:
            own[name[1:]] = value
    query = view.query.replace(**filters)
    return View(view.page if page is None else page, query, tuple(own.items())).to_url()

"""The last whole week of a city in words: asks for it, and says it with the names of areas."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import week as analysis
from analysis.periods import Period
from analysis.week import Week
from dashboard import formats
from dashboard.questions import compared
from dashboard.site import Site
from store.query import Query


def week(site: Site, city: str, cities: Sequence[str] = ()) -> Week:
    """The week of a city. cities: asked for together, so that a page of many asks once."""
    periods = analysis.periods(site.newest())
    asked = Query(cities=tuple(cities) or (city,))
    now, usual = (
        compared(site, asked.replace(since=p.since, until=p.until)).comparison for p in periods
    )
    return analysis.week(now, usual, city, periods, lost(site, city, periods))


def lost(site: Site, city: str, periods: Sequence[Period]) -> str:
    """Why the sources of a city lost too much of one of the periods; else nothing."""
    for period in periods:
        found = site.looked(period.since, period.until).get(city)
        if found is not None and not found.is_whole():
            return site.why(city, period.since, period.until)
    return ""


def said(site: Site, found: Week) -> str:
    """The week in a sentence."""
    start = f"Last week ({formats.span(found.week.since, found.week.until)}): "
    if found.lost:
        return f"{start}not told, as collection was incomplete ({found.lost})."
    if not found.is_told:
        return f"{start}too few posts to tell."
    if not found.more and not found.less:
        return f"{start}much as usual."
    parts = [
        f"{way} about {formats.listed([formats.inside(site.names.area(a)) for a in areas], 2)}"
        for way, areas in (("more", found.more), ("less", found.less))
        if areas
    ]
    return f"{start}{'; '.join(parts)} than usual."
